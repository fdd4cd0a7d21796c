using Sluice.Proxy.Http1;
using Sluice.Proxy.Variables;

namespace Sluice.Proxy.Client;

/// <summary>The answers the gateway gives by itself: error pages, return, redirects.</summary>
static class Reply
{
    /// <summary>A status with nginx's built-in page.</summary>
    public static void Page(Exchange x, int status, ReadOnlySpan<byte> location = default)
    {
        var shown = x.ErrorPageStatus != 0 ? x.ErrorPageStatus : status;
        var page = ErrorPages.Page(
            shown,
            AnswerHead.TokensOf(x.Location.Config.Core.ServerTokens),
            ErrorPages.NeedsPadding(x.Head.Value(x.HeadBuffer, KnownHeader.UserAgent)));
        if (page.Length == 0)
            Send(x, status, status < 400 ? MediaType.Of(x) : default, default, location);
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

    /// <summary>A redirect to a place in the exchange's arena.</summary>
    public static void Redirect(Exchange x, int status, ArenaRange place)
    {
        // The head is written into the arena behind the place, which may move: copy it first.
        var text = x.Worker.Text;
        text.Clear();
        text.Append(x.At(place));
        Page(x, status, text.Written);
    }

    static void SendText(Exchange x, int status, ArenaRange body)
    {
        var text = x.Worker.Text;
        text.Clear();
        text.Append(x.At(body));
        Send(x, status, MediaType.Of(x), text.Written, default);
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
        var isCompleted = RedirectPlace.IsCompleted(x, location);
        if (isCompleted)
        {
            x.Arena.Append("Location: "u8);
            RedirectPlace.AppendOrigin(x, x.Arena);
            x.Arena.Append(location);
            x.Arena.Append("\r\n"u8);
        }
        AnswerHead.Framing(x, isChunked: false);
        if (!location.IsEmpty && !isCompleted)
            AnswerHead.Field(x, "Location"u8, location);
        AnswerHead.End(x, start);
        var sendsBody = hasBody && x.Head.Method != RequestMethod.Head;
        x.Output.Send(x, x.At(x.SentHead), sendsBody ? body : default);
        x.IsComplete = !x.Output.IsBroken;
    }
}
