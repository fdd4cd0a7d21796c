namespace Sluice.Net;

/// <summary>A socket's file descriptor: creation, options, addresses. Answers are -errno.</summary>
static unsafe class NativeSocket
{
    const int StreamFlags =
        Native.SocketStream | Native.SocketNonblock | Native.SocketCloexec;

    /// <summary>What nginx gives its unix sockets: whoever reaches the path may connect.</summary>
    const uint UnixSocketMode = 0x1b6; // 0666

    /// <summary>A bound, listening socket, or -errno.</summary>
    internal static int Listen(Address address, ListenOptions options)
    {
        int fd = Native.Result(Native.Socket(NativeFamily(address), StreamFlags, 0));
        if (fd < 0)
            return fd;
        int error = SetUp(fd, address, options);
        if (error == 0)
            error = Bind(fd, address);
        if (error == 0)
        {
            if (address.IsUnix)
                error = MakeReachable(address);
            if (error == 0 && !options.BindOnly)
                error = Native.Result(Native.Listen(fd, options.Backlog));
            if (error == 0)
                return fd;
            if (address.IsUnix)
                Unlink(address);
        }
        _ = Native.Close(fd);
        return error;
    }

    /// <summary>
    /// A socket on its way to <paramref name="remote"/>, or -errno. <paramref name="isOpen"/>
    /// when the connect is finished already (unix sockets, often the loopback).
    /// </summary>
    internal static int Connect(
        Address remote, ConnectOptions options, int descriptorLimit, out bool isOpen)
    {
        isOpen = false;
        int fd = Native.Result(Native.Socket(NativeFamily(remote), StreamFlags, 0));
        if (fd < 0)
            return fd;
        int error = fd >= descriptorLimit
            ? IoResult.TooManyOpenFiles
            : SetUp(fd, remote, options);
        if (error == 0)
        {
            fixed (byte* bytes = remote.NativeBytes)
                error = Native.Result(Native.Connect(fd, bytes, (uint)remote.NativeBytes.Length));
            isOpen = error == 0;
        }
        // A signal does not end the connect; it goes on as one in progress does.
        if (error is 0 or Native.InProgress or Native.Interrupted)
            return fd;
        _ = Native.Close(fd);
        return error;
    }

    internal static int Set(int fd, int level, int name, int value) =>
        Native.Result(Native.SetSockOpt(fd, level, name, &value, sizeof(int)));

    /// <summary>SO_ERROR as -errno: what became of a connect.</summary>
    internal static int TakeError(int fd)
    {
        int error = 0;
        uint bytes = sizeof(int);
        int result = Native.Result(
            Native.GetSockOpt(fd, Native.LevelSocket, Native.Error, &error, &bytes));
        return result < 0 ? result : -error;
    }

    internal static void SetKeepAlive(int fd, bool on, int idle, int interval, int count)
    {
        Set(fd, Native.LevelSocket, Native.KeepAlive, on ? 1 : 0);
        if (idle > 0)
            Set(fd, Native.LevelTcp, Native.KeepIdle, idle);
        if (interval > 0)
            Set(fd, Native.LevelTcp, Native.KeepInterval, interval);
        if (count > 0)
            Set(fd, Native.LevelTcp, Native.KeepCount, count);
    }

    /// <summary>Makes close(2) send RST and drop what is unsent.</summary>
    internal static void SetResetOnClose(int fd)
    {
        var linger = new Native.LingerOption { On = 1, Seconds = 0 };
        _ = Native.SetSockOpt(
            fd, Native.LevelSocket, Native.Linger, &linger, (uint)sizeof(Native.LingerOption));
    }

    internal static Address LocalAddress(int fd)
    {
        byte* bytes = stackalloc byte[Native.SockaddrBytesMax];
        uint count = Native.SockaddrBytesMax;
        if (Native.GetSockName(fd, bytes, &count) < 0)
            return Address.Unnamed;
        return Address.FromNative(new(bytes, (int)Math.Min(count, Native.SockaddrBytesMax)));
    }

    internal static void Unlink(Address unixAddress)
    {
        fixed (byte* path = unixAddress.NativeBytes[sizeof(ushort)..])
            _ = Native.Unlink(path);
    }

    static int NativeFamily(Address address) => address.IsUnix
        ? Native.FamilyUnix
        : address.Ip.IsIpv6 ? Native.FamilyIpv6 : Native.FamilyIpv4;

    static int Bind(int fd, Address address)
    {
        fixed (byte* bytes = address.NativeBytes)
            return Native.Result(Native.Bind(fd, bytes, (uint)address.NativeBytes.Length));
    }

    static int MakeReachable(Address address)
    {
        fixed (byte* path = address.NativeBytes[sizeof(ushort)..])
            return Native.Result(Native.ChangeMode(path, UnixSocketMode));
    }

    static int SetUp(int fd, Address address, ListenOptions options)
    {
        int error = 0;
        if (options.ReceiveBufferBytes > 0)
            error = Set(fd, Native.LevelSocket, Native.ReceiveBuffer, options.ReceiveBufferBytes);
        if (error == 0 && options.SendBufferBytes > 0)
            error = Set(fd, Native.LevelSocket, Native.SendBuffer, options.SendBufferBytes);
        if (error != 0 || address.IsUnix)
            return error;
        error = Set(fd, Native.LevelSocket, Native.ReuseAddress, 1);
        if (error == 0 && options.ReusePort)
            error = Set(fd, Native.LevelSocket, Native.ReusePort, 1);
        if (error == 0 && address.Ip.IsIpv6)
            error = Set(fd, Native.LevelIpv6, Native.Ipv6Only, options.Ipv6Only ? 1 : 0);
        // Accepted sockets inherit these two, so they cost nothing per connection.
        if (error == 0 && options.NoDelay)
            error = Set(fd, Native.LevelTcp, Native.NoDelay, 1);
        if (error == 0 && options.KeepAlive)
        {
            SetKeepAlive(
                fd,
                on: true,
                options.KeepAliveIdleSeconds,
                options.KeepAliveIntervalSeconds,
                options.KeepAliveCount);
        }
        return error;
    }

    static int SetUp(int fd, Address remote, ConnectOptions options)
    {
        if (!remote.IsUnix && options.NoDelay)
            Set(fd, Native.LevelTcp, Native.NoDelay, 1);
        if (options.KeepAlive)
            Set(fd, Native.LevelSocket, Native.KeepAlive, 1);
        if (options.Bind is null)
            return 0;
        // Without it bind would take a port before the remote address is known, and run out of
        // them at 28,000 connections.
        if (options.Bind.Port == 0 && !options.Bind.IsUnix)
            Set(fd, Native.LevelIp, Native.BindAddressNoPort, 1);
        return Bind(fd, options.Bind);
    }
}
