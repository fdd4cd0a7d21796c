namespace Sluice.Proxy;

/// <summary>
/// absolute_redirect: a Location that begins with a slash gets scheme, host and port, and a place
/// before Connection. Source: nginx's documentation of absolute_redirect,
/// server_name_in_redirect and port_in_redirect; ngx_http_header_filter_module.c.
/// </summary>
static class AbsoluteLocation
{
    /// <summary>Whether a place is made absolute in the exchange's location.</summary>
    public static bool IsMade(Exchange x, ReadOnlySpan<byte> place) =>
        place is [(byte)'/', ..] && x.Location.Config.Core.AbsoluteRedirect;

    /// <summary>Appends scheme, host and port: what a place becomes absolute by.</summary>
    public static void AppendOrigin(Exchange x, ByteBuilder to)
    {
        var core = x.Location.Config.Core;
        to.Append("http://"u8);
        if (core.ServerNameInRedirect || x.Head.HostName.IsEmpty)
            AppendServerName(x, to);
        else
            to.Append(x.Head.HostName);
        var port = x.Client.LocalAddress.Port;
        if (core.PortInRedirect && port is not (80 or 0))
        {
            to.Append((byte)':');
            to.Append(port);
        }
    }

    static void AppendServerName(Exchange x, ByteBuilder to)
    {
        var name = x.Server.Config.FirstName;
        if (name.Length > 0 && x.Location.Config.Core.ServerNameInRedirect)
            to.AppendLatin1(name);
        else
            to.Append(x.Client.LocalAddress.IpText.Span);
    }
}
