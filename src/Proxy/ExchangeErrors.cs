using System.Text;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Net;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Log;
using Sluice.Proxy.Tunnel;

namespace Sluice.Proxy;

/// <summary>
/// What goes wrong with exchanges, in nginx's words, at nginx's levels. Each line names the
/// client, the server, the request, the peer, the host and the referrer; whatever a client or a
/// peer chose is escaped as in the access log, so that no line can be forged.
/// </summary>
public static class ExchangeErrors
{
    const int NetworkDown = -100;
    const int NetworkUnreachable = -101;
    const int HostDown = -112;

    static ReadOnlySpan<byte> Connecting => "connecting to upstream"u8;

    static ReadOnlySpan<byte> SendingRequest => "sending request to upstream"u8;

    static ReadOnlySpan<byte> ReadingHead => "reading response header from upstream"u8;

    static ReadOnlySpan<byte> ReadingUpstream => "reading upstream"u8;

    // ---- the client ----

    public static void ClientTimedOut(this ErrorLog log, Exchange x, ReadOnlySpan<byte> action) =>
        log.Write(x, LogLevel.Info, "client timed out"u8, -IoResult.TimedOut, action);

    public static void ClientLeft(this ErrorLog log, Exchange x, ReadOnlySpan<byte> action) =>
        log.Write(x, LogLevel.Info, "client prematurely closed connection"u8, 0, action);

    /// <summary>The client left while a peer was asked or answered.</summary>
    public static void ClientLeftUpstream(this ErrorLog log, Exchange x) => log.Write(
        x, LogLevel.Info,
        "client prematurely closed connection, so upstream connection is closed too"u8, 0,
        x.Status != 0 ? ReadingUpstream
            : x.TryCount > 0 && x.LastTry.ConnectMs < 0 ? Connecting
            : SendingRequest);

    /// <summary>The head was refused; its parser has the words.</summary>
    public static void RequestRejected(this ErrorLog log, Exchange x)
    {
        if (!log.IsEnabled(LogLevel.Info))
            return;
        Span<byte> text = stackalloc byte[LogLimits.ErrorLineBytes];
        int length = x.Head.FormatRejection(x.HeadBuffer.AsSpan(0, x.BufferedEnd), text);
        log.Write(x, LogLevel.Info, text[..length], 0, x.Head.Rejection.LogAction());
    }

    /// <summary>Of a chunked body, <paramref name="bytes"/> are those that had come.</summary>
    public static void BodyTooLarge(this ErrorLog log, Exchange x, long bytes)
    {
        if (!log.IsEnabled(LogLevel.Error))
            return;
        var line = Begin(stackalloc byte[LogLimits.ErrorLineBytes], x, LogLevel.Error);
        line.Add(x.Head.IsChunked
            ? "client intended to send too large chunked body: "u8
            : "client intended to send too large body: "u8);
        line.Add(bytes);
        line.Add(" bytes"u8);
        log.End(ref line, x, LogLevel.Error, 0, default);
    }

    /// <summary>What follows the head is no sequence of chunks.</summary>
    public static void InvalidChunkedBody(this ErrorLog log, Exchange x) =>
        log.Write(x, LogLevel.Error, "client sent invalid chunked body"u8, 0, default);

    /// <summary>A head never came whole: the client was too slow, or left.</summary>
    public static void HeadNotFinished(this ErrorLog log, Exchange x, bool isTimedOut)
    {
        var action = x.Head.Version == 0
            ? "reading client request line"u8
            : "reading client request headers"u8;
        if (isTimedOut)
            log.ClientTimedOut(x, action);
        else
            log.ClientLeft(x, action);
    }

    /// <summary>A connection on which no request was sent ends; an idle one ends silently.</summary>
    internal static void NoRequest(
        this ErrorLog log, Connection client, ListenTable listen, bool isTimedOut)
    {
        if (!log.IsEnabled(LogLevel.Info))
            return;
        var message = isTimedOut ? "client timed out"u8 : "client closed connection"u8;
        log.Write(
            LogLevel.Info, message, isTimedOut ? -IoResult.TimedOut : 0, "waiting for request"u8,
            client, Encoding.Latin1.GetBytes(listen.Config.Address));
    }

    // ---- routing and files ----

    public static void RedirectionCycle(this ErrorLog log, Exchange x) => log.Write(
        x, LogLevel.Error,
        "rewrite or internal redirection cycle while internally redirecting to \""u8,
        x.Path.Written, "\""u8);

    public static void UnknownNamedLocation(this ErrorLog log, Exchange x, string name) =>
        log.Write(x, LogLevel.Error, "could not find named location \""u8, name, "\""u8);

    public static void InvalidUrlPrefix(this ErrorLog log, Exchange x, string url) =>
        log.Write(x, LogLevel.Error, "invalid URL prefix in \""u8, url, "\""u8);

    /// <summary>A proxy_pass whose variables made no URL of it.</summary>
    public static void InvalidUrl(this ErrorLog log, Exchange x, string error, string url) =>
        log.Write(
            x, LogLevel.Error, Encoding.Latin1.GetBytes(error + " in upstream \""), url, "\""u8);

    public static void NoResolver(this ErrorLog log, Exchange x, string host) =>
        log.Write(x, LogLevel.Error, "no resolver defined to resolve "u8, host, default);

    /// <param name="log">The location's log.</param>
    /// <param name="x">The exchange.</param>
    /// <param name="path">One char a byte.</param>
    /// <param name="errno">Why, as a positive number.</param>
    public static void OpenFailed(this ErrorLog log, Exchange x, string path, int errno) =>
        log.Write(x, LogLevel.Error, "open() \""u8, path, "\" failed"u8, errno);

    /// <summary>The directory that should have an index is not there.</summary>
    public static void IndexNotFound(this ErrorLog log, Exchange x, string path, int errno) =>
        log.Write(x, LogLevel.Error, "\""u8, path, "\" is not found"u8, errno);

    public static void DirectoryForbidden(this ErrorLog log, Exchange x, string path) =>
        log.Write(x, LogLevel.Error, "directory index of \""u8, path, "\" is forbidden"u8);

    public static void AccessForbidden(this ErrorLog log, Exchange x) =>
        log.Write(x, LogLevel.Error, "access forbidden by rule"u8, 0, default);

    /// <summary>Something of the machine failed: a file, a disk.</summary>
    public static void Critical(this ErrorLog log, Exchange x, string message) =>
        log.Write(x, LogLevel.Crit, default, message, default);

    // ---- variables ----

    /// <summary>A variable of <c>set</c> was asked for before it was set; it is empty.</summary>
    public static void UninitializedVariable(this ErrorLog log, Exchange x, string name) =>
        log.Write(x, LogLevel.Warn, "using uninitialized \""u8, name, "\" variable"u8);

    /// <summary>A map leads back to itself; the inner value is empty.</summary>
    public static void VariableCycle(this ErrorLog log, Exchange x, string name) =>
        log.Write(x, LogLevel.Error, "cycle while evaluating variable \""u8, name, "\""u8);

    // ---- the upstream ----

    public static void NoLiveUpstreams(this ErrorLog log, Exchange x) =>
        log.Write(x, LogLevel.Error, "no live upstreams"u8, 0, Connecting);

    /// <param name="log">The location's log.</param>
    /// <param name="x">The exchange.</param>
    /// <param name="error">Why, as a <c>-errno</c>.</param>
    public static void ConnectFailed(this ErrorLog log, Exchange x, int error)
    {
        // A unix socket refuses at once, and then nginx names it in the message itself.
        var level = IsOfNetwork(error) ? LogLevel.Error : LogLevel.Crit;
        if (x.LastTry.Peer?.Address.IsUnix != true)
            log.Write(x, level, "connect() failed"u8, -error, Connecting);
        else
            log.Write(
                x, level, "connect() to "u8, x.LastTry.Name.Span, " failed"u8, -error, Connecting);
    }

    public static void UpstreamDisabled(this ErrorLog log, Exchange x, bool isRequestSent) =>
        log.Write(
            x, LogLevel.Warn, "upstream server temporarily disabled"u8, 0,
            BeforeHead(x, isRequestSent));

    /// <summary>
    /// No head came in time. As in nginx behind the line of the peer that is disabled for it.
    /// </summary>
    public static void UpstreamTimedOut(this ErrorLog log, Exchange x, bool isRequestSent) =>
        log.Write(
            x, LogLevel.Error, "upstream timed out"u8, -IoResult.TimedOut,
            BeforeHead(x, isRequestSent));

    /// <summary>The rest of a body did not come in time.</summary>
    public static void UpstreamTimedOutMidway(this ErrorLog log, Exchange x) => log.Write(
        x, LogLevel.Error, "upstream timed out"u8, -IoResult.TimedOut, ReadingUpstream);

    /// <summary>The connection ended before a head: in order (0), or with a <c>-errno</c>.</summary>
    public static void UpstreamClosed(this ErrorLog log, Exchange x, int error) =>
        log.Write(x, LogLevel.Error, ClosedText(error), -error, ReadingHead);

    /// <summary>The connection ended within the body: in order (0), or with a <c>-errno</c>.</summary>
    public static void UpstreamClosedMidway(this ErrorLog log, Exchange x, int error) =>
        log.Write(x, LogLevel.Error, ClosedText(error), -error, ReadingUpstream);

    /// <summary>The head was refused; its parser has the words.</summary>
    public static void UpstreamRejected(this ErrorLog log, Exchange x)
    {
        if (!log.IsEnabled(LogLevel.Error))
            return;
        Span<byte> text = stackalloc byte[LogLimits.ErrorLineBytes];
        int length = x.UpstreamHead.FormatRejection(x.UpstreamBuffer, text);
        log.Write(x, LogLevel.Error, text[..length], 0, ReadingHead);
    }

    public static void UpstreamInvalidChunk(this ErrorLog log, Exchange x) => log.Write(
        x, LogLevel.Error, "upstream sent invalid chunked response"u8, 0, ReadingUpstream);

    /// <summary>101 for a client that did not ask for it.</summary>
    public static void UnwantedUpgrade(this ErrorLog log, Exchange x) => log.Write(
        x, LogLevel.Error, "upstream switched protocols for a request without \"Upgrade\""u8, 0,
        ReadingHead);

    /// <summary>proxy_upgrade auto added what the location forgot; said once a location.</summary>
    public static void HandshakeAdded(this ErrorLog log, Exchange x, Position place) => log.Write(
        x, LogLevel.Notice, "WebSocket handshake passed although the location in "u8,
        place.ToString(),
        " does not set the headers \"Upgrade\" and \"Connection\" (proxy_upgrade auto)"u8);

    // ---- tunnels and connections ----

    /// <summary>How a tunnel ended, when that is more than either side closing in order.</summary>
    public static void TunnelEnded(this ErrorLog log, Exchange x, TunnelEnd end)
    {
        var action = "proxying upgraded connection"u8;
        switch (end)
        {
            case TunnelEnd.IdleTimeout:
            case TunnelEnd.UpstreamStalled:
                log.Write(
                    x, LogLevel.Info, "upstream timed out"u8, -IoResult.TimedOut, action);
                break;
            case TunnelEnd.ClientStalled:
                log.Write(x, LogLevel.Info, "client timed out"u8, -IoResult.TimedOut, action);
                break;
            case TunnelEnd.UpstreamGone:
                log.Write(
                    x, LogLevel.Error, "recv() failed"u8, -IoResult.ConnectionReset, action);
                break;
            case TunnelEnd.ClientGone:
                log.Write(x, LogLevel.Info, "recv() failed"u8, -IoResult.ConnectionReset, action);
                break;
        }
    }

    /// <param name="log">The log of the main level.</param>
    /// <param name="error">Why, as a <c>-errno</c>.</param>
    public static void AcceptFailed(this ErrorLog log, int error) =>
        log.Write(LogLevel.Crit, "accept4() failed", -error);

    public static void TooFewConnections(this ErrorLog log, int count) =>
        log.Write(LogLevel.Alert, $"{count} worker_connections are not enough");

    /// <summary>A defect of the gateway: an exception that no code expected.</summary>
    public static void Defect(this ErrorLog log, Exception exception) =>
        log.Write(LogLevel.Alert, $"internal error: {exception}");

    // ---- the line ----

    /// <summary>What was being done with a peer that sent no head.</summary>
    static ReadOnlySpan<byte> BeforeHead(Exchange x, bool isRequestSent) =>
        x.LastTry.ConnectMs < 0 ? Connecting : isRequestSent ? ReadingHead : SendingRequest;

    static ReadOnlySpan<byte> ClosedText(int error) =>
        error == 0 ? "upstream prematurely closed connection"u8 : "recv() failed"u8;

    /// <summary>A peer that cannot be reached; anything else is this machine's own trouble.</summary>
    static bool IsOfNetwork(int error) => error is IoResult.Again or IoResult.ConnectionReset
        or IoResult.TimedOut or IoResult.ConnectionRefused or IoResult.HostUnreachable
        or NetworkDown or NetworkUnreachable or HostDown;

    /// <summary>A message without anything foreign in it, or one that is escaped already.</summary>
    static void Write(
        this ErrorLog log, Exchange x, LogLevel level, ReadOnlySpan<byte> message, int errno,
        ReadOnlySpan<byte> action)
    {
        if (!log.IsEnabled(level))
            return;
        var line = Begin(stackalloc byte[LogLimits.ErrorLineBytes], x, level);
        line.AddGuarded(message);
        log.End(ref line, x, level, errno, action);
    }

    /// <summary>A message about something that a client or a peer chose.</summary>
    static void Write(
        this ErrorLog log, Exchange x, LogLevel level, ReadOnlySpan<byte> before,
        ReadOnlySpan<byte> foreign, ReadOnlySpan<byte> after, int errno = 0,
        ReadOnlySpan<byte> action = default)
    {
        if (!log.IsEnabled(level))
            return;
        var line = Begin(stackalloc byte[LogLimits.ErrorLineBytes], x, level);
        line.Add(before);
        line.AddEscaped(foreign);
        line.Add(after);
        log.End(ref line, x, level, errno, action);
    }

    static void Write(
        this ErrorLog log, Exchange x, LogLevel level, ReadOnlySpan<byte> before,
        string foreign, ReadOnlySpan<byte> after, int errno = 0)
    {
        if (!log.IsEnabled(level))
            return;
        var line = Begin(stackalloc byte[LogLimits.ErrorLineBytes], x, level);
        line.Add(before);
        line.AddLatin1(foreign);
        line.Add(after);
        log.End(ref line, x, level, errno, default);
    }

    static ErrorLine Begin(Span<byte> buffer, Exchange x, LogLevel level) =>
        ErrorLog.Begin(buffer, level, x.Worker.Loop.UnixMs, x.Client.Serial);

    static void End(
        this ErrorLog log, ref ErrorLine line, Exchange x, LogLevel level, int errno,
        ReadOnlySpan<byte> action)
    {
        line.AddErrno(errno);
        ErrorLog.AddAction(ref line, action);
        line.Add(", client: "u8);
        line.Add(x.Client.RemoteAddress.IpText.Span);
        line.Add(", server: "u8);
        line.AddLatin1(x.Server.Config.FirstName);
        AddRequest(ref line, x);
        log.Append(level, line.End());
    }

    static void AddRequest(ref ErrorLine line, Exchange x)
    {
        var request = x.RequestLine;
        if (request.IsEmpty)
            return;
        AddQuoted(ref line, ", request: \""u8, request);
        if (x.TryCount > 0)
            AddUpstream(ref line, x);
        if (x.Head.TryFind(KnownHeader.Host, out var host))
            AddQuoted(ref line, ", host: \""u8, host.Value(x.HeadBuffer));
        if (x.Head.TryFind(KnownHeader.Referer, out var referrer))
            AddQuoted(ref line, ", referrer: \""u8, referrer.Value(x.HeadBuffer));
    }

    /// <summary>The URL the peer is asked for: <c>http://127.0.0.1:8000/path</c>.</summary>
    static void AddUpstream(ref ErrorLine line, Exchange x)
    {
        line.Add(", upstream: \"http://"u8);
        line.AddEscaped(x.LastTry.Name.Span);
        if (x.LastTry.Peer?.Address.IsUnix == true)
            line.Add(":"u8);
        line.AddEscaped(x.At(x.UpstreamTarget));
        line.Add("\""u8);
    }

    static void AddQuoted(ref ErrorLine line, ReadOnlySpan<byte> label, ReadOnlySpan<byte> value)
    {
        line.Add(label);
        line.AddEscaped(value);
        line.Add("\""u8);
    }
}
