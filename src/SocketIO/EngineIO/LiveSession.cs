using Sluice.SocketIO.Diagnostics;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// A session: its queue, its heartbeat, and the transport that it uses now. Transports take from
/// the queue and hand in what arrives.
/// </summary>
sealed partial class LiveSession : EngineSession
{
    readonly EngineServer server;
    readonly Lock gate = new();
    readonly Queue<EngineMessage> queue = new();

    /// <summary>Held while the handler is called, by threads that bring packets alone.</summary>
    readonly Lock telling = new();
    IEngineHandler? handler;
    Transport transport = null!;
    long queuedBytes;

    /// <summary>Of the queue, for those who look without the lock.</summary>
    int queuedCount;

    /// <summary>It waits for its turn among <see cref="LateFlushes"/>.</summary>
    bool isFlushing;

    /// <summary>For those who wait until the queue is empty; null when nobody does.</summary>
    TaskCompletionSource<bool>? drained;
    State state;

    /// <summary>More was sent than may wait: the session ends at the next flush.</summary>
    bool isOverfull;

    /// <summary>The WebSocket that the client tries beside its polling.</summary>
    WebSocketConnection? probing;
    string closeReason = CloseReasons.ForcedClose;

    /// <summary>The end that the handler has yet to be told of.</summary>
    string? untold;

    enum State
    {
        Open,

        /// <summary>What is queued still goes out, nothing is taken any more.</summary>
        Closing,
        Closed,
    }

    public LiveSession(
        EngineServer server, string id, EngineHandshake handshake, int protocolVersion = 4)
    {
        this.server = server;
        Id = id;
        ProtocolVersion = protocolVersion;
        Handshake = handshake;
        // The timer outlives the request, and what flows with that.
        using (ExecutionContext.SuppressFlow())
            timer = server.Time.CreateTimer(
                static session => ((LiveSession)session!).OnTimer(), this,
                Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public override string Id { get; }

    public override int ProtocolVersion { get; }

    /// <summary>It speaks version 3.</summary>
    public bool IsOld => ProtocolVersion == 3;

    public override string TransportName => transport.Name;

    public override EngineHandshake Handshake { get; }

    public Transport Transport => transport;

    /// <summary>A probe may begin: none is under way. It ends with the session.</summary>
    public bool TryBeginUpgrade(WebSocketConnection probe)
    {
        lock (gate)
        {
            if (state == State.Closed || probing is not null || transport.Name != "polling")
                return false;
            probing = probe;
            return true;
        }
    }

    public void EndUpgrade()
    {
        lock (gate)
            probing = null;
    }

    public EngineServer Server => server;

    public override bool IsWritable
    {
        get
        {
            Transport on;
            lock (gate)
            {
                if (state != State.Open || queue.Count > 0)
                    return false;
                on = transport;
            }
            return on.IsWritable;
        }
    }

    /// <summary>
    /// Begins on its first transport: the open packet, the handler, its place among the sessions,
    /// the heartbeat. When the application throws instead of giving a handler, it never was.
    /// </summary>
    public void Start(Transport on, Func<EngineSession, IEngineHandler> accept)
    {
        transport = on;
        var open = OpenPacket.Write(this);
        queuedBytes = open.Length;
        queue.Enqueue(new EngineMessage(open, IsBinary: false));
        queuedCount = 1;
        server.Metrics.SessionOpened(on.Name);
        server.Observer?.OnOpened(this);
        try
        {
            // An end that comes now is told when there is somebody to tell.
            lock (telling)
                handler = accept(this);
        }
        catch
        {
            bool isForgotten;
            lock (gate)
            {
                isForgotten = state == State.Closed;
                state = State.Closed;
            }
            if (!isForgotten)
                Forget(CloseReasons.TransportError);
            throw;
        }

        lock (gate)
        {
            if (state != State.Closed)
                server.Add(this);
            awaiting = IsOld ? Awaiting.Ping : Awaiting.Interval;
            dueAt = server.Time.GetTimestamp();
            if (state == State.Open)
                Arm(server.Options.PingInterval
                    + (IsOld ? server.Options.PingTimeout : TimeSpan.Zero));
        }

        TellEnd();
        // Either the server's end sees this session, or this session that.
        if (server.IsClosed)
            CloseNow(CloseReasons.ServerShuttingDown);
        on.Pump();
    }

    public override bool Send(ReadOnlySpan<EngineMessage> messages, bool compress = true)
    {
        if (messages.Length == 1 && TrySend(messages[0]))
            return true;
        bool isQueued = Queue(messages, compress);
        Flush();
        return isQueued;
    }

    /// <summary>
    /// Past the queue when that is empty, as it mostly is. Looks without the lock: who queues, or
    /// ends the session, at the same time may as well have come a moment later.
    /// </summary>
    bool TrySend(in EngineMessage message)
    {
        if (HasQueued || state != State.Open
            || message.Bytes.Length > server.Options.MaxSendQueueBytes
            || !transport.TrySend(message))
            return false;
        Count(message);
        return true;
    }

    internal override bool Queue(ReadOnlySpan<EngineMessage> messages, bool compress = true)
    {
        lock (gate)
        {
            if (state != State.Open || isOverfull)
                return false;
            long bytes = 0;
            foreach (ref readonly var message in messages)
                bytes += message.Bytes.Length;
            if (queuedBytes + bytes <= server.Options.MaxSendQueueBytes)
            {
                queuedBytes += bytes;
                foreach (ref readonly var message in messages)
                    queue.Enqueue(compress ? message : message with { IsPlain = true });
                Volatile.Write(ref queuedCount, queue.Count);
                return true;
            }
            isOverfull = server.Options.SendQueuePolicy == SendQueuePolicy.Disconnect;
        }
        server.Metrics.DroppedFull(messages.Length);
        return false;
    }

    internal override void Prefetch()
    {
        if (!HasQueued)
            transport.Prefetch();
    }

    internal override void FlushLater()
    {
        if (!Interlocked.Exchange(ref isFlushing, true))
            server.LateFlushes.Add(this);
    }

    /// <summary>What <see cref="FlushLater"/> has put off.</summary>
    public void FlushNow()
    {
        Volatile.Write(ref isFlushing, false);
        Interlocked.MemoryBarrier();
        Flush();
    }

    internal override void Flush()
    {
        Transport on;
        bool isFull;
        lock (gate)
        {
            if (state != State.Open)
                return;
            on = transport;
            isFull = isOverfull;
        }
        if (!isFull)
        {
            on.Pump();
            return;
        }
        server.Logger.QueueFull(server.Options.MaxSendQueueBytes);
        End(CloseReasons.TransportError);
    }

    /// <summary>Takes the next packet to send; false when there is none.</summary>
    public bool TryTake(out EngineMessage message)
    {
        TaskCompletionSource<bool>? waiting = null;
        lock (gate)
        {
            if (!queue.TryDequeue(out message))
                return false;
            queuedBytes -= message.Bytes.Length;
            Volatile.Write(ref queuedCount, queue.Count);
            if (queue.Count == 0)
                (waiting, drained) = (drained, null);
        }
        waiting?.TrySetResult(true);
        Count(message);
        return true;
    }

    void Count(in EngineMessage message)
    {
        int bytes = message.IsBinary ? message.Bytes.Length : message.Bytes.Length - 1;
        if (bytes > 0)
        {
            server.Metrics.Sent(bytes);
            server.Observer?.OnSent(bytes);
        }
    }

    public override Task<bool> DrainAsync(CancellationToken cancel = default)
    {
        lock (gate)
        {
            if (state == State.Closed || queue.Count == 0)
                return Task.FromResult(state != State.Closed);
            // Continues elsewhere: it is set by who sends.
            drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return drained.Task.WaitAsync(cancel);
        }
    }

    /// <summary>Something waits to be sent; what is queued at the same time may be missed.</summary>
    public bool HasQueued => Volatile.Read(ref queuedCount) > 0;

    /// <summary>Nothing is taken from the application any more.</summary>
    public bool IsClosing
    {
        get
        {
            lock (gate)
                return state != State.Open;
        }
    }

    public override void Close(string reason = CloseReasons.ForcedClose)
    {
        lock (gate)
        {
            if (state != State.Open)
                return;
            state = State.Closing;
            closeReason = reason;
            timer.Change(EngineLimits.Close, Timeout.InfiniteTimeSpan);
        }
        transport.CloseWhenSent();
    }

    /// <summary>As <see cref="Close"/>, without waiting for a client that does not poll.</summary>
    public void CloseNow(string reason)
    {
        Close(reason);
        if (transport.Name == "polling")
            End(reason);
    }

    /// <summary>The transport has gone, or has said goodbye.</summary>
    public void End(string reason)
    {
        WebSocketConnection? probe;
        TaskCompletionSource<bool>? waiting;
        lock (gate)
        {
            if (state == State.Closed)
                return;
            if (state == State.Closing)
                reason = closeReason;
            state = State.Closed;
            queue.Clear();
            queuedBytes = 0;
            Volatile.Write(ref queuedCount, 0);
            probe = probing;
            (waiting, drained) = (drained, null);
        }
        waiting?.TrySetResult(false);
        probe?.Close(WebSocketFrames.EmptyClose, mayOvertake: true);
        transport.Abort();
        Forget(reason);
        untold = reason;
        TellEnd();
    }

    void Forget(string reason)
    {
        timer.Dispose();
        server.Forget(this);
        server.Metrics.SessionClosed(transport.Name, reason);
        server.Observer?.OnClosed(this, reason);
    }

    /// <summary>
    /// Tells the handler of the end now, or leaves it to the thread that is calling the handler.
    /// Nobody waits: who broke this session by sending to it may be within a call of another's
    /// handler, whose thread may be about to break that one.
    /// </summary>
    void TellEnd()
    {
        while (Volatile.Read(ref untold) is not null
            && !telling.IsHeldByCurrentThread && telling.TryEnter())
        {
            try
            {
                if (Interlocked.Exchange(ref untold, null) is { } reason)
                    handler?.OnClosed(reason);
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                // Who ends a session, maybe one of many, goes on.
                server.Logger.EngineHandlerFailed(failure);
            }
            finally
            {
                telling.Exit();
            }
        }
    }

    /// <summary>
    /// The session goes on over a WebSocket: the probe has succeeded. One that is closing says
    /// there what it still has to say.
    /// </summary>
    public bool MoveTo(Transport next)
    {
        Transport old;
        bool isLeaving;
        lock (gate)
        {
            if (state == State.Closed)
                return false;
            isLeaving = state == State.Closing;
            old = transport;
            transport = next;
            probing = null;
        }
        server.Metrics.SessionMoved(old.Name, next.Name);
        server.Observer?.OnUpgraded(this);
        old.Abort();
        next.Pump();
        if (isLeaving)
            next.CloseWhenSent();
        return true;
    }

    // ---- what arrives ----

    /// <summary>One packet from the client; false when the session has ended over it.</summary>
    /// <param name="packet">With the type digit in front, or an attachment.</param>
    /// <param name="isBinary">An attachment.</param>
    public bool Receive(ReadOnlySpan<byte> packet, bool isBinary)
    {
        if (isBinary)
            return IsOld ? ReceiveTyped(packet) : Tell(packet, isBinary: true);
        switch (packet)
        {
            case [(byte)'4', .. var payload]:
                return Tell(payload, isBinary: false);
            case [(byte)'b', .. var text]:
                return ReceiveBase64(packet, text);
            case [(byte)'2', ..] when IsOld:
                AwaitPing();
                Queue(pong);
                Flush();
                return true;
            case [(byte)'3', ..] when !IsOld:
                OnPong();
                return true;
            case [(byte)'1', ..]:
                End(CloseReasons.TransportClose);
                return false;
            case [(byte)'2' or (byte)'3', ..]:
                // Since version 4 the server asks and the client answers.
                return Refuse(CloseReasons.TransportError);
            case [(byte)'0' or (byte)'5' or (byte)'6', ..]:
                Refresh();
                return true;
            default:
                return Refuse(CloseReasons.ParseError);
        }
    }

    /// <summary>
    /// Ends the session over a packet that is none; one that is closing already says goodbye.
    /// </summary>
    bool Refuse(string reason)
    {
        if (!IsClosing)
            End(reason);
        return false;
    }

    /// <summary>An attachment of version 3, behind its packet's type; others have no meaning.</summary>
    bool ReceiveTyped(ReadOnlySpan<byte> packet) =>
        packet is not [4, .. var bytes] || Tell(bytes, isBinary: true);

    /// <summary>An attachment in a text, of a client that was told to do so.</summary>
    bool ReceiveBase64(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> text)
    {
        if (!IsOld)
            return Tell(PollingPayload.DecodeLeniently(text), isBinary: true);
        return !OldPollingPayload.TryReadBase64(packet, out var typed) || ReceiveTyped(typed);
    }

    bool Tell(ReadOnlySpan<byte> payload, bool isBinary)
    {
        server.Metrics.Received(payload.Length);
        server.Observer?.OnReceived(payload.Length);
        Refresh();
        bool isTaken = false;
        lock (telling)
        {
            if (!IsClosing)
            {
                handler!.OnMessage(payload, isBinary);
                isTaken = true;
            }
        }
        TellEnd();
        return isTaken;
    }
}
