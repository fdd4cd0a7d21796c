using Sluice.Proxy.Http1;
using Sluice.Proxy.Variables;

namespace Sluice.Proxy.Client;

/// <summary>The answers the gateway gives by itself: error pages, return, redirects.</summary>
static class Reply
{
    /// <summary>A status with nginx's built-in page.</summary>
    public static void Page(Exchange x, int status, ReadOnlySpan<byte> location = default)
    {
        if (ErrorPages.ClosesConnection(status))
            x.KeepAlive = false;
        var shown = x.ErrorPageStatus != 0 ? x.ErrorPageStatus : status;
        var page = ErrorPages.Page(
            shown,
            AnswerHead.TokensOf(x.Location.Config.Core.ServerTokens),
            ErrorPages.NeedsPadding(x.Head.Value(x.HeadBuffer, KnownHeader.UserAgent)));
        if (page.Length == 0)
            Send(x, status, default, default, location);
        else
            Send(x, status, ErrorPages.ContentType, page, location);
    }

    /// <summary>return with a text: a body, or the Location of a redirect.</summary>
    public static void Text(Exchange x, int status, CompiledText text)
    {
        var start = x.Arena.Length;
        text.Append(x, x.Arena);
        var range = new ArenaRange(start, x.Arena.Length - start);
        if (status is 301 or 302 or 303 or 307 or 308)
            Redirect(x, status, range);
        else
            SendText(x, status, range);
    }

    /// <summary>A redirect; a place that begins with a slash becomes absolute (absolute_redirect).</summary>
    public static void Redirect(Exchange x, int status, ArenaRange place)
    {
        var isLocal = place.Length > 0 && x.At(place)[0] == '/';
        if (isLocal && x.Location.Config.Core.AbsoluteRedirect)
            place = MakeAbsolute(x, place);
        PageAt(x, status, place);
    }

    static void PageAt(Exchange x, int status, ArenaRange place)
    {
        // The head is written into the arena behind the place, which may move: copy it first.
        var text = x.Worker.Text;
        text.Clear();
        text.Append(x.At(place));
        Page(x, status, text.Written);
    }

    static ArenaRange MakeAbsolute(Exchange x, ArenaRange place)
    {
        var core = x.Location.Config.Core;
        var to = x.Arena;
        var start = to.Length;
        to.Append("http://"u8);
        if (core.ServerNameInRedirect || x.Head.HostName.IsEmpty)
            AppendServerName(x);
        else
            to.Append(x.Head.HostName);
        var port = x.Client.LocalAddress.Port;
        if (core.PortInRedirect && port is not (80 or 0))
        {
            to.Append((byte)':');
            to.Append(port);
        }
        to.Append(x.At(place));
        return new ArenaRange(start, to.Length - start);
    }

    static void AppendServerName(Exchange x)
    {
        var name = x.Server.Config.FirstName;
        if (name.Length > 0 && x.Location.Config.Core.ServerNameInRedirect)
            x.Arena.AppendLatin1(name);
        else
            x.Arena.Append(x.Client.LocalAddress.IpText.Span);
    }

    static void SendText(Exchange x, int status, ArenaRange body)
    {
        var text = x.Worker.Text;
        text.Clear();
        text.Append(x.At(body));
        Send(x, status, x.Location.DefaultType.Span, text.Written, default);
    }

    static void Send(
        Exchange x, int status,
        ReadOnlySpan<byte> type, ReadOnlySpan<byte> body, ReadOnlySpan<byte> location)
    {
        var start = AnswerHead.Begin(x, status);
        AnswerHead.ServerAndDate(x);
        var hasBody = x.Status is not (204 or 304);
        if (hasBody && !type.IsEmpty)
            AnswerHead.Field(x, "Content-Type"u8, type);
        if (hasBody)
            AnswerHead.Field(x, "Content-Length"u8, body.Length);
        if (!location.IsEmpty)
            AnswerHead.Field(x, "Location"u8, location);
        AnswerHead.Framing(x, isChunked: false);
        AnswerHead.End(x, start);
        var sendsBody = hasBody && x.Head.Method != RequestMethod.Head;
        x.Output.Send(x, x.At(x.SentHead), sendsBody ? body : default);
        x.IsComplete = !x.Output.IsBroken;
    }
}
