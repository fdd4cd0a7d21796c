using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Tunnel;

namespace Sluice.Proxy.Log;

/// <summary>What goes wrong with exchanges, in nginx's words, levels and line format.</summary>
public sealed partial class ErrorLog
{
    static ReadOnlySpan<byte> Connecting => "connecting to upstream"u8;

    static ReadOnlySpan<byte> ReadingHead => "reading response header from upstream"u8;

    // ---- the client ----

    public void ClientTimedOut(Exchange x, ReadOnlySpan<byte> action) =>
        Write(x, LogLevel.Info, "client timed out"u8, 110, action);

    public void ClientLeft(Exchange x, ReadOnlySpan<byte> action) =>
        Write(x, LogLevel.Info, "client prematurely closed connection"u8, 0, action);

    /// <summary>The client left while a peer was asked or answered.</summary>
    public void ClientLeftUpstream(Exchange x) => Write(
        x, LogLevel.Info,
        "client prematurely closed connection, so upstream connection is closed too"u8,
        0, x.Status == 0 ? ReadingHead : "reading upstream"u8);

    /// <summary>The head was refused; its parser has the words.</summary>
    public void RequestRejected(Exchange x)
    {
        if (!IsEnabled(LogLevel.Info))
            return;
        Span<byte> text = stackalloc byte[LogLimits.ErrorLineBytes];
        var length = x.Head.FormatRejection(x.HeadBuffer.AsSpan(0, x.BufferedEnd), text);
        Write(x, LogLevel.Info, text[..length], 0, x.Head.Rejection.LogAction());
    }

    public void BodyTooLarge(Exchange x, long bytes)
    {
        if (!IsEnabled(LogLevel.Error))
            return;
        var text = x.Worker.Text;
        text.Clear();
        if (x.Head.IsChunked)
            text.Append("client intended to send too large chunked body: "u8);
        else
            text.Append("client intended to send too large body: "u8);
        text.Append(bytes);
        text.Append(" bytes"u8);
        Write(x, LogLevel.Error, text.Written, 0, default);
    }

    // ---- routing and files ----

    public void RedirectionCycle(Exchange x)
    {
        var text = Quoted(
            x, "rewrite or internal redirection cycle while internally redirecting to \""u8, x.Path.Written);
        Write(x, LogLevel.Error, text, 0, default);
    }

    public void UnknownNamedLocation(Exchange x, string name) =>
        Write(x, LogLevel.Error, Latin1(x, $"could not find named location \"{name}\""), 0, default);

    public void InvalidUrlPrefix(Exchange x, string url) =>
        Write(x, LogLevel.Error, Latin1(x, $"invalid URL prefix in \"{url}\""), 0, default);

    public void NoResolver(Exchange x, string host) =>
        Write(x, LogLevel.Error, Latin1(x, $"no resolver defined to resolve {host}"), 0, default);

    public void OpenFailed(Exchange x, string path, int errno) =>
        Write(x, LogLevel.Error, Latin1(x, $"open() \"{path}\" failed"), errno, default);

    public void DirectoryForbidden(Exchange x, string path) =>
        Write(x, LogLevel.Error, Latin1(x, $"directory index of \"{path}\" is forbidden"), 0, default);

    /// <summary>Something of the machine failed: a file, a disk.</summary>
    public void Critical(Exchange x, string message) =>
        Write(x, LogLevel.Crit, Latin1(x, message), 0, default);

    // ---- the upstream ----

    public void NoLiveUpstreams(Exchange x) =>
        Write(x, LogLevel.Error, "no live upstreams"u8, 0, Connecting);

    /// <param name="x">The exchange.</param>
    /// <param name="error">Why, as a <c>-errno</c>.</param>
    public void ConnectFailed(Exchange x, int error) =>
        Write(x, LogLevel.Error, "connect() failed"u8, -error, Connecting);

    public void UpstreamDisabled(Exchange x) =>
        Write(x, LogLevel.Warn, "upstream server temporarily disabled"u8, 0, Connecting);

    public void UpstreamTimedOut(Exchange x, ReadOnlySpan<byte> action) =>
        Write(x, LogLevel.Error, "upstream timed out"u8, 110, action);

    /// <summary>The connection ended before a head: in order (0), or with a <c>-errno</c>.</summary>
    public void UpstreamClosed(Exchange x, int error)
    {
        if (error == 0)
            Write(x, LogLevel.Error, "upstream prematurely closed connection"u8, 0, ReadingHead);
        else
            Write(x, LogLevel.Error, "recv() failed"u8, -error, ReadingHead);
    }

    /// <summary>The connection ended within the body.</summary>
    public void UpstreamClosedMidway(Exchange x, int error)
    {
        if (error == 0)
            Write(x, LogLevel.Error, "upstream prematurely closed connection"u8, 0, "reading upstream"u8);
        else
            Write(x, LogLevel.Error, "recv() failed"u8, -error, "reading upstream"u8);
    }

    /// <summary>The head was refused; its parser has the words.</summary>
    public void UpstreamRejected(Exchange x)
    {
        if (!IsEnabled(LogLevel.Error))
            return;
        Span<byte> text = stackalloc byte[LogLimits.ErrorLineBytes];
        var length = x.UpstreamHead.FormatRejection(x.UpstreamBuffer, text);
        Write(x, LogLevel.Error, text[..length], 0, ReadingHead);
    }

    public void UpstreamInvalidChunk(Exchange x) =>
        Write(x, LogLevel.Error, "upstream sent invalid chunked response"u8, 0, "reading upstream"u8);

    /// <summary>101 for a client that did not ask for it.</summary>
    public void UnwantedUpgrade(Exchange x) => Write(
        x, LogLevel.Error, "upstream switched protocols for a request without \"Upgrade\""u8, 0, ReadingHead);

    /// <summary>proxy_upgrade auto added what the location forgot; said once a location.</summary>
    public void HandshakeAdded(Exchange x, Position place) => Write(
        x, LogLevel.Notice,
        Latin1(x, $"WebSocket handshake passed although the location in {place} does not set "
            + "the headers \"Upgrade\" and \"Connection\" (proxy_upgrade auto)"),
        0, default);

    // ---- tunnels and connections ----

    /// <summary>How a tunnel ended, when that is more than either side closing in order.</summary>
    public void TunnelEnded(Exchange x, TunnelEnd end)
    {
        var action = "proxying upgraded connection"u8;
        switch (end)
        {
            case TunnelEnd.IdleTimeout:
            case TunnelEnd.UpstreamStalled:
                Write(x, LogLevel.Info, "upstream timed out"u8, 110, action);
                break;
            case TunnelEnd.ClientStalled:
                Write(x, LogLevel.Info, "client timed out"u8, 110, action);
                break;
            case TunnelEnd.UpstreamGone:
                Write(x, LogLevel.Error, "recv() failed"u8, 104, action);
                break;
            case TunnelEnd.ClientGone:
                Write(x, LogLevel.Info, "recv() failed"u8, 104, action);
                break;
        }
    }

    /// <param name="error">Why, as a <c>-errno</c>.</param>
    public void AcceptFailed(int error) => Write(LogLevel.Crit, "accept4() failed", -error);

    public void TooFewConnections(int count) =>
        Write(LogLevel.Alert, $"{count} worker_connections are not enough");

    /// <summary>A defect of the gateway: an exception that no code expected.</summary>
    public void Defect(Exception exception) =>
        Write(LogLevel.Alert, $"internal error: {exception}");

    // ---- the line ----

    void Write(
        Exchange x, LogLevel level, ReadOnlySpan<byte> message, int errno, ReadOnlySpan<byte> action)
    {
        if (!IsEnabled(level))
            return;
        var line = Begin(
            stackalloc byte[LogLimits.ErrorLineBytes], level, x.Worker.Loop.UnixMs, x.Client.Serial);
        line.AddEscaped(message);
        line.AddErrno(errno);
        AddAction(ref line, action);
        line.Add(", client: "u8);
        line.Add(x.Client.RemoteAddress.IpText.Span);
        line.Add(", server: "u8);
        line.AddLatin1(x.Server.Config.FirstName);
        AddRequest(ref line, x);
        Append(level, line.End());
    }

    static void AddRequest(ref ErrorLine line, Exchange x)
    {
        if (x.Head.RequestLine.IsNone)
            return;
        AddQuoted(ref line, ", request: \""u8, x.Head.RequestLine.Of(x.HeadBuffer));
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
        line.AddEscaped(x.At(x.UpstreamTarget));
        line.Add("\""u8);
    }

    static void AddQuoted(ref ErrorLine line, ReadOnlySpan<byte> label, ReadOnlySpan<byte> value)
    {
        line.Add(label);
        line.AddEscaped(value);
        line.Add("\""u8);
    }

    static ReadOnlySpan<byte> Quoted(Exchange x, ReadOnlySpan<byte> start, ReadOnlySpan<byte> value)
    {
        var text = x.Worker.Text;
        text.Clear();
        text.Append(start);
        text.Append(value);
        text.Append((byte)'"');
        return text.Written;
    }

    static ReadOnlySpan<byte> Latin1(Exchange x, string message)
    {
        var text = x.Worker.Text;
        text.Clear();
        text.AppendLatin1(message);
        return text.Written;
    }
}
