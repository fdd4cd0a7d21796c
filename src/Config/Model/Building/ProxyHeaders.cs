using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>
/// A <c>proxy_set_header</c> directive; what is wrong with its value is told when it is used.
/// </summary>
sealed record ProxyHeaderLine(ProxyHeader Header, DirectiveNode Node, string? Error);

/// <summary>
/// A <c>proxy_set_body</c> directive; what is wrong with its value is told when it is used.
/// </summary>
sealed record ProxyBodyLine(Template Text, string? Error);

/// <summary>nginx's own headers for the peer, and those it keeps from the client.</summary>
static class ProxyHeaders
{
    const string Host = "Host";

    /// <summary>Names in lower case that responses lose unless proxy_pass_header names them.</summary>
    public static readonly ImmutableArray<string> HiddenByDefault =
    [
        "date", "server", "x-pad", "x-accel-expires", "x-accel-redirect",
        "x-accel-limit-rate", "x-accel-buffering", "x-accel-charset",
    ];

    /// <summary>
    /// nginx 1.31's headers in its order; no variable means that the client's is left out.
    /// </summary>
    static readonly ImmutableArray<ProxyHeader> defaults =
    [
        Of("Connection", null), Of("Proxy-Connection", null),
        Of("Content-Length", "proxy_internal_body_length"),
        Of("Transfer-Encoding", "proxy_internal_chunked"),
        Of("TE", null), Of("Keep-Alive", null), Of("Expect", null), Of("Upgrade", null),
    ];

    /// <summary>
    /// What proxy_pass names, whatever <c>set</c> has made of <c>$proxy_host</c>: not a variable.
    /// </summary>
    static readonly ProxyHeader defaultHost = Of(Host, null);

    /// <summary>
    /// The headers of a level: Host first (once: a peer refuses two), then what else is written,
    /// then the defaults.
    /// </summary>
    public static ImmutableArray<ProxyHeader> Merge(IReadOnlyList<ProxyHeaderLine> written)
    {
        var merged = ImmutableArray.CreateBuilder<ProxyHeader>();
        var own = written.Select(line => line.Header).ToList();
        merged.Add(own.FirstOrDefault(header => IsNamed(header, Host)) ?? defaultHost);
        merged.AddRange(own.Where(header => !IsNamed(header, Host)));
        merged.AddRange(defaults.Where(
            header => !own.Any(line => IsNamed(line, header.Name))));
        return merged.ToImmutable();
    }

    /// <summary>Notes the variables of a list that a server or location has.</summary>
    public static void Use(
        BuildContext build, IReadOnlyList<ProxyHeaderLine> written, DirectiveNode http)
    {
        foreach (var (header, node, error) in written)
        {
            build.UseVariables(header.Value, node, arg: 1);
            if (error is not null)
                build.FailAtEnd(http, node, error);
        }
    }

    static bool IsNamed(ProxyHeader header, string name) =>
        header.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    static ProxyHeader Of(string name, string? variable) => new(
        name, variable is null ? Template.Empty : Template.Variable(variable), null);
}
