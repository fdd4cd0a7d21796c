using Sluice.Config.Model;

namespace Sluice.Proxy.Variables;

/// <summary>
/// nginx's own variables with a fixed name, by table. What this gateway has no feature for is
/// absent in every exchange, as nginx has it without that feature's directive.
/// </summary>
static class BuiltInVariables
{
    static readonly string[] absent =
    [
        "gzip_ratio", "limit_conn_status", "limit_req_status", "proxy_protocol_addr",
        "proxy_protocol_port", "proxy_protocol_server_addr", "proxy_protocol_server_port",
        "upstream_cache_etag", "upstream_cache_last_modified", "upstream_cache_status",
    ];

    /// <summary>Every one of them.</summary>
    public static IReadOnlyList<Variable> All { get; } =
    [
        .. RequestVariables.All, .. BodyVariables.All, .. FileVariables.All,
        .. AnswerVariables.All, .. ConnectionVariables.All, .. ProcessVariables.All,
        .. ProxyVariables.All, .. UpstreamVariables.All, .. Absent(),
    ];

    static IEnumerable<Variable> Absent() => absent
        .Concat(VariableNames.BuiltIn.Where(IsOfTls))
        .Select(name => new AbsentVariable(name));

    static bool IsOfTls(string name) => name.StartsWith("ssl_", StringComparison.Ordinal);
}
