using Sluice.Config.Model;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy;

/// <summary>
/// Writes the head of an answer to the client into the exchange's arena, in nginx's order:
///   status line, Server, Date | Content-Type, Content-Length, Last-Modified, Location |
///   Transfer-Encoding, Connection, Keep-Alive | everything else | expires, add_header.
/// Source: ngx_http_header_filter_module.c, ngx_http_headers_filter_module.c.
/// </summary>
static class AnswerHead
{
    /// <summary>Status line, Server and Date; the status becomes the exchange's.</summary>
    public static int Begin(Exchange x, int status, ReadOnlySpan<byte> statusText = default)
    {
        if (x.ErrorPageStatus != 0)
        {
            status = x.ErrorPageStatus;
            statusText = default;
        }
        x.Status = ErrorPages.ClientStatus(status);
        x.Body.Continue(x);
        var to = x.Arena;
        var start = to.Length;
        to.Append("HTTP/1.1 "u8);
        to.Append(statusText.IsEmpty ? StatusText.Line(x.Status) : statusText);
        to.Append("\r\n"u8);
        return start;
    }

    public static void ServerAndDate(Exchange x)
    {
        Server(x);
        Date(x);
    }

    public static void Server(Exchange x) =>
        Field(x, "Server"u8, ServerNames.Name(TokensOf(x.Location.Config.Core.ServerTokens)));

    public static void Date(Exchange x) => Field(x, "Date"u8, x.Worker.Clock.HttpDate);

    public static void Field(Exchange x, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        x.Arena.AppendField(name, value);

    public static void Field(Exchange x, ReadOnlySpan<byte> name, long value)
    {
        var to = x.Arena;
        to.Append(name);
        to.Append(": "u8);
        to.Append(value);
        to.Append("\r\n"u8);
    }

    /// <summary>How the body ends, and what becomes of the connection.</summary>
    public static void Framing(Exchange x, bool isChunked)
    {
        if (isChunked)
            x.Arena.Append("Transfer-Encoding: chunked\r\n"u8);
        if (x.Status == 101)
        {
            x.Arena.Append("Connection: upgrade\r\n"u8);
        }
        else if (x.KeepAlive)
        {
            x.Arena.Append("Connection: keep-alive\r\n"u8);
            if (x.Location.Config.Core.KeepaliveHeaderSeconds is > 0 and var seconds)
            {
                x.Arena.Append("Keep-Alive: timeout="u8);
                x.Arena.Append(seconds);
                x.Arena.Append("\r\n"u8);
            }
        }
        else
        {
            x.Arena.Append("Connection: close\r\n"u8);
        }
        if (x.Challenge.Length > 0)
            x.Arena.Append(x.At(x.Challenge));
    }

    /// <summary>
    /// expires, add_header, the empty line; the whole head is the exchange's SentHead.
    /// <paramref name="modifiedSeconds"/> is what Last-Modified says, or -1.
    /// </summary>
    public static void End(Exchange x, int start, long modifiedSeconds = -1)
    {
        Configured(x, start, modifiedSeconds, IsHeaderStatus(x.Status));
        Close(x, start);
    }

    /// <summary>
    /// expires and add_header; of a status that is not listed only what is for all of them.
    /// </summary>
    public static void Configured(Exchange x, int start, long modifiedSeconds, bool isListed)
    {
        // What there is of the head is what $sent_http_* of expires and add_header see.
        x.SentHead = new ArenaRange(start, x.Arena.Length - start);
        if (isListed && x.Location.Config.Core.Expires is { } expires)
        {
            ExpiresHeaders.Append(x, expires, modifiedSeconds);
            x.SentHead = new ArenaRange(start, x.Arena.Length - start);
        }
        foreach (var header in x.Location.AddHeaders)
        {
            if (!isListed && !header.Always)
                continue;
            if (header.IsSingle)
                SingleHeader.Replace(x, header, start);
            else
                AddHeader(x, header);
        }
    }

    /// <summary>How long the file is of which no range was there (RFC 9110, section 14.4).</summary>
    public static void UnsatisfiedRange(Exchange x)
    {
        x.Arena.Append("Content-Range: bytes */"u8);
        x.Arena.Append(x.UnsatisfiedLength);
        x.Arena.Append("\r\n"u8);
    }

    /// <summary>The empty line: the head is whole.</summary>
    public static void Close(Exchange x, int start)
    {
        x.Arena.Append("\r\n"u8);
        x.SentHead = new ArenaRange(start, x.Arena.Length - start);
        x.HeadBytesSent += x.SentHead.Length;
    }

    /// <summary>
    /// expires takes the place of what a peer says of caching. One with variables is evaluated
    /// when the rest of the head is there, and removes what it replaces by itself.
    /// </summary>
    public static bool ReplacesCaching(Exchange x) =>
        x.Location.Config.Core.Expires is { Kind: not ExpiresKind.Variable }
        && IsHeaderStatus(x.Status);

    /// <summary>The statuses that expires and add_header without `always` are for.</summary>
    public static bool IsHeaderStatus(int status) =>
        status is 200 or 201 or 204 or 206 or 301 or 302 or 303 or 304 or 307 or 308;

    /// <summary>Appends one line; an empty value is none.</summary>
    public static void AddHeader(Exchange x, CompiledHeader header)
    {
        var to = x.Arena;
        var start = to.Length;
        to.Append(header.Name.Span);
        to.Append(": "u8);
        var valueStart = to.Length;
        header.Value.Append(x, to);
        if (to.Length == valueStart)
        {
            to.Truncate(start);
            return;
        }
        HeaderText.Neutralize(to.Mutable(valueStart));
        to.Append("\r\n"u8);
    }

    internal static Http1.ServerTokens TokensOf(Config.Model.ServerTokens tokens) => tokens switch
    {
        Config.Model.ServerTokens.Off => Http1.ServerTokens.Off,
        Config.Model.ServerTokens.Build => Http1.ServerTokens.Build,
        _ => Http1.ServerTokens.On,
    };
}
