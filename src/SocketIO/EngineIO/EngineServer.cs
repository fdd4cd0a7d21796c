using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Diagnostics;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// An Engine.IO server, protocol version 4, and 3 where that is allowed: sessions over HTTP long
/// polling and WebSockets, and the way from one to the other.
/// </summary>
/// <param name="options">They must not change any more.</param>
/// <param name="logger">Refusals are told at debug level; ids and tokens never.</param>
/// <param name="time">The clock of heartbeats and timeouts.</param>
/// <param name="services">The application's services, for handshakes.</param>
public sealed class EngineServer(
    EngineOptions options, ILogger logger, TimeProvider time, IServiceProvider services)
{
    readonly ConcurrentDictionary<string, LiveSession> sessions = new(StringComparer.Ordinal);
    volatile bool isClosed;

    /// <summary>
    /// Who handles a session's messages; called when it begins, before anything is received.
    /// </summary>
    public Func<EngineSession, IEngineHandler>? OnSession { get; set; }

    /// <summary>A request was refused: the main tool for finding out why nobody connects.</summary>
    public event Action<EngineConnectionError, HttpContext>? ConnectionError;

    /// <summary>Sessions that are open.</summary>
    public int SessionsCount => sessions.Count;

    internal EngineOptions Options { get; } = Checked(options);

    internal TimeProvider Time => time;

    internal ILogger Logger => logger;

    internal LateFlushes LateFlushes { get; } = new();

    internal SocketIOMetrics Metrics { get; } = SocketIOMetrics.Of(services);

    /// <summary>Sees sessions and packets; set before the first session, null for nobody.</summary>
    internal EngineObserver? Observer { get; set; }

    /// <summary>Serves one request of the engine's path.</summary>
    public Task HandleAsync(HttpContext context)
    {
        bool isWebSocket = WebSocketAccept.IsAsked(context);
        var sid = context.Request.Query["sid"].ToString();
        var transport = context.Request.Query["transport"].ToString();
        var error = Check(context, sid, transport, isWebSocket, out var session);
        if (error is not null || session is not null)
            return AnswerAsync(context, error, session, isWebSocket);
        // A WebSocket's request lasts as long as the session: it keeps no step that it is past.
        var asking = AskAsync(context);
        return asking.IsCompletedSuccessfully
            ? AnswerAsync(context, asking.Result, session, isWebSocket)
            : AnswerLaterAsync(context, asking, isWebSocket);
    }

    async Task AnswerLaterAsync(
        HttpContext context, ValueTask<EngineConnectionError?> asking, bool isWebSocket) =>
        await AnswerAsync(context, await asking, session: null, isWebSocket);

    Task AnswerAsync(
        HttpContext context, EngineConnectionError? error, LiveSession? session, bool isWebSocket)
    {
        WebSocketDeflate? deflate = null;
        if (error is null && isWebSocket
            && !WebSocketAccept.TryAgree(context, options.PerMessageDeflate, out deflate))
            error = EngineConnectionError.BadExtensions;
        if (error is not null)
            return RefuseAsync(context, error, isWebSocket);
        if (session is null)
            return OpenAsync(context, isWebSocket, deflate);
        return isWebSocket
            ? UpgradeAsync(context, session, deflate)
            : PollAsync(context, (PollingTransport)session.Transport);
    }

    /// <summary>
    /// Ends every session and refuses new ones. Clients see their connection close and come back
    /// by themselves, to another node or to the next process.
    /// </summary>
    public Task CloseAsync(string reason = CloseReasons.ServerShuttingDown)
    {
        isClosed = true;
        foreach (var session in sessions.Values)
            session.CloseNow(reason);
        return Task.CompletedTask;
    }

    internal bool IsClosed => isClosed;

    internal void Add(LiveSession session) => sessions[session.Id] = session;

    internal void Forget(LiveSession session) => sessions.TryRemove(session.Id, out _);

    /// <summary>Set-Cookie for the answer that begins a polling session; null for others.</summary>
    internal string? CookieOf(HttpContext context, LiveSession session) =>
        options.CookieName is { } name && !context.Request.Query.ContainsKey("sid")
            ? EngineCookie.Write(name, session.Id, options.CookieAttributes)
            : null;

    /// <summary>The checks in the official server's order, which decides what a client is told.</summary>
    EngineConnectionError? Check(
        HttpContext context, string sid, string transport, bool isWebSocket,
        out LiveSession? session)
    {
        session = null;
        if (!options.Transports.Contains(transport))
            return EngineConnectionError.TransportUnknown;
        if (sid.Length > 0)
        {
            if (!sessions.TryGetValue(sid, out session))
                return EngineConnectionError.SessionUnknown;
            bool isUpgrade = transport == "websocket" && isWebSocket;
            bool isSame =
                transport == "polling" && session.Transport is PollingTransport && !isWebSocket;
            return (isUpgrade || isSame) && VersionOf(context) == session.ProtocolVersion
                ? null : EngineConnectionError.BadRequest;
        }
        if (!HttpMethods.IsGet(context.Request.Method) && !isWebSocket)
            return EngineConnectionError.BadMethod;
        if (isWebSocket != (transport == "websocket"))
            return EngineConnectionError.BadRequest;
        return null;
    }

    /// <summary>What comes last: the application's own check, then the version.</summary>
    async ValueTask<EngineConnectionError?> AskAsync(HttpContext context)
    {
        if (options.AllowRequest is { } allow && await allow(context) is { } message)
            return EngineConnectionError.Forbidden(message);
        if (VersionOf(context) != 4 && !options.AllowEIO3)
            return EngineConnectionError.BadVersion;
        return isClosed ? EngineConnectionError.BadRequest : null;
    }

    /// <summary>Clients from before version 4 do not all say theirs.</summary>
    static int VersionOf(HttpContext context) => context.Request.Query["EIO"] == "4" ? 4 : 3;

    static bool TakesBinary(HttpContext context) =>
        context.Request.Query["b64"].ToString() is "";

    async Task RefuseAsync(HttpContext context, EngineConnectionError error, bool isWebSocket)
    {
        logger.EngineRefused(error.Code, error.Message);
        Metrics.Refused(error.Code);
        ConnectionError?.Invoke(error, context);
        await EngineAnswers.RefuseAsync(
            context, error, isWebSocket && options.Transports.Contains("websocket"));
    }

    async Task OpenAsync(HttpContext context, bool isWebSocket, WebSocketDeflate? deflate)
    {
        var accept = OnSession
            ?? throw new InvalidOperationException("an engine without OnSession serves nobody");
        var session = new LiveSession(
            this, EngineId.Next(options.NodeTag), HandshakeOf(context),
            VersionOf(context));
        if (!isWebSocket)
        {
            var polling = new PollingTransport(session);
            session.Start(polling, accept);
            await polling.GetAsync(context);
            return;
        }
        var connection = await WebSocketAccept.AcceptAsync(
            context, options.MaxHttpBufferSize, time, deflate);
        var transport = new WebSocketTransport(
            session, connection, TakesBinary(context));
        try
        {
            session.Start(transport, accept);
        }
        catch
        {
            await connection.ReleaseAsync();
            throw;
        }

        await ServeAsync(session, transport, connection);
    }

    /// <summary>
    /// Serves a session until its end; when its socket has left the request, returns at once, so
    /// that the request ends and nothing of it is kept, not even what flows with it.
    /// </summary>
    Task ServeAsync(
        LiveSession session, WebSocketTransport transport, WebSocketConnection connection)
    {
        if (!connection.IsDetached)
            return ServeAllAsync(session, transport, connection);
        ThreadPool.UnsafeQueueUserWorkItem(
            served => _ = ServeAllAsync(served.session, served.transport, served.connection),
            (session, transport, connection), preferLocal: false);
        return Task.CompletedTask;
    }

    async Task ServeAllAsync(
        LiveSession session, WebSocketTransport transport, WebSocketConnection connection)
    {
        try
        {
            await transport.ReceiveAllAsync();
        }
        catch (Exception failure)
        {
            logger.EngineHandlerFailed(failure);
            session.End(CloseReasons.TransportError);
        }
        finally
        {
            await connection.ReleaseAsync();
        }
    }

    static Task PollAsync(HttpContext context, PollingTransport polling)
    {
        if (HttpMethods.IsGet(context.Request.Method))
            return polling.GetAsync(context);
        return HttpMethods.IsPost(context.Request.Method)
            ? polling.PostAsync(context)
            : EngineAnswers.StatusAsync(context, StatusCodes.Status500InternalServerError);
    }

    // ---- from polling to a WebSocket ----

    async Task UpgradeAsync(
        HttpContext context, LiveSession session, WebSocketDeflate? deflate)
    {
        var connection = await WebSocketAccept.AcceptAsync(
            context, options.MaxHttpBufferSize, time, deflate);
        if (session.Transport is PollingTransport polling && options.AllowUpgrades
            && session.TryBeginUpgrade(connection))
        {
            if (await ProbeAsync(connection, polling))
            {
                var transport = new WebSocketTransport(
                    session, connection, TakesBinary(context));
                if (session.MoveTo(transport))
                {
                    await ServeAsync(session, transport, connection);
                    return;
                }
            }

            // The session goes on polling.
            session.EndUpgrade();
        }

        await RefuseUpgradeAsync(connection);
    }

    /// <summary>
    /// "2probe", "3probe", then "5". Meanwhile a poll that waits is answered from time to time,
    /// so that the client can stop polling.
    /// </summary>
    async Task<bool> ProbeAsync(WebSocketConnection connection, PollingTransport polling)
    {
        using var bound = new CancellationTokenSource(options.UpgradeTimeout, time);
        try
        {
            var probe = await connection.ReceiveAsync(bound.Token);
            if (!probe.Payload.Span.SequenceEqual("2probe"u8))
                return false;
            connection.SendUrgent(WebSocketFrames.Write(WebSocketOpcode.Text, "3probe"u8));
            using var check = time.CreateTimer(
                static polling => ((PollingTransport)polling!).AnswerNoop(), polling,
                EngineLimits.UpgradeCheck, EngineLimits.UpgradeCheck);
            var upgrade = await connection.ReceiveAsync(bound.Token);
            return upgrade.Payload.Span.SequenceEqual("5"u8);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Says goodbye and waits for the client's, for a bounded time.</summary>
    static async Task RefuseUpgradeAsync(WebSocketConnection connection)
    {
        connection.Close(WebSocketFrames.EmptyClose, mayOvertake: true);
        try
        {
            WebSocketReceived received;
            do
                received = await connection.ReceiveAsync(CancellationToken.None);
            while (received.Kind is WebSocketEvent.Text or WebSocketEvent.Binary);
        }
        finally
        {
            await connection.ReleaseAsync();
        }
    }

    static EngineOptions Checked(EngineOptions options)
    {
        if (!EngineId.IsTag(options.NodeTag))
            throw new ArgumentException(
                $"NodeTag is \"{options.NodeTag}\", "
                    + $"at most {EngineId.TagLengthMax} of A-Z a-z 0-9 - _ are possible",
                nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.PingInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.PingTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.UpgradeTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPacketsPerPoll, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxHttpBufferSize, 1);
        options.PerMessageDeflate?.Check();
        return options;
    }

    EngineHandshake HandshakeOf(HttpContext context)
    {
        var request = context.Request;
        // It is kept as long as the session: no room for headers that never come.
        var headers = new HeaderDictionary(request.Headers.Count);
        foreach (var (name, values) in request.Headers)
            headers[name] = values;
        return new EngineHandshake
        {
            Headers = headers,
            // Parsed for this request alone, and never changed.
            Query = request.Query,
            Url = context.Features.Get<IHttpRequestFeature>()?.RawTarget
                ?? request.Path + request.QueryString,
            Address = context.Connection.RemoteIpAddress?.ToString() ?? "",
            IsCrossDomain = request.Headers.Origin.Count > 0,
            IsSecure = request.IsHttps,
            Time = time.GetUtcNow(),
            User = context.Features.Get<IHttpAuthenticationFeature>()?.User,
            Services = services,
        };
    }
}
