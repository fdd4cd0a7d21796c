using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>The directives behind <see cref="ProxySettings"/>: nginx's proxy module.</summary>
static class ProxyDirectives
{
    static readonly Setting<ProxyHttpVersion> httpVersion =
        new("proxy_http_version", ProxyHttpVersion.Http11, ProxyReaders.HttpVersion);
    static readonly Setting<Template> method =
        new("proxy_method", Template.Empty, Readers.Template);
    static readonly Setting<ProxyBodyLine> setBody =
        new("proxy_set_body", new ProxyBodyLine(Template.Empty, null), ProxyReaders.SetBody);
    static readonly ListSetting<ProxyHeaderLine> setHeaders =
        new("proxy_set_header", ProxyReaders.SetHeader);
    static readonly Setting<bool> passRequestHeaders =
        new("proxy_pass_request_headers", true, Readers.Flag);
    static readonly Setting<bool> passRequestBody =
        new("proxy_pass_request_body", true, Readers.Flag);
    static readonly ListSetting<string> hideHeaders = new("proxy_hide_header", Readers.Text);
    static readonly ListSetting<string> passHeaders = new("proxy_pass_header", Readers.Text);
    static readonly RewriteSetting<ProxyRedirect> redirects =
        new("proxy_redirect", ProxyReaders.Redirect);
    static readonly RewriteSetting<CookieRewrite> cookieDomains =
        new("proxy_cookie_domain", ProxyReaders.CookieDomain);
    static readonly RewriteSetting<CookieRewrite> cookiePaths =
        new("proxy_cookie_path", ProxyReaders.CookiePath);
    static readonly Setting<long> connectTimeout =
        new("proxy_connect_timeout", 60_000, Readers.Milliseconds);
    static readonly Setting<long> sendTimeout =
        new("proxy_send_timeout", 60_000, Readers.Milliseconds);
    static readonly Setting<long> readTimeout =
        new("proxy_read_timeout", 60_000, Readers.Milliseconds);
    static readonly Setting<bool> buffering = new("proxy_buffering", true, Readers.Flag);
    static readonly Setting<bool> requestBuffering =
        new("proxy_request_buffering", true, Readers.Flag);
    static readonly Setting<bool> ignoreClientAbort =
        new("proxy_ignore_client_abort", false, Readers.Flag);
    static readonly Setting<bool> interceptErrors =
        new("proxy_intercept_errors", false, Readers.Flag);
    static readonly NextUpstreamSetting nextUpstream = new();
    static readonly Setting<int> nextUpstreamTries =
        new("proxy_next_upstream_tries", 0, Readers.Count);
    static readonly Setting<long> nextUpstreamTimeout =
        new("proxy_next_upstream_timeout", 0, Readers.Milliseconds);
    static readonly Setting<BindValue> bind = new("proxy_bind", default, ProxyReaders.Bind);
    static readonly Setting<bool> socketKeepalive =
        new("proxy_socket_keepalive", false, Readers.Flag);
    static readonly Setting<ProxyUpgrade> upgrade = new("proxy_upgrade", ProxyUpgrade.Auto,
        Readers.Word(("auto", ProxyUpgrade.Auto), ("explicit", ProxyUpgrade.Explicit)));
    static readonly Setting<string> cache = new("proxy_cache", "off", Readers.Text);
    static readonly ListSetting<int> cacheBypass =
        new("proxy_cache_bypass", ProxyReaders.Predicates);

    /// <summary>All of them, by the directive's name.</summary>
    public static Dictionary<string, Setting> Table { get; } = Setting.Table(
        [httpVersion, method, setBody, setHeaders, passRequestHeaders, passRequestBody,
        hideHeaders, passHeaders, redirects, cookieDomains, cookiePaths, connectTimeout,
        sendTimeout, readTimeout, buffering, requestBuffering, ignoreClientAbort,
        interceptErrors, nextUpstream, nextUpstreamTries, nextUpstreamTimeout, bind,
        socketKeepalive, upgrade, cache, cacheBypass, .. ProxyBuffers.Settings]);

    /// <summary>
    /// What holds at a level; the outer level's object when nothing of this differs. The default
    /// of proxy_redirect depends on the location's own <paramref name="pass"/>. nginx compiles and
    /// checks for servers and locations, not for http itself.
    /// </summary>
    public static ProxySettings Resolve(
        BuildContext build, Level level, ProxySettings? outer, ProxyPassDraft? pass,
        DirectiveNode http)
    {
        var rewrites = RedirectsOf(level, outer, pass);
        if (level.IsServer || level.Outer is not null && level.Writes(setHeaders))
            ProxyHeaders.Use(build, level.GetAll(setHeaders), http);
        if (level.IsServer || level.Outer is not null && level.Writes(setBody))
            UseBody(build, level, http);
        ProxyBuffers.Check(build, level, http);

        bool isSame = outer is not null && !level.WritesAny(Table.Values);
        if (isSame)
            return rewrites == outer!.Redirects ? outer : outer with { Redirects = rewrites };

        if (level.Writes(cache) && level.Get(cache) != "off")
            build.FailAtEnd(http, level.NodeOf(cache)!,
                $"\"proxy_cache\" zone \"{level.Get(cache)}\" is unknown");

        var buffers = ProxyBuffers.Resolve(build, level);
        return new ProxySettings
        {
            HttpVersion = level.Get(httpVersion),
            Method = OrNull(level, method),
            SetBody = level.NodeOf(setBody) is null ? null : level.Get(setBody).Text,
            SetHeaders = outer is null || level.Writes(setHeaders)
                ? ProxyHeaders.Merge(level.GetOwnAll(setHeaders))
                : outer.SetHeaders,
            PassRequestHeaders = level.Get(passRequestHeaders),
            PassRequestBody = level.Get(passRequestBody),
            HiddenHeaders = HiddenOf(level, outer),
            Redirects = rewrites,
            CookieDomains = cookieDomains.Resolve(level, outer?.CookieDomains),
            CookiePaths = cookiePaths.Resolve(level, outer?.CookiePaths),
            ConnectTimeoutMs = level.Get(connectTimeout),
            SendTimeoutMs = level.Get(sendTimeout),
            ReadTimeoutMs = level.Get(readTimeout),
            Buffering = level.Get(buffering),
            BufferSize = buffers.First,
            BuffersCount = buffers.Count,
            BuffersSize = buffers.Size,
            BusyBuffersSize = buffers.Busy,
            RequestBuffering = level.Get(requestBuffering),
            IgnoreClientAbort = level.Get(ignoreClientAbort),
            InterceptErrors = level.Get(interceptErrors),
            NextUpstream = nextUpstream.Resolve(level),
            NextUpstreamTries = level.Get(nextUpstreamTries),
            NextUpstreamTimeoutMs = level.Get(nextUpstreamTimeout),
            Bind = level.Get(bind).Value,
            SocketKeepalive = level.Get(socketKeepalive),
            Upgrade = level.Get(upgrade),
        };
    }

    /// <summary>Notes the variables of the body that a server or location has.</summary>
    static void UseBody(BuildContext build, Level level, DirectiveNode http)
    {
        if (level.NodeOf(setBody) is not { } node)
            return;
        var (text, error) = level.Get(setBody);
        build.UseVariables(text, node, arg: 0);
        if (error is not null)
            build.FailAtEnd(http, node, error);
    }

    static Template? OrNull(Level level, Setting<Template> setting) =>
        level.NodeOf(setting) is null ? null : level.Get(setting);

    /// <summary>
    /// What the level writes; else what its outer level has, be it written or made there; else
    /// the default that the location's own URL gives.
    /// </summary>
    static ImmutableArray<ProxyRedirect> RedirectsOf(
        Level level, ProxySettings? outer, ProxyPassDraft? pass)
    {
        bool isOff = redirects.IsOff(level);
        var inherited = redirects.Resolve(level, outer?.Redirects);
        return isOff || inherited.Length > 0 || pass is null || pass.IsVariable
            ? inherited
            : [pass.DefaultRedirect()];
    }

    static FrozenSet<string> HiddenOf(Level level, ProxySettings? outer)
    {
        if (outer is not null && !level.Writes(hideHeaders) && !level.Writes(passHeaders))
            return outer.HiddenHeaders;

        var hidden = new HashSet<string>(ProxyHeaders.HiddenByDefault);
        hidden.UnionWith(level.GetAll(hideHeaders).Select(name => name.ToLowerAscii()));
        hidden.ExceptWith(level.GetAll(passHeaders).Select(name => name.ToLowerAscii()));
        return hidden.ToFrozenSet(StringComparer.Ordinal);
    }
}

/// <summary>A <c>proxy_bind</c> directive; no value when it is <c>off</c>.</summary>
readonly record struct BindValue(ProxyBind? Value);
