using System.Net;
using System.Net.Sockets;

namespace Sluice.Proxy.Log;

/// <summary>A connected datagram socket that never blocks.</summary>
sealed class SyslogSocket : LogHandle
{
    const int NoSuchFile = -2;
    const int InputOutput = -5;

    readonly Socket socket;

    SyslogSocket(Socket socket) => this.socket = socket;

    /// <summary>Null, and a -errno, when there is no socket or nobody at the other end.</summary>
    public static SyslogSocket? Open(EndPoint server, out int error)
    {
        Socket? socket = null;
        try
        {
            var protocol = server is IPEndPoint ? ProtocolType.Udp : ProtocolType.Unspecified;
            socket = new(server.AddressFamily, SocketType.Dgram, protocol);
            socket.Connect(server);
            socket.Blocking = false;
            error = 0;
            return new(socket);
        }
        catch (SocketException failure)
        {
            socket?.Dispose();
            // The runtime has no word for a path that is not there, and uses this one.
            bool isMissing = failure.SocketErrorCode == SocketError.AddressNotAvailable
                && server is UnixDomainSocketEndPoint;
            error = isMissing ? NoSuchFile : ErrorOf(failure);
            return null;
        }
    }

    public override int Write(ReadOnlySpan<byte> bytes)
    {
        int count = socket.Send(bytes, SocketFlags.None, out var failure);
        return failure == SocketError.Success ? count : ErrorOf(new((int)failure));
    }

    public override void Close() => socket.Dispose();

    static int ErrorOf(SocketException failure) =>
        OperatingSystem.IsLinux() && failure.NativeErrorCode > 0
            ? -failure.NativeErrorCode
            : InputOutput;
}
