using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Readers of the directives of nginx's proxy module.</summary>
static class ProxyReaders
{
    public static bool HttpVersion(
        BuildContext build, DirectiveNode node, out ProxyHttpVersion value)
    {
        value = node.Arg(0) == "1.0" ? ProxyHttpVersion.Http10 : ProxyHttpVersion.Http11;
        if (node.Arg(0) is "1.0" or "1.1")
            return true;
        return build.Fail(node, 0, $"invalid value \"{node.Arg(0)}\"", node.Arg(0) == "2"
            ? "HTTP/2 to peers is a feature of nginx that Sluice does not implement"
            : "one of 1.0, 1.1");
    }

    /// <summary>
    /// The value is looked at later, since nginx compiles only the lists that some server or
    /// location has.
    /// </summary>
    public static bool SetHeader(BuildContext build, DirectiveNode node, out ProxyHeaderLine value)
    {
        bool isGood = TemplateParser.TryParse(node.Arg(1), out var template, out var error);
        var header = new ProxyHeader(
            node.Arg(0), isGood ? template! : Template.Empty, BuildContext.PositionOf(node));
        value = new ProxyHeaderLine(header, node, error?.Message);
        return true;
    }

    /// <summary>Looked at later for the same reason.</summary>
    public static bool SetBody(BuildContext build, DirectiveNode node, out ProxyBodyLine value)
    {
        bool isGood = TemplateParser.TryParse(node.Arg(0), out var text, out var error);
        value = new ProxyBodyLine(isGood ? text! : Template.Empty, error?.Message);
        return true;
    }

    public static bool Redirect(BuildContext build, DirectiveNode node, out ProxyRedirect value)
    {
        value = null!;
        if (node.Args.Length == 1)
        {
            if (node.Arg(0) != "default")
                return build.InvalidParameter(node, 0);
            return TryDefaultRedirect(build, node, ref value);
        }

        if (!TrySubject(build, node, node.Arg(0), out var prefix, out var pattern)
            || !build.TryTemplate(node, 1, out var replacement))
            return false;
        value = new ProxyRedirect
        {
            Prefix = prefix,
            Pattern = pattern,
            Replacement = replacement,
        };
        return true;
    }

    static bool TryDefaultRedirect(BuildContext build, DirectiveNode node, ref ProxyRedirect value)
    {
        if (build.CurrentPass is not { } pass)
            return build.Fail(node, "\"proxy_redirect default\" should be placed "
                + "after the \"proxy_pass\" directive");
        if (pass.IsVariable)
            return build.Fail(node, "\"proxy_redirect default\" cannot be used "
                + "with \"proxy_pass\" directive with variables");
        value = pass.DefaultRedirect();
        return true;
    }

    public static bool CookieDomain(BuildContext build, DirectiveNode node, out CookieRewrite value)
    {
        value = null!;
        if (node.Args.Length == 1)
            return build.InvalidParameter(node, 0);

        string domain = node.Arg(0);
        string replacement = node.Arg(1);
        Template? text = null;
        Pattern? pattern = null;
        if (domain.StartsWith('~'))
        {
            if (!build.TryPattern(node, 0, domain[1..], ignoreCase: true, out pattern))
                return false;
        }
        else
        {
            if (!build.TryTemplate(node, 0, WithoutDot(domain), out text))
                return false;
            replacement = WithoutDot(replacement);
        }

        if (!build.TryTemplate(node, 1, replacement, out var to))
            return false;
        value = new CookieRewrite { Text = text, Pattern = pattern, Replacement = to };
        return true;
    }

    static string WithoutDot(string domain) => domain.StartsWith('.') ? domain[1..] : domain;

    public static bool CookiePath(BuildContext build, DirectiveNode node, out CookieRewrite value)
    {
        value = null!;
        if (node.Args.Length == 1)
            return build.InvalidParameter(node, 0);
        if (!TrySubject(build, node, node.Arg(0), out var text, out var pattern)
            || !build.TryTemplate(node, 1, out var replacement))
            return false;
        value = new CookieRewrite { Text = text, Pattern = pattern, Replacement = replacement };
        return true;
    }

    /// <summary>A text with variables, or an expression behind <c>~</c> or <c>~*</c>.</summary>
    static bool TrySubject(
        BuildContext build, DirectiveNode node, string text, out Template? template,
        out Pattern? pattern)
    {
        template = null;
        pattern = null;
        if (!text.StartsWith('~'))
            return build.TryTemplate(node, 0, text, out template);
        bool ignoreCase = text.StartsWith("~*");
        return build.TryPattern(node, 0, text[(ignoreCase ? 2 : 1)..], ignoreCase, out pattern);
    }

    public static bool Bind(BuildContext build, DirectiveNode node, out BindValue value)
    {
        value = default;
        if (node.Args.Length == 1 && node.Arg(0) == "off")
            return true;
        if (!build.TryTemplate(node, 0, out var address))
            return false;
        if (address.IsConstant && !IsAddress(node.Arg(0)))
            return build.Fail(node, 0, $"invalid address \"{node.Arg(0)}\"");
        if (node.Args.Length > 1 && node.Arg(1) != "transparent")
            return build.InvalidParameter(node, 1);

        var position = BuildContext.PositionOf(node);
        value = new BindValue(new ProxyBind(address, node.Args.Length > 1, position));
        return true;
    }

    static bool IsAddress(string text)
    {
        return HostUrl.Parse(text, HostUrlUse.Peer).Address is not null
            || text.Contains(':') && !text.StartsWith('[') && HostUrl.TryIpv6(text, out _);
    }

    /// <summary>Conditions about a cache, which is not there: their variables must exist.</summary>
    public static bool Predicates(BuildContext build, DirectiveNode node, out int value)
    {
        value = node.Args.Length;
        for (int arg = 0; arg < node.Args.Length; arg++)
        {
            if (!build.TryTemplate(node, arg, out _))
                return false;
        }

        return true;
    }
}
