using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Sluice.SocketIO.EngineIO;

/// <summary>What came over a WebSocket.</summary>
enum WebSocketEvent
{
    Text,
    Binary,

    /// <summary>The client has closed, or its connection is gone.</summary>
    Closed,

    /// <summary>The client broke the protocol; it has been told.</summary>
    Broken,
}

/// <summary>A message, or the end.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Payload">Of a message: valid until the next is asked for.</param>
readonly record struct WebSocketReceived(WebSocketEvent Kind, ReadOnlyMemory<byte> Payload);

/// <summary>Where a WebSocket takes the messages from that it sends.</summary>
interface IWebSocketSource
{
    bool HasQueued { get; }

    bool TryTake(out EngineMessage message);

    /// <summary>The close frame is out.</summary>
    void OnGoodbye();
}

/// <summary>
/// The server's end of a WebSocket (RFC 6455) over a stream: messages in, frames out, the closing
/// handshake. Whoever has something to send sends it, unless somebody is sending already; a
/// connection on which nothing happens holds no buffer.
/// </summary>
sealed class WebSocketConnection(
    HttpContext context, Stream stream, int messageBytesMax, TimeProvider time,
    WebSocketDeflate? deflate = null)
{
    readonly Lock sync = new();

    /// <summary>Bytes that have come, from <see cref="start"/> to <see cref="end"/>.</summary>
    byte[]? buffer;
    int start;
    int end;

    /// <summary>The fragments of a message that is not whole yet, or was handed out last.</summary>
    byte[]? message;
    int messageLength;
    WebSocketOpcode fragmented;
    bool isCompressed;

    /// <summary>Frames that go out before any message.</summary>
    byte[] urgent = [];
    byte[]? closeFrame;
    bool mayOvertake;
    TaskCompletionSource? closeSent;
    ITimer? goodbye;
    int isSending;
    volatile bool isClosing;

    /// <summary>The request has ended, or is about to: nothing may touch it any more.</summary>
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

    // ---- receiving ----

    /// <summary>The next message or the end. One call at a time.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async ValueTask<WebSocketReceived> ReceiveAsync(CancellationToken cancel)
    {
        Drop(ref message);
        try
        {
            while (true)
            {
                if (Next(out var needed) is { } received)
                    return received.Kind is WebSocketEvent.Text or WebSocketEvent.Binary
                        ? received : await LeaveAsync(received);
                if (!await FillAsync(needed, cancel))
                    return new WebSocketReceived(WebSocketEvent.Closed, default);
            }
        }
        catch (Exception failure) when (IsFailure(failure) && !cancel.IsCancellationRequested)
        {
            return new WebSocketReceived(WebSocketEvent.Closed, default);
        }
    }

    /// <summary>
    /// After the end, before the request is left: its stream is nobody's any more when this
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
            if (Volatile.Read(ref isSending) != 0 && !isBroken)
            {
                context.Abort();
                stillSending = new TaskCompletionSource(
                    TaskCreationOptions.RunContinuationsAsynchronously);
                sending = stillSending.Task;
            }

            isDone = true;
        }

        if (sending is not null)
            await sending;
        deflate?.Release();
    }

    /// <summary>What is in the buffer: a message, the end, or null and how much is needed.</summary>
    WebSocketReceived? Next(out int needed)
    {
        needed = 0;
        while (buffer is not null && start < end)
        {
            var held = fragmented == WebSocketOpcode.Continuation ? 0 : messageLength;
            var status = WebSocketFrames.Read(
                buffer.AsSpan(start, end - start), messageBytesMax - held,
                out var frame, out var length, deflate is not null);
            if (status == WebSocketFrameStatus.NeedMore)
            {
                needed = length;
                return null;
            }

            if (status != WebSocketFrameStatus.Complete)
                return Refuse(
                    status == WebSocketFrameStatus.TooBig ? (ushort)1009 : (ushort)1002);
            var payload = buffer.AsMemory(start + length - frame.Payload.Length,
                frame.Payload.Length);
            start += length;
            if (frame.Opcode is WebSocketOpcode.Text or WebSocketOpcode.Binary)
                isCompressed = frame.IsCompressed;
            if (Take(frame.Opcode, frame.IsFinal, payload) is { } received)
                return received;
        }

        return null;
    }

    WebSocketReceived? Take(WebSocketOpcode opcode, bool isFinal, ReadOnlyMemory<byte> payload)
    {
        switch (opcode)
        {
            case WebSocketOpcode.Ping:
                SendUrgent(WebSocketFrames.Write(WebSocketOpcode.Pong, payload.Span));
                return null;
            case WebSocketOpcode.Pong:
                return null;
            case WebSocketOpcode.Close:
                return TakeClose(payload.Span);
        }

        var isFirst = opcode != WebSocketOpcode.Continuation;
        if (isFirst == (fragmented != WebSocketOpcode.Continuation))
            return Refuse(1002);
        if (isFirst && isFinal)
            return Message(opcode, payload);
        if (isFirst)
            fragmented = opcode;
        Append(payload.Span);
        if (!isFinal)
            return null;
        opcode = fragmented;
        fragmented = WebSocketOpcode.Continuation;
        var whole = message.AsMemory(0, messageLength);
        messageLength = 0;
        return Message(opcode, whole);
    }

    WebSocketReceived Message(WebSocketOpcode opcode, ReadOnlyMemory<byte> payload)
    {
        if (isCompressed)
        {
            var status = deflate!.Inflater.Inflate(
                payload, messageBytesMax, out var inflated, out var length);
            if (status != InflateStatus.Whole)
                return Refuse(status == InflateStatus.TooBig ? (ushort)1009 : (ushort)1007);
            Drop(ref message);
            message = inflated;
            payload = inflated.AsMemory(0, length);
        }

        if (opcode == WebSocketOpcode.Binary)
            return new WebSocketReceived(WebSocketEvent.Binary, payload);
        return Utf8.IsValid(payload.Span)
            ? new WebSocketReceived(WebSocketEvent.Text, payload) : Refuse(1007);
    }

    void Append(ReadOnlySpan<byte> payload)
    {
        message ??= ArrayPool<byte>.Shared.Rent(EngineLimits.ReceiveBytes);
        if (messageLength + payload.Length > message.Length)
            Grow(ref message, messageLength, messageLength + payload.Length);
        payload.CopyTo(message.AsSpan(messageLength));
        messageLength += payload.Length;
    }

    /// <summary>The client says goodbye: answered with what it said, as RFC 6455 wants it.</summary>
    WebSocketReceived TakeClose(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            Close(WebSocketFrames.EmptyClose.ToArray(), mayOvertake: true);
            return new WebSocketReceived(WebSocketEvent.Closed, default);
        }

        var status = payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(payload) : 0;
        if (!WebSocketFrames.IsCloseStatus(status))
            return Refuse(1002);
        if (!Utf8.IsValid(payload[2..]))
            return Refuse(1007);
        Close(WebSocketFrames.Write(WebSocketOpcode.Close, payload), mayOvertake: true);
        return new WebSocketReceived(WebSocketEvent.Closed, default);
    }

    WebSocketReceived Refuse(ushort status)
    {
        Close(WebSocketFrames.WriteClose(status), mayOvertake: true);
        return new WebSocketReceived(WebSocketEvent.Broken, default);
    }

    /// <summary>Waits until the last word is out, for a bounded time.</summary>
    async ValueTask<WebSocketReceived> LeaveAsync(WebSocketReceived received)
    {
        if (closeSent is { } sent)
            await sent.Task;
        return received;
    }

    /// <summary>Waits for bytes with no buffer in hand unless a frame is half there.</summary>
    /// <param name="needed">How many bytes the frame needs to go on; 0 for a new one.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>False at the end.</returns>
    async ValueTask<bool> FillAsync(int needed, CancellationToken cancel)
    {
        if (needed == 0)
        {
            Drop(ref buffer);
            _ = await stream.ReadAsync(Memory<byte>.Empty, cancel);
            buffer = ArrayPool<byte>.Shared.Rent(EngineLimits.ReceiveBytes);
            start = end = 0;
        }
        else if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        // A frame that is announced as large gets its memory as it comes, not before.
        if (end == buffer!.Length)
            Grow(ref buffer, end, Math.Min(needed, end * 2));
        var length = await stream.ReadAsync(buffer.AsMemory(end), cancel);
        end += length;
        return length > 0;
    }

    // ---- sending ----

    /// <summary>Something may be there to send. From any thread; never waits.</summary>
    public void Pump()
    {
        if (Interlocked.CompareExchange(ref isSending, 1, 0) == 0)
            _ = SendAllAsync();
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

    /// <summary>Ends the connection at once.</summary>
    void Abort()
    {
        lock (sync)
            if (!isDone)
                context.Abort();
        closeSent?.TrySetResult();
    }

    async Task SendAllAsync()
    {
        while (true)
        {
            try
            {
                while (Fill(out var chunk, out var rented, out var isGoodbye))
                {
                    await stream.WriteAsync(chunk);
                    if (rented is not null)
                        ArrayPool<byte>.Shared.Return(rented);
                    if (isGoodbye)
                        OnGoodbye();
                }
            }
            catch (Exception failure) when (IsFailure(failure))
            {
                // The reading side ends too. Nobody sends any more: isSending stays.
                lock (sync)
                {
                    isBroken = true;
                    stillSending?.TrySetResult();
                }

                Abort();
                return;
            }

            Volatile.Write(ref isSending, 0);
            lock (sync)
                stillSending?.TrySetResult();
            // What was queued between the last look and the release has nobody else.
            if (!HasMore() || Interlocked.CompareExchange(ref isSending, 1, 0) != 0)
                return;
        }
    }

    void OnGoodbye()
    {
        lock (sync)
            goodbye?.Change(EngineLimits.Goodbye, Timeout.InfiniteTimeSpan);
        closeSent!.TrySetResult();
        Source?.OnGoodbye();
    }

    bool HasMore()
    {
        lock (sync)
        {
            if (isDone)
                return false;
            if (urgent.Length > 0 || closeFrame is not null)
                return true;
        }

        return !isClosing && Source?.HasQueued == true;
    }

    /// <summary>
    /// The next bytes to send: urgent frames, then messages, as many as fit in one write, then
    /// the goodbye.
    /// </summary>
    bool Fill(out ReadOnlyMemory<byte> chunk, out byte[]? rented, out bool isGoodbye)
    {
        rented = null;
        isGoodbye = false;
        bool mayMessage;
        chunk = default;
        lock (sync)
        {
            if (isDone)
                return false;
            if (urgent.Length > 0)
            {
                chunk = urgent;
                urgent = [];
                return true;
            }

            mayMessage = !mayOvertake;
        }

        if (mayMessage && Source?.TryTake(out var first) == true)
        {
            chunk = Gather(first, out rented);
            return true;
        }

        lock (sync)
        {
            chunk = closeFrame;
            isGoodbye = closeFrame is not null;
            closeFrame = null;
            return isGoodbye;
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

    static void Grow(ref byte[] buffer, int used, int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, buffer.Length * 2));
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    static void Drop(ref byte[]? rented)
    {
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        rented = null;
    }

    static bool IsFailure(Exception failure) => failure is IOException
        or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
