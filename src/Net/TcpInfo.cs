namespace Sluice.Net;

/// <summary>
/// What the kernel knows of a TCP connection, as $tcpinfo_* prints it (struct tcp_info of Linux).
/// </summary>
/// <param name="RoundTripMicroseconds">The smoothed time of a round trip.</param>
/// <param name="RoundTripVarianceMicroseconds">How much that varies.</param>
/// <param name="SendWindowSegments">The congestion window of our direction.</param>
/// <param name="ReceiveSpaceBytes">The space for what we receive.</param>
public readonly record struct TcpInfo(
    long RoundTripMicroseconds,
    long RoundTripVarianceMicroseconds,
    long SendWindowSegments,
    long ReceiveSpaceBytes);
