using System.Runtime.Versioning;

namespace Sluice.Net;

/// <summary>
/// A listening socket of an <see cref="EpollLoop"/>. Level-triggered: what is not accepted in
/// this turn makes an event in the next.
/// </summary>
[SupportedOSPlatform("linux")]
sealed unsafe class EpollListener : Listener, IEpollSource, ITimed
{
    readonly EpollLoop loop;
    readonly IAcceptHandler handler;
    readonly Address address;
    Address? localAddress;
    TimerHandle pause;
    int descriptor;
    int quota = 1;
    long lastTurn;

    internal SlotKey Slot;

    internal EpollListener(EpollLoop loop, int descriptor, Address address, IAcceptHandler handler)
    {
        this.loop = loop;
        this.descriptor = descriptor;
        this.address = address;
        this.handler = handler;
    }

    public override Address LocalAddress => localAddress ??=
        address.IsUnix ? address : NativeSocket.LocalAddress(descriptor);

    /// <summary>
    /// Accepts as many as the quota allows. It starts at one, so that a lone client costs one
    /// accept4 and not a second that finds nothing, and doubles while turn after turn brings more.
    /// </summary>
    public void OnEvents(uint events)
    {
        if (loop.Turn == lastTurn + 1)
            quota = Math.Min(quota * 2, NetLimits.AcceptsPerTurn);
        lastTurn = loop.Turn;
        for (int accepted = 0; accepted < quota && descriptor >= 0; accepted++)
        {
            int result = AcceptOne();
            if (result == IoResult.Again)
            {
                quota = Math.Max(accepted, 1);
                return;
            }
            if (result < 0 && descriptor >= 0 && !Recover(result))
                return;
        }
    }

    public override void Close()
    {
        loop.AssertCurrent();
        if (descriptor < 0)
            return;
        _ = LocalAddress;
        loop.Timers.Cancel(ref pause);
        loop.Release(ref Slot);
        _ = Native.Close(descriptor);
        descriptor = -1;
        if (address.IsUnix)
            NativeSocket.Unlink(address);
    }

    int AcceptOne()
    {
        byte* bytes = stackalloc byte[Native.SockaddrBytesMax];
        uint count = Native.SockaddrBytesMax;
        int fd = Native.Result(Native.Accept(
            descriptor, bytes, &count, Native.SocketNonblock | Native.SocketCloexec));
        if (fd < 0)
            return fd;
        bool isLast = fd >= loop.Descriptors.AcceptLimit;
        var remote = IpName.FromNative(new(bytes, (int)Math.Min(count, Native.SockaddrBytesMax)));
        var connection = new EpollConnection(loop, fd, remote);
        int error = loop.Register(connection);
        if (error != 0)
            return error;
        connection.SetAcceptHandler(handler.OnAccept(this, connection));
        return isLast ? IoResult.TooManyOpenFiles : 0;
    }

    /// <summary>
    /// Tells of the failure; false when the listener pauses. Only what concerns one client lets
    /// it go on at once: anything else would come again and again and fill the turn.
    /// </summary>
    bool Recover(int error)
    {
        if (error == Native.Interrupted)
            return true;
        bool isClients = error is Native.ConnectionAborted or Native.NotPermitted
            or IoResult.HostUnreachable or IoResult.TimedOut;
        if (!isClients)
        {
            loop.SetEvents(descriptor, Slot, 0);
            pause = loop.Timers.Schedule(pause, loop.NowMs + NetLimits.AcceptPauseMs, this);
        }
        handler.OnAcceptFailed(this, error);
        return isClients;
    }

    /// <summary>The pause is over, if there is a descriptor for another client.</summary>
    long ITimed.OnTimer(long nowMs)
    {
        int free = Native.Result(Native.Duplicate(descriptor));
        if (free >= 0)
            _ = Native.Close(free);
        if (free >= 0 && free < loop.Descriptors.AcceptLimit)
        {
            loop.SetEvents(descriptor, Slot, Native.EpollIn);
            return 0;
        }
        handler.OnAcceptFailed(this, IoResult.TooManyOpenFiles);
        return descriptor < 0 ? 0 : nowMs + NetLimits.AcceptPauseMs;
    }
}
