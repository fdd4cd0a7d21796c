namespace Sluice.Proxy;

/// <summary>
/// The places of redirects: a path becomes an absolute URL of this server, as absolute_redirect,
/// server_name_in_redirect and port_in_redirect ask. Source: ngx_http_header_filter_module.c.
/// </summary>
static class RedirectPlace
{
    /// <summary>True when nginx would complete the place.</summary>
    public static bool IsCompleted(Exchange x, ReadOnlySpan<byte> place) =>
        place.StartsWith((byte)'/') && x.Location.Config.Core.AbsoluteRedirect;

    /// <summary>Appends what stands before the path: "http://host:8080".</summary>
    public static void AppendOrigin(Exchange x, ByteBuilder to)
    {
        var core = x.Location.Config.Core;
        to.Append("http://"u8);
        if (core.ServerNameInRedirect && x.Server.Config.FirstName.Length > 0)
            to.AppendLatin1(x.Server.Config.FirstName);
        else if (core.ServerNameInRedirect || x.Head.HostName.IsEmpty)
            to.Append(x.Client.LocalAddress.IpText.Span);
        else
            to.Append(x.Head.HostName);
        var port = x.Client.LocalAddress.Port;
        if (core.PortInRedirect && port is not (80 or 0))
        {
            to.Append((byte)':');
            to.Append(port);
        }
    }
}
