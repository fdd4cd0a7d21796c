using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Unicode;

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
/// The server's end of a WebSocket (RFC 6455) over a wire: messages in, frames out, the closing
/// handshake. Whoever has something to send sends it, unless somebody is sending already; a
/// connection on which nothing happens holds no buffer.
/// </summary>
sealed partial class WebSocketConnection(
    WebSocketWire wire, int messageBytesMax, TimeProvider time, WebSocketDeflate? deflate = null)
{
    /// <summary>Bytes that have come, from <see cref="start"/> to <see cref="end"/>.</summary>
    byte[]? buffer;
    int start;
    int end;

    /// <summary>The fragments of a message that is not whole yet, or was handed out last.</summary>
    byte[]? message;
    int messageLength;
    WebSocketOpcode fragmented;
    bool isCompressed;

    /// <summary>It does not depend on the request that it began as.</summary>
    public bool IsDetached => wire.IsDetached;

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
                wire.OnPong(payload.Span);
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
            _ = await wire.ReadAsync(Memory<byte>.Empty, cancel);
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
        var length = await wire.ReadAsync(buffer.AsMemory(end), cancel);
        end += length;
        return length > 0;
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

    static bool IsFailure(Exception failure) => failure is IOException or SocketException
        or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
