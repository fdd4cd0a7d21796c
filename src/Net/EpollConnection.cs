using System.Diagnostics;
using System.Runtime.Versioning;

namespace Sluice.Net;

/// <summary>
/// A socket of an <see cref="EpollLoop"/>: a descriptor, a slot and a few flags. One
/// edge-triggered registration for its whole life.
/// </summary>
/// <remarks>
/// Edges are enough because <see cref="Connection.CanRead"/> and
/// <see cref="Connection.CanWrite"/> are only cleared when the kernel is known to have been
/// emptied or filled: by EAGAIN, or by fewer bytes moved than asked for.
/// </remarks>
[SupportedOSPlatform("linux")]
sealed unsafe class EpollConnection : Connection, IEpollSource
{
    const uint Gone = Native.EpollReadHangUp | Native.EpollHangUp | Native.EpollError;

    readonly EpollLoop loop;
    readonly IpName remoteIp;
    Address? remote;
    Address? local;
    int descriptor;

    /// <summary>
    /// What the socket failed with. The kernel tells it once; a read after that would look like
    /// a clean end.
    /// </summary>
    int error;

    bool isYielded;

    internal SlotKey Slot;

    /// <summary>An accepted connection; the listener sets its handler.</summary>
    internal EpollConnection(EpollLoop loop, int descriptor, IpName remoteIp)
        : base(loop, NoHandler.Instance)
    {
        this.loop = loop;
        this.descriptor = descriptor;
        this.remoteIp = remoteIp;
        Serial = NextSerial();
        State = ConnectionState.Open;
        CanWrite = true;
    }

    internal EpollConnection(
        EpollLoop loop, IConnectionHandler handler, int descriptor, Address remote, bool isOpen)
        : base(loop, handler)
    {
        this.loop = loop;
        this.descriptor = descriptor;
        this.remote = remote;
        Serial = NextSerial();
        State = isOpen ? ConnectionState.Open : ConnectionState.Connecting;
        CanWrite = isOpen;
        IsOpenUntold = isOpen;
    }

    internal int Descriptor => descriptor;

    public override Address RemoteAddress =>
        remote ??= remoteIp.IsIp ? new Address(remoteIp) : Address.Unnamed;

    public override Address LocalAddress =>
        local ??= descriptor < 0 ? Address.Unnamed : NativeSocket.LocalAddress(descriptor);

    public override void TrimAddresses()
    {
        if (remoteIp.IsIp)
            remote = null;
        local = null;
    }

    public override int Read(Span<byte> buffer)
    {
        loop.AssertCurrent();
        Debug.Assert(!buffer.IsEmpty, "a read of nothing looks like the end");
        if (!CanRead)
            return State == ConnectionState.Closed ? Native.BadDescriptor : IoResult.Again;
        if (State == ConnectionState.Connecting)
            return error;
        int result;
        fixed (byte* start = buffer)
        {
            do
                result = Native.Result(Native.Receive(descriptor, start, buffer.Length, 0));
            while (result == Native.Interrupted);
        }
        if (result == buffer.Length)
            return result;
        if (result > 0)
        {
            // The kernel has nothing more, and its next bytes make an event. After the other
            // side's end no event comes any more, so the owner has to find it by reading on.
            CanRead = IsPeerGone;
            return result;
        }
        return EndRead(result);
    }

    public override int Write(ReadOnlySpan<byte> bytes)
    {
        loop.AssertCurrent();
        if (!CanWrite || bytes.IsEmpty)
            return State == ConnectionState.Closed ? Native.BadDescriptor : 0;
        int result;
        fixed (byte* start = bytes)
        {
            do
                result = Native.Result(
                    Native.Send(descriptor, start, bytes.Length, Native.NoSignal));
            while (result == Native.Interrupted);
        }
        return result == bytes.Length ? result : EndWrite(result);
    }

    public override int Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (second.IsEmpty)
            return Write(first);
        if (first.IsEmpty)
            return Write(second);
        loop.AssertCurrent();
        if (!CanWrite)
            return State == ConnectionState.Closed ? Native.BadDescriptor : 0;
        int count = first.Length + second.Length;
        if (count <= NetLimits.StagedBytes)
        {
            var staged = loop.Staging[..count];
            first.CopyTo(staged);
            second.CopyTo(staged[first.Length..]);
            return Write(staged);
        }
        int result;
        fixed (byte* firstStart = first, secondStart = second)
        {
            var pieces = stackalloc Native.Piece[2];
            pieces[0] = new() { Start = firstStart, Bytes = first.Length };
            pieces[1] = new() { Start = secondStart, Bytes = second.Length };
            var message = new Native.Message { Pieces = pieces, PiecesCount = 2 };
            do
                result = Native.Result(
                    Native.SendMessage(descriptor, &message, Native.NoSignal));
            while (result == Native.Interrupted);
        }
        return result == first.Length + second.Length ? result : EndWrite(result);
    }

    /// <summary>Of the object itself; with its owner's fields when an event has come.</summary>
    public override int Touch() => descriptor + (CanWrite ? 1 : 0);

    /// <summary>Everything that its next event will need.</summary>
    internal int TouchAll() => descriptor + Handler.Touch(this);

    public override void ShutdownWrite()
    {
        loop.AssertCurrent();
        if (State == ConnectionState.Open)
            _ = Native.Shutdown(descriptor, Native.ShutdownWrite);
    }

    public override void Close(bool reset = false)
    {
        loop.AssertCurrent();
        if (State == ConnectionState.Closed)
            return;
        State = ConnectionState.Closed;
        CanRead = false;
        CanWrite = false;
        loop.Release(ref Slot);
        if (reset)
            NativeSocket.SetResetOnClose(descriptor);
        _ = Native.Close(descriptor);
        descriptor = -1;
    }

    void IEpollSource.Close() => Close();

    public override void Yield()
    {
        loop.AssertCurrent();
        if (isYielded || State != ConnectionState.Open)
            return;
        isYielded = true;
        loop.AddYielded(this);
    }

    public override void SetNoDelay(bool on)
    {
        loop.AssertCurrent();
        if (State != ConnectionState.Closed)
            NativeSocket.Set(descriptor, Native.LevelTcp, Native.NoDelay, on ? 1 : 0);
    }

    public override bool TryGetTcpInfo(out TcpInfo info)
    {
        // Offsets of tcpi_rtt, tcpi_rttvar, tcpi_snd_cwnd and tcpi_rcv_space, in words.
        const int rtt = 17, variance = 18, window = 20, space = 24, words = 26;
        uint* read = stackalloc uint[words];
        uint length = words * sizeof(uint);
        bool isKnown = descriptor >= 0
            && Native.GetSockOpt(
                descriptor, Native.LevelTcp, Native.TcpInfo, read, &length) == 0
            && length == words * sizeof(uint);
        info = isKnown ? new(read[rtt], read[variance], read[window], read[space]) : default;
        return isKnown;
    }

    public override void SetKeepAlive(
        bool on, int idleSeconds = 0, int intervalSeconds = 0, int count = 0)
    {
        loop.AssertCurrent();
        if (State != ConnectionState.Closed)
            NativeSocket.SetKeepAlive(descriptor, on, idleSeconds, intervalSeconds, count);
    }

    internal void OnYielded()
    {
        isYielded = false;
        if (State == ConnectionState.Open)
            Handler.OnReadable(this);
    }

    public void OnEvents(uint events)
    {
        if (State == ConnectionState.Connecting && !FinishConnect(events))
            return;
        bool isGone = (events & Gone) != 0;
        Tell(
            readable: isGone || (events & Native.EpollIn) != 0,
            writable: (events & (Native.EpollOut | Native.EpollHangUp | Native.EpollError)) != 0,
            isGone);
    }

    /// <summary>False when the connect failed or is still under way.</summary>
    bool FinishConnect(uint events)
    {
        if ((events & (Native.EpollHangUp | Native.EpollError)) != 0)
        {
            error = NativeSocket.TakeError(descriptor);
            if (error == 0)
                error = IoResult.ConnectionReset;
            CanRead = true;
            Handler.OnReadable(this);
            return false;
        }
        if ((events & Native.EpollOut) == 0)
            return false;
        State = ConnectionState.Open;
        return true;
    }

    int EndRead(int result)
    {
        if (result == IoResult.Again)
        {
            CanRead = false;
            return result;
        }
        if (result == 0)
        {
            IsPeerGone = true;
            return error;
        }
        error = result;
        return result;
    }

    int EndWrite(int result)
    {
        if (result >= 0 || result == IoResult.Again)
        {
            CanWrite = false;
            return Math.Max(result, 0);
        }
        // EPIPE says nothing about the other direction: an answer may still wait there.
        if (result != IoResult.BrokenPipe)
            error = result;
        return result;
    }
}
