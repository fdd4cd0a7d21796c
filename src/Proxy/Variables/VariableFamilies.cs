using System.Text;

namespace Sluice.Proxy.Variables;

/// <summary>The families of variables whose names end in the name of a header or argument.</summary>
static class VariableFamilies
{
    /// <summary>Longer prefixes before those that they begin with.</summary>
    static readonly (string Prefix, Func<string, byte[], Variable> Make)[] families =
    [
        ("http_", static (name, rest) => new RequestHeaderVariable(name, rest)),
        ("arg_", static (name, rest) => new ArgumentVariable(name, rest)),
        ("cookie_", static (name, rest) => new CookieVariable(name, rest)),
        ("sent_http_", static (name, rest) => new SentHeaderVariable(name, rest)),
        ("sent_trailer_", static (name, rest) => new TrailerVariable(name, rest)),
        ("upstream_http_", static (name, rest) => new UpstreamHeaderVariable(name, rest)),
        ("upstream_cookie_", static (name, rest) => new UpstreamCookieVariable(name, rest)),
        ("upstream_trailer_", static (name, rest) => new TrailerVariable(name, rest)),
        ("proxy_protocol_tlv_", static (name, _) => new AbsentVariable(name)),
    ];

    /// <summary>The prefixes there are.</summary>
    internal static IEnumerable<string> Prefixes => families.Select(family => family.Prefix);

    /// <summary>The variable of a name, null when it is of no family.</summary>
    public static Variable? TryMake(string name)
    {
        string lower = name.ToLowerInvariant();
        foreach (var (prefix, make) in families)
        {
            if (!lower.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            return lower.Length == prefix.Length
                ? new AbsentVariable(lower)
                : make(lower, Encoding.Latin1.GetBytes(lower[prefix.Length..]));
        }
        return null;
    }
}
