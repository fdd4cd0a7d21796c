using Sluice.Config.Model;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Writes the head of a peer's answer for the client: what belongs to the peer's connection is
/// left out, what proxy_hide_header names too, Location and cookies are rewritten.
/// Source: ngx_http_upstream_process_headers.
/// </summary>
static class ResponseHeadWriter
{
    static readonly KnownHeaderSet OwnPlace = KnownHeaderSet.Of(
        KnownHeader.Connection, KnownHeader.KeepAlive, KnownHeader.TransferEncoding,
        KnownHeader.ContentType, KnownHeader.ContentLength);

    /// <summary>Headers that proxy_redirect and proxy_cookie_* change.</summary>
    static readonly KnownHeaderSet Rewritten = KnownHeaderSet.Of(
        KnownHeader.Location, KnownHeader.Refresh, KnownHeader.SetCookie);

    public static void Write(Exchange x, ProxyPlan plan, bool isChunked)
    {
        var head = x.UpstreamHead;
        ReadOnlySpan<byte> bytes = x.UpstreamBuffer;
        var start = AnswerHead.Begin(x, head.Status, head.StatusText.Of(bytes));
        if (!Passes(plan, head, KnownHeader.Server))
            AnswerHead.Server(x);
        if (!Passes(plan, head, KnownHeader.Date))
            AnswerHead.Date(x);
        if (x.Status != 204)
        {
            if (head.TryFind(KnownHeader.ContentType, out var type))
                AnswerHead.Field(x, "Content-Type"u8, type.Value(bytes));
            if (head.ContentLength >= 0)
                AnswerHead.Field(x, "Content-Length"u8, head.ContentLength);
        }
        var hasLocation = TryAbsoluteLocation(x, plan, bytes);
        AnswerHead.Framing(x, isChunked);
        var replacesCaching = AnswerHead.ReplacesCaching(x);
        foreach (ref readonly var field in head.Fields)
        {
            if (replacesCaching && field.Known is KnownHeader.Expires or KnownHeader.CacheControl)
                continue;
            if (hasLocation && field.Known == KnownHeader.Location)
                continue;
            if (!IsLeftOut(plan, field, bytes))
                AppendField(x, plan, field, bytes);
        }
        AnswerHead.End(x, start, ModifiedSeconds(x, plan, bytes));
    }

    /// <summary>The peer's Last-Modified where the client sees it and expires asks; else -1.</summary>
    static long ModifiedSeconds(Exchange x, ProxyPlan plan, ReadOnlySpan<byte> bytes) =>
        x.Location.Config.Core.Expires
            is { Kind: ExpiresKind.Modified } or { IsModified: true }
        && !plan.KnownHidden.Contains(KnownHeader.LastModified)
        && x.UpstreamHead.TryFind(KnownHeader.LastModified, out var modified)
        && HttpDate.TryParse(modified.Value(bytes), out var seconds)
            ? seconds
            : -1;

    /// <summary>
    /// A Location that proxy_redirect made a path of this gateway is made absolute like its own,
    /// and stands where they stand.
    /// </summary>
    static bool TryAbsoluteLocation(Exchange x, ProxyPlan plan, ReadOnlySpan<byte> bytes)
    {
        if (!x.UpstreamHead.TryFind(KnownHeader.Location, out var location)
            || plan.KnownHidden.Contains(KnownHeader.Location))
            return false;
        var to = x.Arena;
        var start = to.Length;
        var isOurs = plan.Rewrites.AppendLocation(x, location.Value(bytes), to)
            && AbsoluteLocation.IsMade(x, to.From(start));
        to.Truncate(start);
        if (!isOurs)
            return false;
        to.Append("Location: "u8);
        var valueStart = to.Length;
        AbsoluteLocation.AppendOrigin(x, to);
        plan.Rewrites.AppendLocation(x, location.Value(bytes), to);
        HeaderText.Neutralize(to.Mutable(valueStart));
        to.Append("\r\n"u8);
        return true;
    }

    static bool Passes(ProxyPlan plan, ResponseHead head, KnownHeader header) =>
        !plan.KnownHidden.Contains(header) && head.Has(header);

    static bool IsLeftOut(ProxyPlan plan, in HeaderField field, ReadOnlySpan<byte> bytes) =>
        field.Known == KnownHeader.Other
            ? plan.IsOtherHidden(field.Name(bytes))
            : OwnPlace.Contains(field.Known) || plan.KnownHidden.Contains(field.Known);

    static void AppendField(
        Exchange x, ProxyPlan plan, in HeaderField field, ReadOnlySpan<byte> bytes)
    {
        var to = x.Arena;
        var value = field.Value(bytes);
        if (!Rewritten.Contains(field.Known))
        {
            to.AppendField(field.Name(bytes), value);
            return;
        }
        to.Append(field.Name(bytes));
        to.Append(": "u8);
        var valueStart = to.Length;
        if (field.Known == KnownHeader.Location)
            plan.Rewrites.AppendLocation(x, value, to);
        else if (field.Known == KnownHeader.Refresh)
            plan.Rewrites.AppendRefresh(x, value, to);
        else
            plan.Rewrites.AppendCookie(x, value, to);
        HeaderText.Neutralize(to.Mutable(valueStart));
        to.Append("\r\n"u8);
    }
}
