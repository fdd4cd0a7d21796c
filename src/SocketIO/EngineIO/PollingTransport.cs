using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// Long polling: a GET waits for packets, a POST brings some. One of each at a time; a second one
/// ends the session, because nobody could say in which order packets came.
/// </summary>
sealed class PollingTransport(LiveSession session) : Transport
{
    static readonly byte[] close = "1"u8.ToArray();
    static readonly byte[] noopAndClose = "6\u001e1"u8.ToArray();
    static readonly byte[] noop = "6"u8.ToArray();

    readonly Lock gate = new();
    TaskCompletionSource<byte[]?>? waiting;
    bool isPosting;
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
        Complete(noop);
    }

    /// <summary>Lets a client in the middle of an upgrade stop polling.</summary>
    public void AnswerNoop() => Complete(noop);

    /// <summary>Serves a GET.</summary>
    public async Task GetAsync(HttpContext context)
    {
        TaskCompletionSource<byte[]?>? mine = null;
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
            await WriteAsync(context, noopAndClose);
            return;
        }
        if (mine is null)
        {
            // The first poll is told, the second is a mistake.
            Complete(close);
            session.End(CloseReasons.TransportError);
            await EngineAnswers.RefuseAsync(context, EngineConnectionError.BadRequest);
            return;
        }
        Answer(null);
        await using var gone = context.RequestAborted.UnsafeRegister(
            static state => ((PollingTransport)state!).OnGone(), this);
        if (await mine.Task is { } body)
            await WriteAsync(context, body);
    }

    /// <summary>Serves a POST.</summary>
    public async Task PostAsync(HttpContext context)
    {
        bool isSecond;
        lock (gate)
        {
            isSecond = isPosting;
            isPosting = true;
        }
        bool isBinary = context.Request.ContentType == "application/octet-stream";
        if (isSecond || isBinary)
        {
            session.End(CloseReasons.TransportError);
            await EngineAnswers.StatusAsync(context, StatusCodes.Status400BadRequest);
            return;
        }
        try
        {
            await TakeAsync(context);
        }
        finally
        {
            lock (gate)
                isPosting = false;
        }
    }

    async Task TakeAsync(HttpContext context)
    {
        var body = await ReadBodyAsync(context);
        if (body is null)
        {
            await EngineAnswers.StatusAsync(context, StatusCodes.Status413PayloadTooLarge);
            return;
        }
        var packets = new List<EngineMessage>();
        if (!PollingPayload.TryRead(body.WrittenSpan, packets))
        {
            session.End(CloseReasons.ParseError);
            await EngineAnswers.StatusAsync(context, StatusCodes.Status400BadRequest);
            return;
        }
        foreach (var packet in packets)
        {
            bool isClose = packet is { IsBinary: false, Bytes.Span: [(byte)'1', ..] };
            if (isClose)
                Complete(noop);
            if (!session.Receive(packet.Bytes.Span, packet.IsBinary))
                break;
        }
        await EngineAnswers.OkAsync(context);
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
    bool Answer(byte[]? last)
    {
        TaskCompletionSource<byte[]?>? poll;
        var body = new ArrayBufferWriter<byte>(256);
        lock (gate)
        {
            poll = waiting;
            if (poll is null)
                return false;
            int most = session.Server.Options.MaxPacketsPerPoll;
            for (int count = 0; count < most && session.TryTake(out var message); count++)
                PollingPayload.Append(body, message);
            if (last is not null)
                PollingPayload.Append(body, new EngineMessage(last, IsBinary: false));
            if (body.WrittenCount == 0)
                return false;
            waiting = null;
        }
        poll.TrySetResult(body.WrittenSpan.ToArray());
        return true;
    }

    void Complete(byte[] packet)
    {
        TaskCompletionSource<byte[]?>? poll;
        lock (gate)
        {
            poll = waiting;
            waiting = null;
        }
        poll?.TrySetResult(packet);
    }

    /// <summary>The client gave its poll up: nobody knows what it has received.</summary>
    void OnGone()
    {
        TaskCompletionSource<byte[]?>? poll;
        lock (gate)
        {
            poll = waiting;
            waiting = null;
        }
        if (poll is null)
            return;
        poll.TrySetResult(null);
        session.End(CloseReasons.TransportError);
    }

    Task WriteAsync(HttpContext context, byte[] body) =>
        EngineAnswers.PayloadAsync(
            context, body, session.Server.Options.HttpCompressionThreshold,
            session.Server.CookieOf(context, session));
}
