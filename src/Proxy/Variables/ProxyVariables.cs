namespace Sluice.Proxy.Variables;

/// <summary>Where the location's proxy_pass leads.</summary>
static class ProxyVariables
{
    public static IEnumerable<Variable> All =>
    [
        new BuiltInVariable("proxy_host", static (x, to) =>
        {
            if (x.Location.Proxy is not { } plan)
                return false;
            to.Append(plan.ProxyHost(x));
            return true;
        }),
        new BuiltInVariable("proxy_port", AppendPort),
    ];

    static bool AppendPort(Exchange x, ByteBuilder to)
    {
        if (x.Location.Proxy is not { } plan)
            return false;
        if (plan.Pass.ProxyPort is { } port)
        {
            to.AppendLatin1(port);
            return true;
        }
        // proxy_pass with variables: the port that the evaluated URL names, or http's own.
        var host = plan.ProxyHost(x);
        int colon = host.LastIndexOf((byte)':');
        to.Append(colon > host.LastIndexOf((byte)']') ? host[(colon + 1)..] : "80"u8);
        return true;
    }
}
