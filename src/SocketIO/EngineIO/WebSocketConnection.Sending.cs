using System.Buffers;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The sending half. One sends at a time: whoever finds that nobody does, for everybody who has
/// something to send meanwhile.
/// </summary>
sealed partial class WebSocketConnection
{
    readonly Lock sync = new();
    int isSending;

    /// <summary>
    /// Not only messages are to be thought of: what follows here, which the lock guards. Set
    /// before <see cref="isSending"/> is looked at, looked at when that is set.
    /// </summary>
    volatile bool isSpecial;

    /// <summary>Frames that go out before any message.</summary>
    byte[] urgent = [];
    byte[]? closeFrame;
    bool mayOvertake;
    volatile bool isClosing;
    TaskCompletionSource? closeSent;
    ITimer? goodbye;

    /// <summary>The wire has ended, or is about to: nothing may touch it any more.</summary>
    bool isDone;

    /// <summary>A write has failed; nobody sends any more.</summary>
    bool isBroken;
    TaskCompletionSource? stillSending;

    /// <summary>The messages to send; nobody's during the probe of an upgrade.</summary>
    public IWebSocketSource? Source { get; set; }

    /// <summary>Makes messages to the client short; null when that was not agreed on.</summary>
    public WebSocketDeflater? Deflater => deflate?.Deflater;

    /// <summary>Nothing is being sent, and more may be.</summary>
    public bool IsWritable => Volatile.Read(ref isSending) == 0 && !isClosing;

    /// <summary>Reads what <see cref="TrySend"/> is going to read.</summary>
    public void Prefetch()
    {
        if (!isSpecial)
            wire.Prefetch();
    }

    /// <summary>Something may be there to send. From any thread; never waits.</summary>
    public void Pump()
    {
        if (Interlocked.CompareExchange(ref isSending, 1, 0) == 0)
            _ = SendAllAsync(ValueTask.CompletedTask);
    }

    /// <summary>
    /// Sends a message past its queue, when nothing waits or is being sent. From any thread;
    /// never waits.
    /// </summary>
    /// <param name="frame">The message as a frame; empty for one that is not framed yet.</param>
    /// <returns>False when it has to be queued.</returns>
    public bool TrySend(ReadOnlyMemory<byte> frame)
    {
        if (frame.IsEmpty || isSpecial || !wire.IsDirect
            || Interlocked.CompareExchange(ref isSending, 1, 0) != 0)
            return false;
        if (isSpecial || Source!.HasQueued)
        {
            _ = SendAllAsync(ValueTask.CompletedTask);
            return false;
        }

        var write = wire.WriteAsync(frame);
        if (!write.IsCompletedSuccessfully || !TryRest())
            _ = SendAllAsync(write);
        return true;
    }

    /// <summary>Sends a frame before what is queued.</summary>
    public void SendUrgent(ReadOnlySpan<byte> frame)
    {
        lock (sync)
        {
            // A client that pings and does not read gets no more pongs.
            if (urgent.Length + frame.Length > EngineLimits.UrgentBytes)
                return;
            urgent = [.. urgent, .. frame];
            isSpecial = true;
        }

        Pump();
    }

    /// <summary>
    /// Says goodbye and bounds the time in which the client may answer. A second goodbye changes
    /// nothing but that it may overtake.
    /// </summary>
    /// <param name="frame">The close frame.</param>
    /// <param name="mayOvertake">It does not wait for what is queued.</param>
    public void Close(ReadOnlyMemory<byte> frame, bool mayOvertake)
    {
        lock (sync)
        {
            isSpecial = true;
            this.mayOvertake |= mayOvertake;
            if (!isClosing)
            {
                isClosing = true;
                closeFrame = frame.ToArray();
                closeSent = new TaskCompletionSource(
                    TaskCreationOptions.RunContinuationsAsynchronously);
                goodbye = time.CreateTimer(
                    static connection => ((WebSocketConnection)connection!).Abort(), this,
                    mayOvertake ? EngineLimits.Goodbye : EngineLimits.Close,
                    Timeout.InfiniteTimeSpan);
            }
            else if (mayOvertake)
            {
                goodbye!.Change(EngineLimits.Goodbye, Timeout.InfiniteTimeSpan);
            }
        }

        Pump();
    }

    /// <summary>
    /// After the end, before the request is left: the wire is nobody's any more when this
    /// returns.
    /// </summary>
    public async ValueTask ReleaseAsync()
    {
        Drop(ref buffer);
        Drop(ref message);
        Task? sending = null;
        lock (sync)
        {
            goodbye?.Dispose();
            isSpecial = true;
            isDone = true;
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref isSending) != 0 && !isBroken)
            {
                wire.Abort();
                stillSending = new TaskCompletionSource(
                    TaskCreationOptions.RunContinuationsAsynchronously);
                sending = stillSending.Task;
            }
        }

        if (sending is not null)
            await sending;
        wire.Release();
        deflate?.Release();
    }

    /// <summary>Ends the connection at once.</summary>
    void Abort()
    {
        lock (sync)
            if (!isDone)
                wire.Abort();
        closeSent?.TrySetResult();
    }

    /// <summary>Waits for a write that has begun, then sends everything else.</summary>
    async Task SendAllAsync(ValueTask write)
    {
        try
        {
            await write;
            do
            {
                while (Fill(out var chunk, out var rented, out var isGoodbye))
                {
                    await wire.WriteAsync(chunk);
                    if (rented is not null)
                        ArrayPool<byte>.Shared.Return(rented);
                    if (isGoodbye)
                        OnGoodbye();
                }
            }
            while (!TryRest());
        }
        catch (Exception failure)
        {
            // The reading side ends too. Nobody sends any more: isSending stays.
            lock (sync)
            {
                isBroken = true;
                stillSending?.TrySetResult();
            }

            Abort();
            // Of whoever looks at what is sent; it is not the connection's to keep quiet about.
            if (!IsFailure(failure))
                throw;
        }
    }

    /// <summary>
    /// Nobody sends any more; false when there is more, which is still this one's to send: what
    /// was queued between the last look and the release has nobody else.
    /// </summary>
    bool TryRest()
    {
        Interlocked.Exchange(ref isSending, 0);
        if (isSpecial)
            lock (sync)
                stillSending?.TrySetResult();
        return !HasMore() || Interlocked.CompareExchange(ref isSending, 1, 0) != 0;
    }

    bool HasMore()
    {
        if (!isSpecial)
            return Source?.HasQueued == true;
        lock (sync)
        {
            if (isDone)
                return false;
            if (urgent.Length > 0 || closeFrame is not null)
                return true;
        }

        return !isClosing && Source?.HasQueued == true;
    }

    void OnGoodbye()
    {
        lock (sync)
            goodbye?.Change(EngineLimits.Goodbye, Timeout.InfiniteTimeSpan);
        closeSent!.TrySetResult();
        Source?.OnGoodbye();
    }

    /// <summary>
    /// The next bytes to send: urgent frames, then messages, as many as fit in one write, then
    /// the goodbye.
    /// </summary>
    bool Fill(out ReadOnlyMemory<byte> chunk, out byte[]? rented, out bool isGoodbye)
    {
        rented = null;
        isGoodbye = false;
        chunk = default;
        var mayMessage = true;
        if (isSpecial && TakeUrgent(out chunk, out mayMessage))
            return true;
        if (mayMessage && Source?.TryTake(out var first) == true)
        {
            chunk = Gather(first, out rented);
            return true;
        }

        return isSpecial && (isGoodbye = TakeGoodbye(out chunk));
    }

    bool TakeUrgent(out ReadOnlyMemory<byte> chunk, out bool mayMessage)
    {
        lock (sync)
        {
            chunk = urgent;
            urgent = [];
            mayMessage = !mayOvertake && !isDone;
            isSpecial = isClosing || isDone;
            return !isDone && !chunk.IsEmpty;
        }
    }

    /// <summary>The goodbye, unless a message has come in between that it must not overtake.</summary>
    bool TakeGoodbye(out ReadOnlyMemory<byte> chunk)
    {
        lock (sync)
        {
            chunk = default;
            if (isDone || closeFrame is null || (!mayOvertake && Source?.HasQueued == true))
                return false;
            chunk = closeFrame;
            closeFrame = null;
            return true;
        }
    }

    /// <summary>One message as it is, or several in one buffer.</summary>
    ReadOnlyMemory<byte> Gather(in EngineMessage first, out byte[]? rented)
    {
        rented = null;
        if (!Source!.HasQueued && first.Frame is { IsEmpty: false } frame)
            return frame;
        var length = 0;
        var next = first;
        do
        {
            var needed = length + WebSocketFrames.HeadBytesMax + next.Bytes.Length;
            if (rented is null)
                rented = ArrayPool<byte>.Shared.Rent(Math.Max(needed, EngineLimits.SendBytes));
            else if (needed > rented.Length)
                Grow(ref rented, length, needed);
            var head = rented.AsSpan(length);
            length += WebSocketFrames.WriteHead(
                head, next.IsBinary ? WebSocketOpcode.Binary : WebSocketOpcode.Text,
                next.Bytes.Length);
            if (next.IsCompressed)
                WebSocketFrames.MarkCompressed(head);
            next.Bytes.Span.CopyTo(rented.AsSpan(length));
            length += next.Bytes.Length;
        }
        while (length < EngineLimits.SendBytes && Source.TryTake(out next));
        return rented.AsMemory(0, length);
    }
}
