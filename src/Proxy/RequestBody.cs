using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy;

/// <summary>How far a request's body has come.</summary>
enum BodyState
{
    /// <summary>The request has none.</summary>
    None,

    /// <summary>More of it is to come from the client.</summary>
    Reading,

    /// <summary>All of it was read.</summary>
    Complete,
}

/// <summary>
/// The body of a request on its way from the client: read whole before the peer is asked
/// (proxy_request_buffering on: memory first, then a temporary file), passed on as it comes, or
/// read away.
/// </summary>
sealed class RequestBody
{
    /// <summary>Failures of the client, as the status that answers them.</summary>
    internal const int BadRequest = 400, TimedOut = 408, TooLarge = 413, ClientGone = 499;

    readonly ChunkedReader chunks = new();
    long left;
    bool hasContinued;
    byte[]? memory;
    SpillFile? spill;

    /// <summary>Why it cannot be read away, as Read says it; 0 while it can.</summary>
    int discardFailure;

    public BodyState State { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Bytes of the body read so far, framing not counted.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>What is kept in memory of a body that was read whole ($request_body).</summary>
    public ReadOnlySpan<byte> InMemory => memory.AsSpan(0, MemoryCount);

    public int MemoryCount { get; private set; }

    /// <summary>The part that did not fit into memory; null when all did.</summary>
    public SpillFile? Spill => spill;

    /// <summary>The trailers of a chunked body, complete when the body is.</summary>
    public ReadOnlySpan<HeaderField> Trailers => chunks.Trailers;

    public ReadOnlySpan<byte> TrailerBytes => chunks.TrailerBytes;

    /// <summary>The body cannot be read away any more: it is malformed, too large, or cut off.</summary>
    public bool IsFailed => discardFailure != 0;

    /// <summary>The body was read whole, so another peer can be sent it again.</summary>
    public bool IsBuffered { get; private set; }

    /// <summary>
    /// The request was refused for its body: whoever answers for that is asked without one.
    /// </summary>
    public bool IsDropped { get; private set; }

    /// <summary>
    /// Some of it went to a peer as it came and is kept nowhere: no other place can be sent it.
    /// </summary>
    public bool IsSpent => !IsBuffered && ReadBytes > MemoryCount;

    public void Drop()
    {
        IsDropped = true;
        Refuse();
    }

    /// <summary>A built-in error page does not ask for the body, and says no 100 Continue.</summary>
    public void Refuse() => hasContinued = true;

    /// <summary>The rest of a body with a length has come together with its head.</summary>
    public bool HasArrived(Exchange exchange) =>
        !IsChunked && left <= exchange.BufferedEnd - exchange.BufferedStart;

    /// <summary>Takes over what the head says of the body.</summary>
    public void Begin(RequestHead head)
    {
        IsChunked = head.IsChunked;
        left = head.IsChunked ? 0 : Math.Max(head.ContentLength, 0);
        State = head.IsChunked || left > 0 ? BodyState.Reading : BodyState.None;
        if (IsChunked)
            chunks.Reset();
    }

    /// <summary>
    /// The next piece of the body into <paramref name="into"/>: its length, 0 when the body is
    /// complete, <see cref="IoResult.Again"/>, or a failure as the negative of its status.
    /// </summary>
    public int Read(Exchange exchange, Span<byte> into)
    {
        if (State != BodyState.Reading)
            return 0;
        var count = IsChunked ? ReadChunked(exchange, into) : ReadCounted(exchange, into);
        if (count == IoResult.Again)
            Continue(exchange);
        if (count > 0)
        {
            ReadBytes += count;
            // A length was compared when the location was chosen; a named one does not ask again.
            var most = exchange.Location.Config.Core.ClientMaxBodySize;
            if (IsChunked && most > 0 && ReadBytes > most && !IsDropped)
                return -TooLarge;
        }
        return count;
    }

    int ReadCounted(Exchange exchange, Span<byte> into)
    {
        var wanted = into[..(int)Math.Min(left, into.Length)];
        var count = Math.Min(exchange.BufferedEnd - exchange.BufferedStart, wanted.Length);
        if (count > 0)
        {
            exchange.HeadBuffer.AsSpan(exchange.BufferedStart, count).CopyTo(wanted);
            exchange.BufferedStart += count;
        }
        else
        {
            count = exchange.Client.Read(wanted);
            if (count == IoResult.Again)
                return count;
            if (count <= 0)
                return -ClientGone;
        }
        exchange.RequestBytes += count;
        left -= count;
        if (left == 0)
            State = BodyState.Complete;
        return count;
    }

    /// <summary>
    /// Chunks are read into the buffer behind the head and taken from there, because what
    /// follows the last chunk is the next request's.
    /// </summary>
    int ReadChunked(Exchange exchange, Span<byte> into)
    {
        while (true)
        {
            var raw = exchange.HeadBuffer.AsSpan(
                exchange.BufferedStart, exchange.BufferedEnd - exchange.BufferedStart);
            if (raw.Length > into.Length)
                raw = raw[..into.Length];
            var status = chunks.Read(raw, out var consumed, out var data);
            data.Of(raw).CopyTo(into);
            exchange.BufferedStart += consumed;
            exchange.RequestBytes += consumed;
            if (status == ChunkedStatus.Rejected)
                return -BadRequest;
            if (status == ChunkedStatus.Done)
                State = BodyState.Complete;
            if (data.Length > 0 || State == BodyState.Complete)
                return data.Length;
            if (consumed > 0 && exchange.BufferedStart < exchange.BufferedEnd)
                continue;
            var count = exchange.FillHeadBuffer();
            if (count == IoResult.Again)
                return count;
            if (count <= 0)
                return -ClientGone;
        }
    }

    /// <summary>
    /// A client that waits for it is told to send its body (RFC 9110, section 10.1.1): when it is
    /// wanted, or before an answer that does not want it, as nginx does; never behind one.
    /// </summary>
    public void Continue(Exchange exchange)
    {
        if (hasContinued || State != BodyState.Reading || !exchange.Head.ExpectsContinue)
            return;
        hasContinued = true;
        if (exchange.RequestBytes == exchange.Head.LineBytes)
            exchange.Output.SendInterim(exchange, "HTTP/1.1 100 Continue\r\n\r\n"u8);
    }

    /// <summary>Reads the whole body; 0, or the status that answers the failure.</summary>
    public async LoopTask<int> ReadAllAsync(Exchange exchange)
    {
        var core = exchange.Location.Config.Core;
        var buffers = exchange.Worker.Buffers;
        IsBuffered = true;
        while (State == BodyState.Reading)
        {
            memory ??= buffers.Rent(FirstBufferBytes(core.ClientBodyBufferSize));
            var count = ReadIntoMemory(exchange);
            if (count == IoResult.Again)
            {
                // What the client waits for may have been taken in part only.
                exchange.Output.Flush(exchange);
                await exchange.Wakeup.NextAsync(
                    exchange.Worker.Loop.NowMs + core.ClientBodyTimeoutMs);
                if (exchange.Wakeup.IsTimedOut)
                    return TimedOut;
            }
            else if (count < 0)
            {
                return -count;
            }
            else if (MemoryCount == memory.Length && State == BodyState.Reading)
            {
                if (memory.Length < core.ClientBodyBufferSize)
                {
                    GrowMemory(buffers, core.ClientBodyBufferSize);
                    continue;
                }
                spill ??= SpillFile.Create();
                if (!await spill.AppendAsync(exchange, memory, MemoryCount))
                    return 500;
                MemoryCount = 0;
            }
        }
        if (spill is not null && MemoryCount > 0)
        {
            if (!await spill.AppendAsync(exchange, memory!, MemoryCount))
                return 500;
            MemoryCount = 0;
        }
        return 0;
    }

    /// <summary>
    /// Takes what has arrived of a body that is passed on as it comes, up to
    /// client_body_buffer_size: 0, or the status that answers the failure. As in nginx a body
    /// that is whole by then is sent like one that was read first, so a chunked one has a length.
    /// </summary>
    public int TakeArrived(Exchange exchange)
    {
        var most = exchange.Location.Config.Core.ClientBodyBufferSize;
        var buffers = exchange.Worker.Buffers;
        memory ??= buffers.Rent(FirstBufferBytes(most));
        while (State == BodyState.Reading)
        {
            var count = ReadIntoMemory(exchange);
            if (count == IoResult.Again)
                return 0;
            if (count < 0)
                return -count;
            if (MemoryCount < memory.Length || State != BodyState.Reading)
                continue;
            if (memory.Length >= most)
                return 0;
            GrowMemory(buffers, most);
        }
        IsBuffered = true;
        return 0;
    }

    int FirstBufferBytes(int most) =>
        IsChunked ? Math.Min(most, 4096) : (int)Math.Min(most, Math.Max(left, 1));

    int ReadIntoMemory(Exchange exchange)
    {
        var count = Read(exchange, memory.AsSpan(MemoryCount));
        MemoryCount += Math.Max(count, 0);
        return count;
    }

    void GrowMemory(BufferPool buffers, int most)
    {
        var grown = buffers.Rent((int)Math.Min(most, memory!.Length * 4L));
        InMemory.CopyTo(grown);
        buffers.Return(memory);
        memory = grown;
    }

    /// <summary>
    /// Reads away what nobody wants of the body, as far as it is there. True when the body has
    /// ended, so that the connection can go on. Not counted as bytes of the request, as in nginx.
    /// </summary>
    public bool Discard(Exchange exchange)
    {
        hasContinued = true;
        var wanted = exchange.RequestBytes;
        for (var reads = 0;
            State == BodyState.Reading && reads < Limits.DiscardReadsPerTurn;
            reads++)
        {
            var count = Read(exchange, exchange.Worker.Loop.Scratch);
            discardFailure = count < 0 && count != IoResult.Again ? count : 0;
            if (count < 0)
                break;
        }
        exchange.RequestBytes = wanted;
        return State != BodyState.Reading;
    }

    /// <summary>
    /// Reads away what has come of a chunked body before an answer that does not want it; false
    /// when that is no sequence of chunks, so that the answer is 400, as nginx has it.
    /// </summary>
    public bool IsSound(Exchange exchange)
    {
        if (!IsChunked || State != BodyState.Reading || IsDropped)
            return true;
        Continue(exchange);
        if (Discard(exchange) || discardFailure != -BadRequest)
            return true;
        exchange.Location.Errors.InvalidChunkedBody(exchange);
        exchange.KeepAlive = false;
        Drop();
        return false;
    }

    public void Reset(BufferPool buffers)
    {
        if (memory is not null)
            buffers.Return(memory);
        memory = null;
        MemoryCount = 0;
        spill?.Dispose();
        spill = null;
        State = BodyState.None;
        ReadBytes = 0;
        IsBuffered = false;
        discardFailure = 0;
        IsDropped = false;
        hasContinued = false;
    }
}
