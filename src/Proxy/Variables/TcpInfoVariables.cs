using Sluice.Net;

namespace Sluice.Proxy.Variables;

/// <summary>What the kernel knows of the client's connection (TCP_INFO of Linux).</summary>
static class TcpInfoVariables
{
    public static IEnumerable<Variable> All =>
    [
        new BuiltInVariable("tcpinfo_rtt", static (x, to) =>
            Append(x, to, static info => info.RoundTripMicroseconds)),
        new BuiltInVariable("tcpinfo_rttvar", static (x, to) =>
            Append(x, to, static info => info.RoundTripVarianceMicroseconds)),
        new BuiltInVariable("tcpinfo_snd_cwnd", static (x, to) =>
            Append(x, to, static info => info.SendWindowSegments)),
        new BuiltInVariable("tcpinfo_rcv_space", static (x, to) =>
            Append(x, to, static info => info.ReceiveSpaceBytes)),
    ];

    static bool Append(Exchange x, ByteBuilder to, Func<TcpInfo, long> choose)
    {
        if (!x.Client.TryGetTcpInfo(out var info))
            return false;
        to.Append(choose(info));
        return true;
    }
}
