using System.Collections.Frozen;

namespace Sluice.Config.Model;

/// <summary>
/// The names of the variables that exist without a directive that defines them, as nginx's
/// documentation lists them. Everything else has to come from <c>set</c>, <c>map</c> or a named
/// group, or it is <c>unknown "x" variable</c>.
/// </summary>
public static class VariableNames
{
    /// <summary>The variables with a fixed name: lower case, without <c>$</c>.</summary>
    public static FrozenSet<string> BuiltIn { get; } = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        [
            .. Request, .. Answer, .. Connection, .. Process,
            .. Proxy, .. Upstream, .. Tls, .. Limiting,
        ]);

    /// <summary>The families whose names are a prefix and the name of a header or argument.</summary>
    public static ReadOnlySpan<string> Prefixes => prefixes;

    static readonly string[] prefixes =
    [
        "http_", "arg_", "cookie_", "sent_http_", "sent_trailer_", "upstream_http_",
        "upstream_cookie_", "upstream_trailer_", "proxy_protocol_tlv_",
    ];

    static string[] Request =>
    [
        "args", "content_length", "content_type", "document_root", "document_uri", "host",
        "is_args", "is_request_port", "query_string", "realpath_root", "remote_user", "request",
        "request_body", "request_body_file", "request_completion", "request_filename",
        "request_id", "request_length", "request_method", "request_port", "request_time",
        "request_uri", "scheme", "https", "http2", "http3", "server_name", "server_protocol",
        "uri",
    ];

    static string[] Answer =>
        ["body_bytes_sent", "bytes_sent", "gzip_ratio", "limit_rate", "status"];

    static string[] Connection =>
    [
        "binary_remote_addr", "connection", "connection_requests", "connection_time",
        "connections_active", "connections_reading", "connections_waiting", "connections_writing",
        "pipe",
        "proxy_protocol_addr", "proxy_protocol_port", "proxy_protocol_server_addr",
        "proxy_protocol_server_port", "realip_remote_addr", "realip_remote_port", "remote_addr",
        "remote_port", "server_addr", "server_port", "tcpinfo_rcv_space", "tcpinfo_rtt",
        "tcpinfo_rttvar", "tcpinfo_snd_cwnd",
    ];

    static string[] Process =>
        ["hostname", "msec", "nginx_version", "pid", "time_iso8601", "time_local"];

    static string[] Proxy =>
    [
        "proxy_add_x_forwarded_for", "proxy_host", "proxy_internal_body_length",
        "proxy_internal_chunked", "proxy_port",
    ];

    static string[] Upstream =>
    [
        "upstream_addr", "upstream_bytes_received", "upstream_bytes_sent",
        "upstream_cache_etag", "upstream_cache_last_modified", "upstream_cache_status",
        "upstream_connect_time", "upstream_header_time", "upstream_response_length",
        "upstream_response_time", "upstream_status",
    ];

    static string[] Tls =>
    [
        "ssl_alpn_protocol", "ssl_cipher", "ssl_ciphers", "ssl_client_cert",
        "ssl_client_escaped_cert", "ssl_client_fingerprint", "ssl_client_i_dn",
        "ssl_client_i_dn_legacy", "ssl_client_raw_cert", "ssl_client_s_dn",
        "ssl_client_s_dn_legacy", "ssl_client_serial", "ssl_client_sigalg", "ssl_client_v_end",
        "ssl_client_v_remain", "ssl_client_v_start", "ssl_client_verify", "ssl_curve",
        "ssl_curves", "ssl_early_data", "ssl_ech_outer_server_name", "ssl_ech_status",
        "ssl_protocol", "ssl_server_name", "ssl_session_id", "ssl_session_reused", "ssl_sigalg",
    ];

    static string[] Limiting => ["limit_conn_status", "limit_req_status"];

    /// <summary>The variables of nginx's modules that Sluice does not have, and their module.</summary>
    static readonly FrozenDictionary<string, string> others = new (string Module, string[] Names)[]
    {
        ("ngx_http_browser_module", ["ancient_browser", "modern_browser", "msie"]),
        ("ngx_http_fastcgi_module", ["fastcgi_path_info", "fastcgi_script_name"]),
        ("ngx_http_geoip_module",
        [
            "geoip_area_code", "geoip_city", "geoip_city_continent_code",
            "geoip_city_country_code", "geoip_city_country_code3", "geoip_city_country_name",
            "geoip_country_code", "geoip_country_code3", "geoip_country_name", "geoip_dma_code",
            "geoip_latitude", "geoip_longitude", "geoip_org", "geoip_postal_code",
            "geoip_region", "geoip_region_name",
        ]),
        ("ngx_http_referer_module", ["invalid_referer"]),
        ("ngx_http_secure_link_module", ["secure_link", "secure_link_expires"]),
        ("ngx_http_slice_module", ["slice_range"]),
        ("ngx_http_ssi_module", ["date_gmt", "date_local"]),
        ("ngx_http_userid_module", ["uid_got", "uid_reset", "uid_set"]),
    }
    .SelectMany(module => module.Names, (module, name) => (name, module.Module))
    .ToFrozenDictionary(
        pair => pair.name, pair => pair.Module, StringComparer.OrdinalIgnoreCase);

    /// <summary>The module of a variable that nginx has and Sluice has not; null for others.</summary>
    public static string? ModuleOfKnown(string name) => others.GetValueOrDefault(name);

    /// <summary>Whether Sluice knows the name by itself, whatever its case.</summary>
    public static bool IsKnown(string name)
    {
        if (BuiltIn.Contains(name))
            return true;
        foreach (var prefix in prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
