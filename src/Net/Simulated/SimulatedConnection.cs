namespace Sluice.Net.Simulated;

/// <summary>One end of a simulated connection.</summary>
sealed class SimulatedConnection : Connection, ITimed
{
    readonly SimulatedLoop loop;
    readonly SimulatedNetwork network;
    readonly SimulatedPipe incoming;
    readonly SimulatedPipe outgoing;
    TimerHandle connectTimeout;
    int error;

    /// <summary>The other side is gone for good: what is written has nowhere to go.</summary>
    bool isBroken;

    bool isYielded;

    /// <summary>Nobody has seen it yet: it waits in its listener's queue.</summary>
    bool isUnaccepted;

    /// <summary>What the handler has not been told yet.</summary>
    SimulatedEvents events;

    /// <summary>It waits for the loop's next turn.</summary>
    internal bool IsReady;

    SimulatedConnection(
        SimulatedLoop loop,
        IConnectionHandler handler,
        (Address Local, Address Remote) names,
        SimulatedPipe incoming,
        SimulatedPipe outgoing)
        : base(loop, handler)
    {
        this.loop = loop;
        this.incoming = incoming;
        this.outgoing = outgoing;
        network = loop.Network;
        (LocalAddress, RemoteAddress) = names;
        Serial = network.NextSerial();
    }

    /// <summary>The connecting end.</summary>
    internal SimulatedConnection(
        SimulatedLoop loop, IConnectionHandler handler, Address local, Address remote)
        : this(loop, handler, (local, remote), loop.Network.NewPipe(), loop.Network.NewPipe()) =>
        network.Add(this);

    /// <summary>The accepted end; open, but its listener has yet to accept it.</summary>
    internal SimulatedConnection(SimulatedConnection client)
        : this(
            client.loop,
            NoHandler.Instance,
            (client.RemoteAddress, client.LocalAddress),
            client.outgoing,
            client.incoming)
    {
        client.Other = this;
        Other = client;
        State = ConnectionState.Open;
        CanWrite = true;
        isUnaccepted = true;
    }

    /// <summary>The other end; null until the connect has reached a listener.</summary>
    internal SimulatedConnection? Other { get; private set; }

    public override Address RemoteAddress { get; }

    public override Address LocalAddress { get; }

    public override int Read(Span<byte> buffer)
    {
        loop.AssertCurrent();
        if (State == ConnectionState.Closed)
            return Native.BadDescriptor;
        if (!CanRead)
            return IoResult.Again;
        int count = Math.Min(buffer.Length, incoming.Arrived);
        if (count == 0)
        {
            if (error != 0 || incoming.IsEndArrived)
            {
                IsPeerGone = true;
                return error;
            }
            CanRead = false;
            return IoResult.Again;
        }
        if (network.Chance(network.Faults.PartialReads))
            count = 1 + network.Draw(count - 1);
        incoming.Receive(buffer[..count]);
        network.Note('r', Serial, count);
        // A real loop knows that nothing is left when it got less than it asked for, but not
        // when the buffer came back full.
        if (incoming.Arrived == 0 && count < buffer.Length && !IsPeerGone)
            CanRead = false;
        TellOfRoom();
        return count;
    }

    public override int Write(ReadOnlySpan<byte> bytes) => Write(bytes, default);

    public override int Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        loop.AssertCurrent();
        if (State == ConnectionState.Closed)
            return Native.BadDescriptor;
        int asked = first.Length + second.Length;
        if (!CanWrite || asked == 0)
            return 0;
        if (outgoing.IsEndSent)
            return IoResult.BrokenPipe;
        if (isBroken)
            return error != 0 ? error : IoResult.BrokenPipe;
        int count = Math.Min(asked, outgoing.Room);
        if (network.Chance(network.Faults.PartialWrites))
            count = network.Draw(count);
        Send(first[..Math.Min(count, first.Length)]);
        Send(second[..Math.Max(0, count - first.Length)]);
        network.Note('w', Serial, count);
        CanWrite = count == asked;
        // Where there is room the kernel says so at once; where there is none, the reader does.
        if (!CanWrite && outgoing.Room > 0)
            network.After(network.Draw(outgoing.DelayMsMax), () => Announce(SimulatedEvents.Out));
        if (network.Chance(network.Faults.Resets))
            network.After(network.Draw(outgoing.DelayMsMax), Break);
        return count;
    }

    public override void ShutdownWrite()
    {
        loop.AssertCurrent();
        if (State == ConnectionState.Open)
            SendEnd();
    }

    public override void Close(bool reset = false)
    {
        loop.AssertCurrent();
        if (State == ConnectionState.Closed)
            return;
        network.Note('c', Serial, reset ? 1 : 0);
        State = ConnectionState.Closed;
        CanRead = false;
        CanWrite = false;
        loop.Timers.Cancel(ref connectTimeout);
        network.Remove(this);
        // As TCP: who closes with bytes unread resets.
        if (reset || incoming.Arrived > 0)
            SendReset();
        else
            SendEnd();
    }

    public override void Yield()
    {
        loop.AssertCurrent();
        if (isYielded || State != ConnectionState.Open)
            return;
        isYielded = true;
        loop.AddYielded(this);
    }

    public override void SetNoDelay(bool on) => loop.AssertCurrent();

    public override void SetKeepAlive(
        bool on, int idleSeconds = 0, int intervalSeconds = 0, int count = 0) =>
        loop.AssertCurrent();

    public override string ToString() =>
        $"{Serial}: {LocalAddress} -> {RemoteAddress} {State}, {incoming.Arrived} bytes unread, "
        + $"{outgoing.Room} bytes of room";

    /// <summary>The connect's way there and back.</summary>
    internal void StartConnect()
    {
        long dueMs = loop.NowMs + network.Faults.ConnectTimeoutMs;
        connectTimeout = loop.Timers.Schedule(default, dueMs, this);
        if (network.Chance(network.Faults.ConnectTimeouts))
            return;
        if (network.Chance(network.Faults.ConnectRefusals))
            network.Travel(outgoing, () => FailConnect(IoResult.ConnectionRefused));
        else
            network.Travel(outgoing, ReachListener);
    }

    /// <summary>Leaves its listener's queue; its handler hears what has happened so far.</summary>
    internal void SetAccepted()
    {
        isUnaccepted = false;
        network.Add(this);
        Announce(SimulatedEvents.None);
    }

    internal void OnYielded()
    {
        isYielded = false;
        if (State == ConnectionState.Open)
            Handler.OnReadable(this);
    }

    internal void OnEvents()
    {
        var told = events;
        events = SimulatedEvents.None;
        if (State == ConnectionState.Closed || told == SimulatedEvents.None)
            return;
        network.Note('e', Serial, (long)told);
        if (State == ConnectionState.Connecting)
        {
            loop.Timers.Cancel(ref connectTimeout);
            if (error != 0)
            {
                CanRead = true;
                Handler.OnReadable(this);
                return;
            }
            State = ConnectionState.Open;
            told |= SimulatedEvents.Out;
        }
        Tell(
            readable: (told & (SimulatedEvents.In | SimulatedEvents.Gone)) != 0,
            writable: (told & SimulatedEvents.Out) != 0,
            peerGone: (told & SimulatedEvents.Gone) != 0);
    }

    /// <summary>Something happened to this end: its handler is told in the loop's next turn.</summary>
    internal void Announce(SimulatedEvents happened)
    {
        if (State == ConnectionState.Closed)
            return;
        events |= happened;
        if (!isUnaccepted && events != SimulatedEvents.None)
            loop.AddReady(this);
    }

    /// <summary>An event with nothing behind it: Read will answer Again, or Write 0.</summary>
    internal void AnnounceNothing()
    {
        if (State == ConnectionState.Open)
            Announce(network.Draw(1) == 0 ? SimulatedEvents.In : SimulatedEvents.Out);
    }

    /// <summary>The connection is cut in the middle: both ends see a reset.</summary>
    internal void Break()
    {
        network.Note('b', Serial, 0);
        incoming.DropUnderWay();
        outgoing.DropUnderWay();
        Fail(IoResult.ConnectionReset);
        Other?.Fail(IoResult.ConnectionReset);
    }

    long ITimed.OnTimer(long nowMs)
    {
        FailConnect(IoResult.TimedOut);
        return 0;
    }

    void ReachListener()
    {
        if (State != ConnectionState.Connecting || error != 0)
            return;
        var listener = network.Find(RemoteAddress);
        if (listener is null)
        {
            FailConnect(IoResult.ConnectionRefused);
            return;
        }
        if (!listener.HasRoom)
        {
            // As Linux: the SYN is dropped and sent again after a second.
            network.After(1000, ReachListener);
            return;
        }
        listener.Add(new SimulatedConnection(this));
        network.Travel(incoming, () => Announce(SimulatedEvents.Out));
    }

    void FailConnect(int failure)
    {
        if (State != ConnectionState.Connecting || Other is not null)
            return;
        error = failure;
        isBroken = true;
        Announce(SimulatedEvents.In);
    }

    void Send(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        outgoing.Send(bytes);
        network.Travel(outgoing, () => Other!.TakeArrival());
    }

    void TakeArrival()
    {
        if (!incoming.Arrive())
            return;
        if (State == ConnectionState.Closed)
            SendReset();
        else
            Announce(SimulatedEvents.In);
    }

    void SendEnd()
    {
        if (outgoing.IsEndSent)
            return;
        outgoing.IsEndSent = true;
        if (Other is not null)
            network.Travel(outgoing, () => Other.TakeEnd());
    }

    void TakeEnd()
    {
        if (incoming.HasLost)
            return; // The reset that lost them follows.
        incoming.IsEndArrived = true;
        Announce(SimulatedEvents.In | SimulatedEvents.Gone);
    }

    void SendReset()
    {
        if (Other is null || Other.State == ConnectionState.Closed)
            return;
        outgoing.IsEndSent = true;
        // What is under way arrives, or does not: both happen.
        if (network.Draw(1) == 0)
            outgoing.DropUnderWay();
        network.Travel(outgoing, () => Other.Fail(IoResult.ConnectionReset));
    }

    void Fail(int failure)
    {
        if (State == ConnectionState.Closed || isBroken)
            return;
        error = failure;
        isBroken = true;
        Announce(SimulatedEvents.In | SimulatedEvents.Out | SimulatedEvents.Gone);
    }

    void TellOfRoom()
    {
        if (Other is not null && !Other.CanWrite && Other.State == ConnectionState.Open)
        {
            var writer = Other;
            network.After(
                network.Draw(incoming.DelayMsMax), () => writer.Announce(SimulatedEvents.Out));
        }
    }
}

/// <summary>What a handler is to be told of.</summary>
[Flags]
enum SimulatedEvents
{
    None = 0,
    In = 1,
    Out = 2,
    Gone = 4,
}
