using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// Builds the request a peer is sent: nothing of the client's bytes is copied through, every
/// line is written anew. The order is nginx's: request line, Host, proxy_set_header and nginx's
/// defaults, then the client's other headers. Source: ngx_http_proxy_create_request.
/// </summary>
static class RequestHeadWriter
{
    public static void Write(Exchange x, ProxyPlan plan, ByteBuilder to)
    {
        var bytes = x.HeadBuffer.AsSpan();
        plan.AppendMethod(x, to);
        to.Append((byte)' ');
        to.Append(x.At(x.UpstreamTarget));
        to.Append(plan.IsHttp11 ? " HTTP/1.1\r\n"u8 : " HTTP/1.0\r\n"u8);
        x.AsksPeerToClose = !plan.IsHttp11;
        var addsUpgrade = plan.AddsUpgrade && x.Head.IsWebSocketHandshake;
        foreach (var header in plan.SetHeaders)
        {
            if (!addsUpgrade || header.Known is not (KnownHeader.Upgrade or KnownHeader.Connection))
                AppendHeader(x, plan, header, to);
        }
        if (addsUpgrade)
            AppendUpgrade(x, plan, to);
        if (plan.Settings.PassRequestHeaders)
            AppendClientHeaders(x, plan, bytes, to);
        to.Append("\r\n"u8);
        if (plan.Body is not null && plan.Settings.PassRequestBody)
            plan.Body.Append(x, to);
    }

    /// <summary>A value that evaluates to nothing leaves the header out; Host must not be missing.</summary>
    static void AppendHeader(Exchange x, ProxyPlan plan, ProxyPlanHeader header, ByteBuilder to)
    {
        var start = to.Length;
        to.Append(header.Start);
        if (header.Value is null)
            return;
        var valueStart = to.Length;
        header.Value.Append(x, to);
        if (to.Length == valueStart && header.Known == KnownHeader.Host && plan.AlwaysHasHost)
            to.Append(plan.ProxyHost(x));
        HeaderText.Neutralize(to.Mutable(valueStart));
        if (to.Length == valueStart)
        {
            to.Truncate(start);
            return;
        }
        if (header.Known == KnownHeader.Connection)
            NoteConnection(x, to.Written[valueStart..]);
        to.Append("\r\n"u8);
    }

    /// <summary>
    /// A peer that is asked to close need not say that it does (RFC 9112, section 9.6).
    /// </summary>
    static void NoteConnection(Exchange x, ReadOnlySpan<byte> options)
    {
        if (HeaderText.HasToken(options, "close"u8))
            x.AsksPeerToClose = true;
        else if (HeaderText.HasToken(options, "keep-alive"u8))
            x.AsksPeerToClose = false;
    }

    /// <summary>
    /// proxy_upgrade auto: a valid handshake to a location that forgot the two headers is passed
    /// as one; a Connection that was written for other requests gives way.
    /// </summary>
    static void AppendUpgrade(Exchange x, ProxyPlan plan, ByteBuilder to)
    {
        to.Append("Upgrade: websocket\r\nConnection: upgrade\r\n"u8);
        plan.NoticeHandshake(x);
    }

    /// <summary>
    /// Lines that stand one behind the other just as they would be written are copied together:
    /// nearly always all that are passed.
    /// </summary>
    static void AppendClientHeaders(
        Exchange x, ProxyPlan plan, ReadOnlySpan<byte> bytes, ByteBuilder to)
    {
        var (start, end) = (0, 0);
        foreach (ref readonly var field in x.Head.Fields)
        {
            if (field.Known == KnownHeader.Other
                ? plan.IsOtherSet(field.Name(bytes))
                : plan.KnownSet.Contains(field.Known))
                continue;
            if (field.NameOffset != end)
            {
                to.Append(bytes[start..end]);
                start = end = field.NameOffset;
            }
            if (field.IsInOwnForm(bytes))
            {
                end = field.EndInOwnForm;
                continue;
            }
            to.Append(bytes[start..end]);
            to.AppendField(field.Name(bytes), field.Value(bytes));
            (start, end) = (0, 0);
        }
        to.Append(bytes[start..end]);
    }
}
