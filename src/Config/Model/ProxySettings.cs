using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>
/// The <c>proxy_*</c> settings of a location after inheritance. A location that changes none of
/// them shares the object of the level above.
/// </summary>
public sealed record ProxySettings
{
    /// <summary><c>proxy_http_version</c>.</summary>
    public ProxyHttpVersion HttpVersion { get; init; } = ProxyHttpVersion.Http11;

    /// <summary><c>proxy_method</c>; null keeps the client's.</summary>
    public Template? Method { get; init; }

    /// <summary><c>proxy_set_body</c>; null keeps the client's.</summary>
    public Template? SetBody { get; init; }

    /// <summary>
    /// The headers to write, in this order, before those of the client: Host, the others of
    /// <c>proxy_set_header</c>, then nginx's defaults that were not overridden. A value that
    /// evaluates to nothing is not written, and a client's header of any name in this list is not
    /// passed. Host becomes what proxy_pass names, by default and, in HTTP/1.1, when it evaluates
    /// to nothing.
    /// <c>$proxy_internal_body_length</c> and <c>$proxy_internal_chunked</c> stand for the framing
    /// of the body that is sent.
    /// </summary>
    public ImmutableArray<ProxyHeader> SetHeaders { get; init; } = [];

    /// <summary><c>proxy_pass_request_headers</c>.</summary>
    public bool PassRequestHeaders { get; init; } = true;

    /// <summary><c>proxy_pass_request_body</c>.</summary>
    public bool PassRequestBody { get; init; } = true;

    /// <summary>
    /// Names, in lower case, that a response loses on its way: nginx's own list and
    /// <c>proxy_hide_header</c>, without <c>proxy_pass_header</c>.
    /// </summary>
    public required FrozenSet<string> HiddenHeaders { get; init; }

    /// <summary><c>proxy_redirect</c> in file order, defaults resolved; empty when off.</summary>
    public ImmutableArray<ProxyRedirect> Redirects { get; init; } = [];

    /// <summary><c>proxy_cookie_domain</c> in file order; empty when off.</summary>
    public ImmutableArray<CookieRewrite> CookieDomains { get; init; } = [];

    /// <summary><c>proxy_cookie_path</c> in file order; empty when off.</summary>
    public ImmutableArray<CookieRewrite> CookiePaths { get; init; } = [];

    /// <summary><c>proxy_connect_timeout</c>.</summary>
    public long ConnectTimeoutMs { get; init; } = 60_000;

    /// <summary><c>proxy_send_timeout</c>: between two writes to a peer that does not read.</summary>
    public long SendTimeoutMs { get; init; } = 60_000;

    /// <summary><c>proxy_read_timeout</c>: between two reads, and the idle time of a tunnel.</summary>
    public long ReadTimeoutMs { get; init; } = 60_000;

    /// <summary><c>proxy_buffering</c>.</summary>
    public bool Buffering { get; init; } = true;

    /// <summary><c>proxy_buffer_size</c> in bytes; a response's head is no longer.</summary>
    public int BufferSize { get; init; } = 4096;

    /// <summary><c>proxy_buffers</c>: how many.</summary>
    public int BuffersCount { get; init; } = 8;

    /// <summary><c>proxy_buffers</c>: bytes of each.</summary>
    public int BuffersSize { get; init; } = 4096;

    /// <summary><c>proxy_busy_buffers_size</c> in bytes.</summary>
    public int BusyBuffersSize { get; init; } = 8192;

    /// <summary><c>proxy_request_buffering</c>.</summary>
    public bool RequestBuffering { get; init; } = true;

    /// <summary><c>proxy_ignore_client_abort</c>.</summary>
    public bool IgnoreClientAbort { get; init; }

    /// <summary><c>proxy_intercept_errors</c>.</summary>
    public bool InterceptErrors { get; init; }

    /// <summary><c>proxy_next_upstream</c>.</summary>
    public NextUpstream NextUpstream { get; init; } = NextUpstream.Error | NextUpstream.Timeout;

    /// <summary><c>proxy_next_upstream_tries</c>; zero is without limit.</summary>
    public int NextUpstreamTries { get; init; }

    /// <summary><c>proxy_next_upstream_timeout</c>; zero is without limit.</summary>
    public long NextUpstreamTimeoutMs { get; init; }

    /// <summary><c>proxy_bind</c>: the local address; null when off.</summary>
    public ProxyBind? Bind { get; init; }

    /// <summary><c>proxy_socket_keepalive</c>.</summary>
    public bool SocketKeepalive { get; init; }

    /// <summary><c>proxy_upgrade</c>.</summary>
    public ProxyUpgrade Upgrade { get; init; } = ProxyUpgrade.Auto;
}

/// <summary>The values of <c>proxy_http_version</c>.</summary>
public enum ProxyHttpVersion
{
    /// <summary><c>1.0</c></summary>
    Http10,

    /// <summary><c>1.1</c></summary>
    Http11,
}

/// <summary>The values of Sluice's <c>proxy_upgrade</c>.</summary>
public enum ProxyUpgrade
{
    /// <summary>
    /// A valid WebSocket handshake is passed as one, also where no proxy_set_header asks for it.
    /// </summary>
    Auto,

    /// <summary>As nginx: only the headers that are written pass.</summary>
    Explicit,
}

/// <summary>A header for the peer.</summary>
/// <param name="Name">The name as written.</param>
/// <param name="Value">The value; when it evaluates to nothing the header is left out.</param>
/// <param name="Position">Where it is written; null for nginx's defaults.</param>
public sealed record ProxyHeader(string Name, Template Value, Position? Position);

/// <summary>One rule of <c>proxy_redirect</c>: what a Location begins with, and what replaces it.</summary>
public sealed record ProxyRedirect
{
    /// <summary>The text that Location has to begin with; null when <see cref="Pattern"/> is set.</summary>
    public Template? Prefix { get; init; }

    /// <summary><c>~</c> or <c>~*</c>: the expression that Location has to match.</summary>
    public Pattern? Pattern { get; init; }

    public required Template Replacement { get; init; }
}

/// <summary>One rule of <c>proxy_cookie_domain</c> or <c>proxy_cookie_path</c>.</summary>
public sealed record CookieRewrite
{
    /// <summary>
    /// The whole domain (without its first dot) or the beginning of the path, compared without
    /// regard to case for domains; null when <see cref="Pattern"/> is set.
    /// </summary>
    public Template? Text { get; init; }

    /// <summary>The expression to match instead.</summary>
    public Pattern? Pattern { get; init; }

    public required Template Replacement { get; init; }
}

/// <summary>The conditions of <c>proxy_next_upstream</c>.</summary>
[Flags]
public enum NextUpstream
{
    /// <summary><c>off</c></summary>
    Off = 0,
    Error = 1,
    Timeout = 2,
    InvalidHeader = 4,
    Http500 = 8,
    Http502 = 16,
    Http503 = 32,
    Http504 = 64,
    Http403 = 128,
    Http404 = 256,
    Http429 = 512,

    /// <summary>A request that is not idempotent is tried again even after it was sent.</summary>
    NonIdempotent = 1024,
}

/// <summary><c>proxy_bind</c>.</summary>
/// <param name="Address">An address, perhaps with port; nothing or <c>off</c> means none.</param>
/// <param name="Transparent">The address need not be one of this machine.</param>
/// <param name="Position">Where it is written.</param>
public sealed record ProxyBind(Template Address, bool Transparent, Position Position);

/// <summary>A <c>proxy_pass</c> directive.</summary>
public sealed record ProxyPassConfig
{
    /// <summary>The URL as written.</summary>
    public required Template Url { get; init; }

    /// <summary>
    /// Whether the URL has variables: then what follows is null, and the URL is read anew for
    /// each request.
    /// </summary>
    public bool IsVariable => !Url.IsConstant;

    /// <summary><c>http</c>; null with variables.</summary>
    public string? Scheme { get; init; }

    /// <summary>
    /// Host and port as written, or <c>unix:/path</c>; null with variables.
    /// </summary>
    public string? HostPort { get; init; }

    /// <summary>
    /// What replaces the matched part of the URI; null when the URL has no URI part and the
    /// client's URI is passed as it is.
    /// </summary>
    public string? UriPart { get; init; }

    /// <summary>The group named by the host, or the one the host stands for; null with variables.</summary>
    public UpstreamConfig? Upstream { get; init; }

    /// <summary>The value of <c>$proxy_host</c>; null with variables.</summary>
    public string? ProxyHost { get; init; }

    /// <summary>The value of <c>$proxy_port</c>; null with variables.</summary>
    public string? ProxyPort { get; init; }

    public required Position Position { get; init; }
}
