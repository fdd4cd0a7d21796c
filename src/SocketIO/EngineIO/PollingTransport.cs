using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// Long polling: a GET waits for packets, a POST brings some. One of each at a time; a second one
/// ends the session, because nobody could say in which order packets came.
/// </summary>
sealed class PollingTransport(LiveSession session) : Transport
{
    static readonly EngineMessage close = new("1"u8.ToArray(), IsBinary: false);
    static readonly EngineMessage noop = new("6"u8.ToArray(), IsBinary: false);

    readonly Lock gate = new();
    readonly bool takesBinary = session.Handshake.Query["b64"].ToString() is "";

    /// <summary>The number of a page's function that is handed the answers; null without JSONP.</summary>
    readonly string? padding = session.Handshake.Query.TryGetValue("j", out var index)
        ? index.ToString() : null;
    TaskCompletionSource<PollBody?>? waiting;

    /// <summary>The POST whose body is not all here yet.</summary>
    HttpContext? posting;

    /// <summary>One POST after the other hands its packets on.</summary>
    readonly Lock turn = new();

    /// <summary>The open packet has gone out, which clients expect in an answer of its own.</summary>
    bool isOpened;
    bool isClosing;
    bool isOver;

    public override string Name => "polling";

    public override bool IsWritable
    {
        get
        {
            lock (gate)
                return waiting is not null;
        }
    }

    public override void Pump() => Answer(null);

    public override void CloseWhenSent()
    {
        lock (gate)
        {
            isClosing = true;
            if (waiting is null)
                return;
        }
        if (Answer(close))
            session.End(CloseReasons.ForcedClose);
    }

    /// <summary>A poll that waits is let go: the session ended, or goes on over a WebSocket.</summary>
    public override void Abort()
    {
        lock (gate)
            isOver = true;
        Complete([noop]);
    }

    /// <summary>Lets a client in the middle of an upgrade stop polling.</summary>
    public void AnswerNoop() => Complete([noop]);

    /// <summary>Serves a GET.</summary>
    public async Task GetAsync(HttpContext context)
    {
        TaskCompletionSource<PollBody?>? mine = null;
        bool saysGoodbye;
        lock (gate)
        {
            saysGoodbye = isClosing && !session.HasQueued;
            if (waiting is null && !isOver && !saysGoodbye)
                waiting = mine = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        if (saysGoodbye)
        {
            session.End(CloseReasons.ForcedClose);
            await WriteAsync(context, Encode([noop, close]));
            return;
        }
        if (mine is null)
        {
            // The first poll is told, the second is a mistake.
            Complete([close]);
            Fail();
            await EngineAnswers.StatusAsync(context, StatusCodes.Status400BadRequest);
            return;
        }
        Answer(null);
        await using var gone = context.RequestAborted.UnsafeRegister(
            static state =>
            {
                var (polling, poll) =
                    ((PollingTransport, TaskCompletionSource<PollBody?>))state!;
                polling.OnGone(poll);
            },
            (this, mine));
        if (await mine.Task is { } body)
            await WriteAsync(context, body);
    }

    /// <summary>Serves a POST.</summary>
    public async Task PostAsync(HttpContext context)
    {
        bool isSecond;
        lock (gate)
        {
            isSecond = posting is not null;
            posting ??= context;
        }
        bool isBinary = context.Request.ContentType == "application/octet-stream";
        if (isSecond || (isBinary && !session.IsOld))
        {
            Fail();
            await EngineAnswers.StatusAsync(context, StatusCodes.Status400BadRequest);
            return;
        }
        try
        {
            await TakeAsync(context, isBinary);
        }
        catch
        {
            // Nobody knows what the rest of it was, or how much of it was handled.
            Fail();
            throw;
        }
        finally
        {
            AllowNext(context);
        }
    }

    /// <summary>From now on another POST is no mistake.</summary>
    void AllowNext(HttpContext context)
    {
        lock (gate)
            if (posting == context)
                posting = null;
    }

    async Task TakeAsync(HttpContext context, bool isBinary)
    {
        var body = await ReadBodyAsync(context);
        if (body is null)
        {
            await EngineAnswers.StatusAsync(context, StatusCodes.Status413PayloadTooLarge);
            return;
        }
        lock (turn)
        {
            // A poll may tell the client what comes of these packets before this request is
            // answered, and the client may post again at once.
            AllowNext(context);
            Receive(body.WrittenSpan, isBinary);
        }
        await EngineAnswers.OkAsync(context);
    }

    void Receive(ReadOnlySpan<byte> body, bool isBinary)
    {
        var packets = new List<EngineMessage>();
        bool isWhole = Read(body, isBinary, packets);
        foreach (var packet in packets)
        {
            bool isClose = packet is { IsBinary: false, Bytes.Span: [(byte)'1', ..] };
            if (isClose)
                Complete([noop]);
            if (!session.Receive(packet.Bytes.Span, packet.IsBinary))
                break;
        }
        if (!isWhole)
            session.End(CloseReasons.ParseError);
    }

    /// <summary>
    /// The session ends over what its client did, unless it is on another transport by then.
    /// </summary>
    void Fail()
    {
        lock (gate)
            if (isOver)
                return;
        session.End(CloseReasons.TransportError);
    }

    /// <summary>Takes the packets out of a body; false when it is malformed behind them.</summary>
    bool Read(ReadOnlySpan<byte> body, bool isBinary, List<EngineMessage> packets)
    {
        if (padding is not null)
        {
            body = JsonPadding.Unwrap(body);
            // A form without the field has no packets, and is no mistake for the official server.
            if (body.IsEmpty)
                return true;
        }
        return session.IsOld
            ? OldPollingPayload.TryRead(body, isBinary, packets)
            : PollingPayload.TryRead(body, packets);
    }

    /// <summary>The body; null when it is longer than is allowed.</summary>
    async Task<ArrayBufferWriter<byte>?> ReadBodyAsync(HttpContext context)
    {
        int most = session.Server.Options.MaxHttpBufferSize;
        if (context.Request.ContentLength > most)
            return null;
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var room = body.GetMemory(EngineLimits.ReceiveBytes);
            int count = await context.Request.Body.ReadAsync(room, context.RequestAborted);
            if (count == 0)
                return body;
            body.Advance(count);
            if (body.WrittenCount > most)
                return null;
        }
    }

    /// <summary>Answers the poll that waits with what is queued; false when nobody waits.</summary>
    /// <param name="last">A packet behind them.</param>
    bool Answer(EngineMessage? last)
    {
        TaskCompletionSource<PollBody?>? poll;
        var packets = new List<EngineMessage>();
        lock (gate)
        {
            poll = waiting;
            if (poll is null)
                return false;
            int most = isOpened ? session.Server.Options.MaxPacketsPerPoll : 1;
            while (packets.Count < most && session.TryTake(out var message))
                packets.Add(message);
            if (last is { } goodbye)
                packets.Add(goodbye);
            if (packets.Count == 0)
                return false;
            isOpened = true;
            waiting = null;
        }
        poll.TrySetResult(Encode(packets));
        return true;
    }

    void Complete(List<EngineMessage> packets)
    {
        TaskCompletionSource<PollBody?>? poll;
        lock (gate)
        {
            poll = waiting;
            waiting = null;
        }
        poll?.TrySetResult(Encode(packets));
    }

    PollBody Encode(List<EngineMessage> packets)
    {
        var body = session.IsOld
            ? OldPollingPayload.Write(packets, takesBinary && padding is null)
            : PollingPayload.Write(packets);
        if (padding is not null)
            body = new PollBody(JsonPadding.Wrap(padding, body.Bytes));
        return body with { IsPlain = packets.TrueForAll(static packet => packet.IsPlain) };
    }

    /// <summary>
    /// The client gave its poll up before it was answered: nobody knows what it has received.
    /// </summary>
    void OnGone(TaskCompletionSource<PollBody?> poll)
    {
        lock (gate)
        {
            // One that is answered is over, and another may wait by now.
            if (waiting != poll)
                return;
            waiting = null;
        }
        poll.TrySetResult(null);
        session.End(CloseReasons.TransportError);
    }

    Task WriteAsync(HttpContext context, in PollBody body) =>
        EngineAnswers.PayloadAsync(
            context, body, session.Server.Options.HttpCompressionThreshold,
            session.Server.CookieOf(context, session));
}
