using Sluice.Config.Model;

namespace Sluice.Unit.Config.Model;

/// <summary>What proxy_pass and the directives around it become.</summary>
public class ProxyModelTests
{
    static ProxyPassConfig Pass(string url) =>
        Sample.Location($"proxy_pass {url};").ProxyPass!;

    [Theory]
    [InlineData("http://192.0.2.1", "192.0.2.1", null, "192.0.2.1", "80")]
    [InlineData("http://192.0.2.1:80", "192.0.2.1:80", null, "192.0.2.1", "80")]
    [InlineData("http://192.0.2.1:81/", "192.0.2.1:81", "/", "192.0.2.1:81", "81")]
    [InlineData("HTTP://localhost:81/a/b?c", "localhost:81", "/a/b?c", "localhost:81", "81")]
    [InlineData("http://192.0.2.1?c", "192.0.2.1", "/?c", "192.0.2.1", "80")]
    [InlineData("http://[::1]:81/x", "[::1]:81", "/x", "[::1]:81", "81")]
    [InlineData("http://unix:/run/x", "unix:/run/x", null, "localhost", "")]
    [InlineData("http://unix:/run/x:/y", "unix:/run/x", "/y", "localhost", "")]
    public void A_url_is_taken_apart(
        string url, string hostPort, string? uri, string proxyHost, string proxyPort)
    {
        var pass = Pass(url);
        Assert.False(pass.IsVariable);
        Assert.Equal(("http", hostPort, uri), (pass.Scheme, pass.HostPort, pass.UriPart));
        Assert.Equal((proxyHost, proxyPort), (pass.ProxyHost, pass.ProxyPort));
        Assert.True(pass.Upstream!.IsImplicit);
    }

    [Fact]
    public void A_url_with_variables_is_left_for_requests()
    {
        var pass = Pass("http://$http_x/a");
        Assert.True(pass.IsVariable);
        Assert.Null(pass.Upstream);
        Assert.Null(pass.UriPart);
        Assert.Equal("http://$http_x/a", pass.Url.Source);
    }

    [Fact]
    public void A_url_names_a_block_whatever_its_case_and_wherever_it_stands()
    {
        var http = Sample.Http("server { location / { proxy_pass http://GROUP/x; } } "
            + "upstream group { server 192.0.2.1:9; }");
        var pass = http.Servers[0].Locations[0].ProxyPass!;
        Assert.Same(http.Upstreams["Group"], pass.Upstream);
        Assert.False(pass.Upstream!.IsImplicit);
        Assert.Equal("GROUP", pass.ProxyHost);
    }

    [Fact]
    public void Urls_with_one_host_and_port_share_a_group()
    {
        var http = Sample.Http("server { location /a { proxy_pass http://localhost:9; } "
            + "location /b { proxy_pass http://LOCALHOST:9/x; } "
            + "location /c { proxy_pass http://localhost:8; } }");
        var passes = http.Servers[0].Locations.Select(x => x.ProxyPass!.Upstream).ToList();
        Assert.Same(passes[0], passes[1]);
        Assert.NotSame(passes[0], passes[2]);
        Assert.Equal(["localhost:9", "localhost:8"], http.AllUpstreams.Select(x => x.Name));
        Assert.Equal([9, 8], http.AllUpstreams.Select(x => x.Port));
        Assert.Empty(http.Upstreams);
    }

    [Fact]
    public void Default_headers_are_those_of_nginx_1_31()
    {
        var headers = Sample.Location("").Proxy.SetHeaders;
        Assert.Equal(
            [
                "Host: ", "Connection: ", "Proxy-Connection: ",
                "Content-Length: $proxy_internal_body_length",
                "Transfer-Encoding: $proxy_internal_chunked", "TE: ", "Keep-Alive: ",
                "Expect: ", "Upgrade: ",
            ],
            headers.Select(header => $"{header.Name}: {header.Value}"));
        Assert.All(headers, header => Assert.Null(header.Position));
    }

    [Fact]
    public void Written_headers_come_after_host_and_before_the_defaults_they_leave()
    {
        var headers = Sample.Location("proxy_set_header X-A $host; "
            + "proxy_set_header connection upgrade; proxy_set_header HOST $http_host; "
            + "proxy_set_header X-B \"\";").Proxy.SetHeaders;
        Assert.Equal(
            [
                "HOST", "X-A", "connection", "X-B", "Proxy-Connection", "Content-Length",
                "Transfer-Encoding", "TE", "Keep-Alive", "Expect", "Upgrade",
            ],
            headers.Select(header => header.Name));
        Assert.Equal("$http_host", headers[0].Value.Source);
        Assert.Equal("t.conf:7", headers[1].Position.ToString());
    }

    [Theory]
    [InlineData("proxy_pass http://192.0.2.1:9;", "http://192.0.2.1:9/", "/")]
    [InlineData("proxy_pass http://192.0.2.1:9/a;", "http://192.0.2.1:9/a", "/x/")]
    [InlineData("proxy_pass http://192.0.2.1:9/a; proxy_redirect default;",
        "http://192.0.2.1:9/a", "/x/")]
    public void Redirects_of_the_peer_become_those_of_the_location(
        string directives, string prefix, string replacement)
    {
        var rule = Sample.Location(directives).Proxy.Redirects.Single();
        Assert.Equal((prefix, replacement), (rule.Prefix?.Source, rule.Replacement.Source));
    }

    [Theory]
    [InlineData("proxy_pass http://$http_x;")]
    [InlineData("proxy_pass http://192.0.2.1; proxy_redirect off;")]
    [InlineData("")]
    public void Nothing_is_redirected_with_variables_off_or_without_a_url(string directives)
    {
        Assert.Empty(Sample.Location(directives).Proxy.Redirects);
    }

    [Fact]
    public void A_nested_location_has_the_redirects_of_the_outer_one()
    {
        // nginx gives the outer location's default to the inner one, whose URL is another.
        var inner = Sample.Nested("", "", "proxy_pass http://192.0.2.1;",
            "proxy_pass http://192.0.2.2;");
        Assert.Equal("http://192.0.2.1/", inner.Proxy.Redirects.Single().Prefix?.Source);
        var regex = Sample.Server("location ~ a { proxy_pass http://192.0.2.1; }").Locations[0];
        Assert.Equal("/", regex.Proxy.Redirects.Single().Replacement.Source);
    }

    [Fact]
    public void Rewrites_are_texts_or_expressions()
    {
        var proxy = Sample.Location("proxy_redirect ~*^/(.*)$ /y/$1; proxy_redirect $scheme: /;"
            + "proxy_cookie_domain .a .b; proxy_cookie_domain ~A$ c; proxy_cookie_path /a /b;"
            + "proxy_cookie_path ~a b;").Proxy;
        Assert.Matches(proxy.Redirects[0].Pattern!.Regex, "/A");
        Assert.Null(proxy.Redirects[0].Prefix);
        Assert.Equal("$scheme:", proxy.Redirects[1].Prefix?.Source);
        Assert.Equal(("a", "b"), (proxy.CookieDomains[0].Text?.Source,
            proxy.CookieDomains[0].Replacement.Source));
        Assert.Matches(proxy.CookieDomains[1].Pattern!.Regex, "xa");
        Assert.Equal("/a", proxy.CookiePaths[0].Text?.Source);
        Assert.DoesNotMatch(proxy.CookiePaths[1].Pattern!.Regex, "A");
    }

    [Fact]
    public void Busy_buffers_are_twice_the_larger_buffer_unless_written()
    {
        var sizes = Sample.Location("proxy_buffer_size 1k; proxy_buffers 4 8k;").Proxy;
        Assert.Equal((1024, 4, 8192, 16384),
            (sizes.BufferSize, sizes.BuffersCount, sizes.BuffersSize, sizes.BusyBuffersSize));
        Assert.Equal(9000, Sample.Location("proxy_busy_buffers_size 9000;").Proxy.BusyBuffersSize);
    }

    [Fact]
    public void Bind_may_be_transparent()
    {
        static ProxyBind Bind(string args) => Sample.Location($"proxy_bind {args};").Proxy.Bind!;
        Assert.True(Bind("$remote_addr transparent").Transparent);
        Assert.False(Bind("127.0.0.1:80").Transparent);
        Assert.False(Bind("[::1]").Transparent);
    }

    [Fact]
    public void Next_upstream_has_the_conditions_written()
    {
        var all = Sample.Location("proxy_next_upstream error http_503 http_429 non_idempotent;")
            .Proxy.NextUpstream;
        Assert.Equal(NextUpstream.Error | NextUpstream.Http503 | NextUpstream.Http429
            | NextUpstream.NonIdempotent, all);
        Assert.Equal(NextUpstream.Timeout,
            Sample.Location("proxy_next_upstream updating timeout;").Proxy.NextUpstream);
    }

    [Fact]
    public void Settings_without_directives_are_nginxs_defaults()
    {
        var proxy = Sample.Location("").Proxy;
        Assert.Equal(ProxyHttpVersion.Http11, proxy.HttpVersion);
        Assert.Null(proxy.Method);
        Assert.Null(proxy.SetBody);
        Assert.True(proxy.PassRequestHeaders && proxy.PassRequestBody);
        Assert.Equal(8, proxy.HiddenHeaders.Count);
        Assert.Equal((60_000, 60_000, 60_000),
            (proxy.ConnectTimeoutMs, proxy.SendTimeoutMs, proxy.ReadTimeoutMs));
        Assert.True(proxy.Buffering && proxy.RequestBuffering);
        Assert.Equal((Sample.PageSize, 8, Sample.PageSize, 2 * Sample.PageSize),
            (proxy.BufferSize, proxy.BuffersCount, proxy.BuffersSize, proxy.BusyBuffersSize));
        Assert.False(proxy.IgnoreClientAbort || proxy.InterceptErrors || proxy.SocketKeepalive);
        Assert.Equal(NextUpstream.Error | NextUpstream.Timeout, proxy.NextUpstream);
        Assert.Equal((0, 0), (proxy.NextUpstreamTries, proxy.NextUpstreamTimeoutMs));
        Assert.Null(proxy.Bind);
        Assert.Equal(ProxyUpgrade.Auto, proxy.Upgrade);
    }
}
