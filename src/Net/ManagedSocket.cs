using System.Net.Sockets;

namespace Sluice.Net;

/// <summary>
/// System.Net.Sockets with failures as values: Linux's <c>-errno</c> on every platform.
/// </summary>
static class ManagedSocket
{
    const UnixFileMode UnixSocketMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    internal static Socket? Listen(Address address, ListenOptions options, out int error)
    {
        Socket? socket = null;
        bool isBound = false;
        try
        {
            socket = New(address);
            SetUp(socket, address, options);
            socket.Bind(address.EndPoint);
            isBound = true;
            if (address.IsUnix && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(address.EndPoint.ToString()!, UnixSocketMode);
            if (!options.BindOnly)
                socket.Listen(options.Backlog);
            error = 0;
            return socket;
        }
        catch (SocketException failure)
        {
            error = ToResult(failure.SocketErrorCode);
        }
        catch (IOException)
        {
            error = IoResult.PermissionDenied;
        }
        socket?.Dispose();
        if (isBound && address.IsUnix)
            Unlink(address);
        return null;
    }

    internal static Socket? ForConnect(
        Address remote, ConnectOptions options, int descriptorLimit, out int error)
    {
        Socket? socket = null;
        try
        {
            socket = New(remote);
            if (Number(socket) >= descriptorLimit)
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            if (!remote.IsUnix && options.NoDelay)
                socket.NoDelay = true;
            if (options.KeepAlive)
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            if (options.Bind is not null)
                socket.Bind(options.Bind.EndPoint);
            error = 0;
            return socket;
        }
        catch (SocketException failure)
        {
            error = ToResult(failure.SocketErrorCode);
        }
        socket?.Dispose();
        return null;
    }

    /// <summary>False when the client has left already.</summary>
    internal static bool SetUpAccepted(Socket socket, ListenOptions options)
    {
        try
        {
            socket.Blocking = false;
            // Only Linux's sockets surely inherit it from their listener.
            if (options.NoDelay && socket.AddressFamily != AddressFamily.Unix
                && !OperatingSystem.IsLinux())
            {
                socket.NoDelay = true;
            }
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether another client can be let in; asks by making a socket.</summary>
    internal static bool IsRoomBelow(int descriptorLimit)
    {
        try
        {
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            return Number(probe) < descriptorLimit;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The socket's descriptor; on Windows, where they are no small numbers, zero.</summary>
    internal static int Number(Socket socket) =>
        OperatingSystem.IsWindows() ? 0 : (int)socket.Handle;

    internal static Address LocalAddress(Socket socket)
    {
        try
        {
            return socket.LocalEndPoint is { } endPoint ? new(endPoint) : Address.Unnamed;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return Address.Unnamed;
        }
    }

    internal static Address RemoteAddress(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is { } endPoint ? new(endPoint) : Address.Unnamed;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return Address.Unnamed;
        }
    }

    /// <summary>
    /// What a read would find: more than 0 for bytes, 0 for the end, Again for nothing, or the
    /// -errno of a failure, which the system tells only this once. To be asked after a receive
    /// of nothing has completed: the runtime completes it at any event of the socket, also at
    /// one that tells of bytes that were read long ago.
    /// </summary>
    internal static int Peek(Socket socket)
    {
        Span<byte> one = stackalloc byte[1];
        int count = socket.Receive(one, SocketFlags.Peek, out var failure);
        return failure == SocketError.Success ? count : ToResult(failure);
    }

    internal static void ShutdownSend(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other side has reset: there is no direction left to end.
        }
    }

    /// <summary>False when there is nothing to shut down any more.</summary>
    internal static bool ShutdownBoth(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    internal static void SetResetOnClose(Socket socket)
    {
        try
        {
            socket.LingerState = new(enable: true, seconds: 0);
        }
        catch (SocketException)
        {
            // Reset already.
        }
    }

    internal static void SetNoDelay(Socket socket, bool on)
    {
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix)
                socket.NoDelay = on;
        }
        catch (SocketException)
        {
            // Some systems refuse options of a socket whose other side is gone.
        }
    }

    internal static void SetKeepAlive(Socket socket, bool on, int idle, int interval, int count)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, on);
            SetTcp(socket, SocketOptionName.TcpKeepAliveTime, idle);
            SetTcp(socket, SocketOptionName.TcpKeepAliveInterval, interval);
            SetTcp(socket, SocketOptionName.TcpKeepAliveRetryCount, count);
        }
        catch (SocketException)
        {
            // As above; and a unix socket has none of these.
        }
    }

    internal static void Unlink(Address unixAddress)
    {
        try
        {
            File.Delete(unixAddress.EndPoint.ToString()!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Somebody else's by now, or gone with its folder.
        }
    }

    internal static int ToResult(SocketError error) => error switch
    {
        SocketError.Success => 0,
        SocketError.WouldBlock => IoResult.Again,
        SocketError.AccessDenied => IoResult.PermissionDenied,
        SocketError.InvalidArgument => Native.InvalidArgument,
        SocketError.TooManyOpenSockets => IoResult.TooManyOpenFiles,
        SocketError.Shutdown => IoResult.BrokenPipe,
        SocketError.MessageSize => -90,
        SocketError.OperationNotSupported => Native.NotSupported,
        SocketError.AddressFamilyNotSupported => -97,
        SocketError.AddressAlreadyInUse => IoResult.AddressInUse,
        SocketError.AddressNotAvailable => -99,
        SocketError.NetworkDown => -100,
        SocketError.NetworkUnreachable => -101,
        SocketError.NetworkReset => -102,
        SocketError.ConnectionAborted => Native.ConnectionAborted,
        SocketError.ConnectionReset => IoResult.ConnectionReset,
        SocketError.NoBufferSpaceAvailable => Native.NoBuffers,
        SocketError.IsConnected => -106,
        SocketError.NotConnected => -107,
        SocketError.TimedOut => IoResult.TimedOut,
        SocketError.ConnectionRefused => IoResult.ConnectionRefused,
        SocketError.HostDown => -112,
        SocketError.HostUnreachable => IoResult.HostUnreachable,
        SocketError.OperationAborted => -125,
        _ => -5,
    };

    static Socket New(Address address)
    {
        var protocol = address.IsUnix ? ProtocolType.Unspecified : ProtocolType.Tcp;
        return new(address.Family, SocketType.Stream, protocol) { Blocking = false };
    }

    static void SetUp(Socket socket, Address address, ListenOptions options)
    {
        if (options.ReceiveBufferBytes > 0)
            socket.ReceiveBufferSize = options.ReceiveBufferBytes;
        if (options.SendBufferBytes > 0)
            socket.SendBufferSize = options.SendBufferBytes;
        if (address.IsUnix)
            return;
        // On Unix this name of the managed options stands for SO_REUSEPORT as well; on Windows it
        // would let anybody take the port.
        if (options.ReusePort && !OperatingSystem.IsWindows())
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        if (address.Family == AddressFamily.InterNetworkV6)
            socket.DualMode = !options.Ipv6Only;
        if (options.NoDelay)
            socket.NoDelay = true;
        if (options.KeepAlive)
        {
            SetKeepAlive(
                socket,
                on: true,
                options.KeepAliveIdleSeconds,
                options.KeepAliveIntervalSeconds,
                options.KeepAliveCount);
        }
    }

    static void SetTcp(Socket socket, SocketOptionName name, int value)
    {
        if (value > 0)
            socket.SetSocketOption(SocketOptionLevel.Tcp, name, value);
    }
}
