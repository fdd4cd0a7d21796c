using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>A <c>proxy_pass</c> whose group of peers is not made yet.</summary>
sealed class ProxyPassDraft
{
    const string UriPartRefused = "\"proxy_pass\" cannot have URI part in location given by "
        + "regular expression, or inside named location, or inside \"if\" statement, or inside "
        + "\"limit_except\" block";

    readonly string scheme = "";
    readonly HostUrl url = new() { Text = "" };
    readonly string locationName;

    ProxyPassDraft(DirectiveNode node, Template template, string locationName)
    {
        Node = node;
        Url = template;
        this.locationName = locationName;
    }

    ProxyPassDraft(
        DirectiveNode node, Template template, string locationName, string scheme, HostUrl url,
        UpstreamDraft upstream)
        : this(node, template, locationName)
    {
        this.scheme = scheme;
        this.url = url;
        Upstream = upstream;
    }

    public DirectiveNode Node { get; }

    public Template Url { get; }

    public bool IsVariable => Upstream is null;

    /// <summary>The group that the host names or stands for; null with variables.</summary>
    public UpstreamDraft? Upstream { get; }

    /// <summary>
    /// Reads the directive of a location; null after saying what is wrong with it.
    /// </summary>
    public static ProxyPassDraft? Read(
        BuildContext build, DirectiveNode node, LocationMatch match, string locationName)
    {
        string text = node.Arg(0);
        if (TemplateParser.HasVariables(text))
        {
            return build.TryTemplate(node, 0, out var template)
                ? new ProxyPassDraft(node, template, locationName)
                : null;
        }

        if (SchemeOf(build, node, text) is not { } scheme)
            return null;

        var url = HostUrl.Parse(text[(scheme.Length + 3)..], HostUrlUse.ProxyPass);
        if (build.Upstreams.Use(build, node, url) is not { } upstream)
            return null;

        bool hasName = match is LocationMatch.Prefix or LocationMatch.PrefixNoRegex
            or LocationMatch.Exact;
        if (!hasName && url.Uri.Length > 0)
        {
            build.Fail(node, 0, UriPartRefused, "leave out what follows host and port: the "
                + "request's own URI is passed");
            return null;
        }

        return new ProxyPassDraft(
            node, Template.Literal(text), locationName, scheme, url, upstream);
    }

    static string? SchemeOf(BuildContext build, DirectiveNode node, string text)
    {
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            return "http";
        if (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            build.Fail(node, 0, "https protocol requires SSL support",
                "TLS to peers is a feature of nginx that Sluice does not implement");
        else
            build.Fail(node, 0, "invalid URL prefix",
                text.StartsWith("ws", StringComparison.OrdinalIgnoreCase)
                    ? "a WebSocket begins as a request of HTTP: write http://"
                    : "a URL begins with http://");
        return null;
    }

    /// <summary>The rule that <c>proxy_redirect default</c> stands for.</summary>
    public ProxyRedirect DefaultRedirect() => url.Uri.Length > 0
        ? new ProxyRedirect { Prefix = Url, Replacement = Template.Literal(locationName) }
        : new ProxyRedirect
        {
            Prefix = Template.Literal(Url.Source + "/"),
            Replacement = Template.Literal("/"),
        };

    /// <summary>The finished directive.</summary>
    public ProxyPassConfig Build()
    {
        var position = BuildContext.PositionOf(Node);
        if (Upstream is null)
            return new ProxyPassConfig { Url = Url, Position = position };

        string port = url.HasNoPort || url.Port == 80 ? "80" : url.PortText;
        return new ProxyPassConfig
        {
            Url = Url,
            Scheme = scheme,
            HostPort = url.IsUnix ? "unix:" + url.Host : HostAndPort(),
            UriPart = url.Uri.Length > 0 ? UriFromSlash() : null,
            Upstream = Upstream.Config,
            ProxyHost = url.IsUnix ? "localhost"
                : url.HasNoPort || url.Port == 80 ? url.Host
                : HostAndPort(),
            ProxyPort = url.IsUnix ? "" : port,
            Position = position,
        };
    }

    string HostAndPort() => url.HasNoPort ? url.Host : $"{url.Host}:{url.PortText}";

    /// <summary>nginx puts the slash before a URI that begins with its arguments.</summary>
    string UriFromSlash() => url.Uri.StartsWith('?') ? "/" + url.Uri : url.Uri;
}
