using Sluice.Proxy.Http1;
using Sluice.Proxy.Routing;
using Sluice.Proxy.Static;
using Sluice.Proxy.Variables;

namespace Sluice.Proxy.Client;

/// <summary>The answers the gateway gives by itself: error pages, return, redirects.</summary>
static class Reply
{
    /// <summary>Where the Location of a redirect stands, if there is one.</summary>
    enum LocationPlace
    {
        /// <summary>No redirect.</summary>
        None,

        /// <summary>nginx writes one that it made absolute before Connection.</summary>
        Made,

        /// <summary>Any other stands behind Connection; it may be empty.</summary>
        Given,
    }

    /// <summary>A status with nginx's built-in page.</summary>
    public static void Page(Exchange x, int status)
    {
        x.Body.Refuse();
        Page(x, status, default, LocationPlace.None);
    }

    static void Page(
        Exchange x, int status, ReadOnlySpan<byte> location, LocationPlace place)
    {
        // A body that is no sequence of chunks ends the connection, whatever the page says.
        _ = x.Body.IsSound(x);
        var shown = x.ErrorPageStatus != 0 ? x.ErrorPageStatus : status;
        var page = ErrorPages.Page(
            shown,
            AnswerHead.TokensOf(x.Location.Config.Core.ServerTokens),
            ErrorPages.NeedsPadding(x.Head.Value(x.HeadBuffer, KnownHeader.UserAgent)));
        if (page.Length == 0)
            Send(x, status, default, default, location, place);
        else
            Send(x, status, ErrorPages.ContentType, page, location, place);
    }

    /// <summary>
    /// return with a text: a body, or the Location of a redirect. Or the status that the
    /// conditions of the request lead to.
    /// </summary>
    public static Verdict Text(Exchange x, int status, CompiledText text)
    {
        // What $status is within the text.
        x.Status = x.ErrorPageStatus != 0 ? x.ErrorPageStatus : status;
        if (x.Status == 200 && (status = ConditionsOf(x)) == 412)
            return Verdict.Fail(status);
        var start = x.Arena.Length;
        text.Append(x, x.Arena);
        var range = new ArenaRange(start, x.Arena.Length - start);
        if (status is 301 or 302 or 303 or 307 or 308)
            Redirect(x, status, range);
        else
            SendText(x, status, range);
        return Verdict.Done;
    }

    /// <summary>
    /// A text has no date and no ETag: who names some has another state of it in mind, and
    /// <c>If-None-Match: *</c> wants none at all (ngx_http_not_modified_filter_module.c).
    /// </summary>
    static int ConditionsOf(Exchange x)
    {
        var status = FileConditions.StatusOf(
            x.Head, x.HeadBuffer, new FileFacts(0, modifiedSeconds: long.MaxValue, default));
        if (status == 304)
            x.StatusBefore = x.ErrorPageStatus;
        if (status != 200)
            x.ErrorPageStatus = 0;
        return status;
    }

    /// <summary>A redirect; a place that begins with a slash becomes absolute (absolute_redirect).</summary>
    public static void Redirect(Exchange x, int status, ArenaRange place)
    {
        // A redirect from an error page is one, whatever the page was for.
        x.ErrorPageStatus = 0;
        // The head is written into the arena behind the place, which may move: copy it first.
        var text = x.Worker.Text;
        text.Clear();
        var isMadeAbsolute = AbsoluteLocation.IsMade(x, x.At(place));
        if (isMadeAbsolute)
            AbsoluteLocation.AppendOrigin(x, text);
        text.Append(x.At(place));
        HeaderText.Neutralize(text.Mutable(0));
        var where = isMadeAbsolute ? LocationPlace.Made : LocationPlace.Given;
        Page(x, status, text.Written, where);
    }

    static void SendText(Exchange x, int status, ArenaRange body)
    {
        var text = x.Worker.Text;
        text.Clear();
        text.Append(x.At(body));
        Send(x, status, Files.TypeOf(x), text.Written, default, LocationPlace.None);
    }

    static void Send(
        Exchange x, int status,
        ReadOnlySpan<byte> type, ReadOnlySpan<byte> body, ReadOnlySpan<byte> location,
        LocationPlace place)
    {
        var start = AnswerHead.Begin(x, status);
        AnswerHead.ServerAndDate(x);
        var hasBody = x.Status is not (204 or 304);
        if (hasBody && !type.IsEmpty)
            AnswerHead.Field(x, "Content-Type"u8, type);
        if (hasBody)
            AnswerHead.Field(x, "Content-Length"u8, body.Length);
        if (place == LocationPlace.Made)
            AnswerHead.Field(x, "Location"u8, location);
        AnswerHead.Framing(x, isChunked: false);
        if (place == LocationPlace.Given)
            AnswerHead.Field(x, "Location"u8, location);
        EndHead(x, start);
        var sendsBody = hasBody && x.Head.Method != RequestMethod.Head;
        x.Output.Send(x, x.At(x.SentHead), sendsBody ? body : default);
        x.IsComplete = !x.Output.IsBroken;
    }

    /// <summary>
    /// A range that was not satisfied is answered with the file's length (RFC 9110, section
    /// 15.5.17), and as in nginx with the headers of the file that was found.
    /// </summary>
    static void EndHead(Exchange x, int start)
    {
        if (x.UnsatisfiedLength < 0)
        {
            AnswerHead.End(x, start);
            return;
        }
        AnswerHead.Configured(x, start, x.UnsatisfiedModifiedSeconds, isListed: true);
        AnswerHead.UnsatisfiedRange(x);
        AnswerHead.Close(x, start);
    }
}
