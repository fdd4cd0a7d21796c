using Sluice.Config.Directives;
using Sluice.Config.Model;

namespace Sluice.Unit.Config.Model;

/// <summary>Values come from the nearest level that writes one; lists come whole or not at all.</summary>
public class InheritanceTests
{
    /// <summary>Directives with one value: two different values, and how to read them.</summary>
    static readonly (string Outer, string Inner, Func<LocationConfig, object?> Read)[] singles =
    [
        ("root /a", "root /b", x => x.Core.Root.Source),
        ("default_type a/b", "default_type c/d", x => x.Core.DefaultType),
        ("client_max_body_size 1", "client_max_body_size 2", x => x.Core.ClientMaxBodySize),
        ("client_body_buffer_size 1", "client_body_buffer_size 2",
            x => x.Core.ClientBodyBufferSize),
        ("client_body_timeout 1", "client_body_timeout 2", x => x.Core.ClientBodyTimeoutMs),
        ("send_timeout 1", "send_timeout 2", x => x.Core.SendTimeoutMs),
        ("keepalive_timeout 1", "keepalive_timeout 2", x => x.Core.KeepaliveTimeoutMs),
        ("keepalive_timeout 1 7", "keepalive_timeout 1 8", x => x.Core.KeepaliveHeaderSeconds),
        ("keepalive_requests 1", "keepalive_requests 2", x => x.Core.KeepaliveRequests),
        ("keepalive_time 1m", "keepalive_time 2m", x => x.Core.KeepaliveTimeMs),
        ("lingering_close always", "lingering_close off", x => x.Core.LingeringClose),
        ("lingering_time 1", "lingering_time 2", x => x.Core.LingeringTimeMs),
        ("lingering_timeout 1", "lingering_timeout 2", x => x.Core.LingeringTimeoutMs),
        ("reset_timedout_connection on", "reset_timedout_connection off",
            x => x.Core.ResetTimedoutConnection),
        ("tcp_nodelay off", "tcp_nodelay on", x => x.Core.TcpNodelay),
        ("absolute_redirect off", "absolute_redirect on", x => x.Core.AbsoluteRedirect),
        ("port_in_redirect off", "port_in_redirect on", x => x.Core.PortInRedirect),
        ("server_name_in_redirect on", "server_name_in_redirect off",
            x => x.Core.ServerNameInRedirect),
        ("server_tokens off", "server_tokens build", x => x.Core.ServerTokens),
        ("expires 1h", "expires 2h", x => x.Core.Expires?.Seconds),
        ("proxy_http_version 1.0", "proxy_http_version 1.1", x => x.Proxy.HttpVersion),
        ("proxy_method A", "proxy_method B", x => x.Proxy.Method?.Source),
        ("proxy_set_body a", "proxy_set_body b", x => x.Proxy.SetBody?.Source),
        ("proxy_pass_request_headers off", "proxy_pass_request_headers on",
            x => x.Proxy.PassRequestHeaders),
        ("proxy_pass_request_body off", "proxy_pass_request_body on",
            x => x.Proxy.PassRequestBody),
        ("proxy_connect_timeout 1", "proxy_connect_timeout 2", x => x.Proxy.ConnectTimeoutMs),
        ("proxy_send_timeout 1", "proxy_send_timeout 2", x => x.Proxy.SendTimeoutMs),
        ("proxy_read_timeout 1", "proxy_read_timeout 2", x => x.Proxy.ReadTimeoutMs),
        ("proxy_buffering off", "proxy_buffering on", x => x.Proxy.Buffering),
        ("proxy_buffer_size 1k", "proxy_buffer_size 2k", x => x.Proxy.BufferSize),
        ("proxy_buffers 4 8k", "proxy_buffers 5 8k", x => x.Proxy.BuffersCount),
        ("proxy_buffers 4 8k", "proxy_buffers 4 9k", x => x.Proxy.BuffersSize),
        ("proxy_busy_buffers_size 8k", "proxy_busy_buffers_size 9k", x => x.Proxy.BusyBuffersSize),
        ("proxy_request_buffering off", "proxy_request_buffering on",
            x => x.Proxy.RequestBuffering),
        ("proxy_ignore_client_abort on", "proxy_ignore_client_abort off",
            x => x.Proxy.IgnoreClientAbort),
        ("proxy_intercept_errors on", "proxy_intercept_errors off", x => x.Proxy.InterceptErrors),
        ("proxy_next_upstream off", "proxy_next_upstream error", x => x.Proxy.NextUpstream),
        ("proxy_next_upstream_tries 1", "proxy_next_upstream_tries 2",
            x => x.Proxy.NextUpstreamTries),
        ("proxy_next_upstream_timeout 1", "proxy_next_upstream_timeout 2",
            x => x.Proxy.NextUpstreamTimeoutMs),
        ("proxy_bind 127.0.0.1", "proxy_bind 127.0.0.2", x => x.Proxy.Bind?.Address.Source),
        ("proxy_socket_keepalive on", "proxy_socket_keepalive off",
            x => x.Proxy.SocketKeepalive),
        ("proxy_upgrade explicit", "proxy_upgrade auto", x => x.Proxy.Upgrade),
    ];

    /// <summary>Directives whose lines of one level are one list.</summary>
    static readonly (string Outer, string Inner, Func<LocationConfig, object> Read)[] lists =
    [
        ("index a b; index c;", "index d;", x => x.Core.IndexFiles.Select(file => file.Source)),
        ("types { a/b c; } types { d/e f; }", "types { g/h i; }",
            x => x.Core.Types.Keys.Order(StringComparer.Ordinal)),
        ("error_page 404 /a; error_page 500 502 /b;", "error_page 403 /c;",
            x => x.Core.ErrorPages.Select(page => page.Code)),
        ("add_header A 1; add_header B 2;", "add_header C 3;",
            x => x.Core.AddHeaders.Select(header => header.Name)),
        ("access_log /a; access_log /b;", "access_log /c;",
            x => x.Core.AccessLogs.Select(log => log.Path.Source)),
        ("error_log /a; error_log /b;", "error_log /c;",
            x => x.Core.ErrorLogs.Select(log => log.Path)),
        ("proxy_set_header A 1; proxy_set_header B 2;", "proxy_set_header C 3;",
            x => x.Proxy.SetHeaders.Where(h => h.Position is not null).Select(h => h.Name)),
        ("proxy_hide_header Aa; proxy_hide_header Bb;", "proxy_hide_header Cc;",
            x => x.Proxy.HiddenHeaders.Where(name => name.Length == 2)
                .Order(StringComparer.Ordinal)),
        ("proxy_pass_header Date; proxy_pass_header Server;", "proxy_pass_header X-Pad;",
            x => x.Proxy.HiddenHeaders.Intersect(["date", "server", "x-pad"])
                .Order(StringComparer.Ordinal)),
        ("proxy_redirect /a /b; proxy_redirect /c /d;", "proxy_redirect /e /f;",
            x => x.Proxy.Redirects.Select(rule => rule.Prefix?.Source)),
        ("proxy_cookie_domain a b; proxy_cookie_domain c d;", "proxy_cookie_domain e f;",
            x => x.Proxy.CookieDomains.Select(rule => rule.Text?.Source)),
        ("proxy_cookie_path /a /b; proxy_cookie_path /c /d;", "proxy_cookie_path /e /f;",
            x => x.Proxy.CookiePaths.Select(rule => rule.Text?.Source)),
        ("proxy_next_upstream error; proxy_next_upstream http_500;",
            "proxy_next_upstream timeout;", x => new[] { x.Proxy.NextUpstream }),
    ];

    public static TheoryData<int> SingleIndexes => [.. Enumerable.Range(0, singles.Length)];

    public static TheoryData<int> ListIndexes => [.. Enumerable.Range(0, lists.Length)];

    [Theory]
    [MemberData(nameof(SingleIndexes))]
    public void A_value_comes_from_the_nearest_level_that_writes_it(int index)
    {
        var (outer, inner, read) = singles[index];
        object? outerValue = read(Sample.Location(outer + ";"));
        object? innerValue = read(Sample.Location(inner + ";"));
        Assert.NotEqual(outerValue, innerValue);

        object? At(string http, string server, string location, string nested) =>
            read(Sample.Nested(http, server, location, nested));
        Assert.Equal(outerValue, At(outer + ";", "", "", ""));
        Assert.Equal(outerValue, At("", outer + ";", "", ""));
        Assert.Equal(outerValue, At("", "", outer + ";", ""));
        Assert.Equal(outerValue, At(inner + ";", outer + ";", "", ""));
        Assert.Equal(outerValue, At("", inner + ";", outer + ";", ""));
        Assert.Equal(outerValue, At("", "", inner + ";", outer + ";"));
        Assert.Equal(innerValue, At(outer + ";", outer + ";", outer + ";", inner + ";"));
    }

    [Theory]
    [MemberData(nameof(SingleIndexes))]
    public void The_default_in_the_documentation_is_the_value_without_the_directive(int index)
    {
        var (outer, _, read) = singles[index];
        string name = outer.Split(' ')[0];
        var row = DirectiveTable.Find(name, Contexts.Location)!;
        if (row.Default is not { } text)
            return;

        // Where there are two, the first is that of a machine with pages of 4 KB.
        string written = $"{name} {text.Split('|')[0]};";
        Assert.Equal(read(Sample.Location("")), read(Sample.Location(written)));
    }

    [Theory]
    [MemberData(nameof(ListIndexes))]
    public void A_list_comes_whole_from_the_nearest_level_that_writes_any_of_it(int index)
    {
        var (outer, inner, read) = lists[index];
        object Outer() => read(Sample.Location(outer));
        object Inner() => read(Sample.Location(inner));
        object At(string http, string server, string location, string nested) =>
            read(Sample.Nested(http, server, location, nested));

        Assert.NotEqual(Outer(), Inner());
        Assert.Equal(Outer(), At(outer, "", "", ""));
        Assert.Equal(Outer(), At(inner, outer, "", ""));
        Assert.Equal(Outer(), At("", inner, outer, ""));
        Assert.Equal(Inner(), At(outer, outer, outer, inner));
    }

    [Fact]
    public void A_level_that_changes_nothing_shares_the_object_of_the_level_above()
    {
        var server = Sample.Server("location /a { location /a/b { } } location /c { root /d; }");
        var (a, c) = (server.Locations[0], server.Locations[1]);
        Assert.Same(server.Root.Core, a.Core);
        Assert.Same(a.Core, a.Children[0].Core);
        Assert.Same(server.Root.Proxy, c.Proxy);
        Assert.NotSame(server.Root.Core, c.Core);
    }

    [Fact]
    public void Lists_are_inherited_by_levels_that_write_other_directives()
    {
        const string Lists = "proxy_set_header A 1; proxy_hide_header B; proxy_redirect /a /b; "
            + "proxy_cookie_domain a b; proxy_cookie_path /a /b; add_header C 1; "
            + "error_page 404 /c; access_log /c; error_log /c; index c; types { a/b c; }";
        var outer = Sample.Nested(Lists, "", "", "");
        var inner = Sample.Nested(
            Lists, "", "send_timeout 9; proxy_read_timeout 9;", "tcp_nodelay off; proxy_method X;");
        Assert.Equal((9_000, 9_000), (inner.Core.SendTimeoutMs, inner.Proxy.ReadTimeoutMs));
        foreach (var (_, _, read) in lists.Where(list => !list.Outer.StartsWith("proxy_next")))
            Assert.Equal(read(outer), read(inner));
        Assert.Equal("A", inner.Proxy.SetHeaders[1].Name);
        Assert.Equal("c", inner.Core.Types.Keys.Single());
    }

    [Fact]
    public void What_stands_behind_a_block_holds_for_it_too()
    {
        var location = Sample.Http(
            "server { location /x/ { } send_timeout 5; } proxy_read_timeout 7;")
            .Servers[0].Locations[0];
        Assert.Equal(5_000, location.Core.SendTimeoutMs);
        Assert.Equal(7_000, location.Proxy.ReadTimeoutMs);
    }

    [Fact]
    public void Steps_files_and_proxying_are_not_inherited()
    {
        var inner = Sample.Nested("", "set $a b; try_files x y;",
            "set $c d; try_files x y; proxy_pass http://127.0.0.1:1;", "");
        Assert.Empty(inner.RewriteSteps);
        Assert.Null(inner.TryFiles);
        Assert.Null(inner.ProxyPass);
    }

    [Fact]
    public void Internal_is_inherited_by_nested_locations()
    {
        Assert.True(Sample.Nested("", "", "internal;", "").Internal);
        Assert.False(Sample.Nested("", "", "", "").Internal);
    }

    [Fact]
    public void Off_cancels_the_lists_of_outer_levels()
    {
        var location = Sample.Nested(
            "access_log /a; proxy_redirect /a /b; proxy_cookie_path /a /b; expires 1h; "
            + "proxy_bind 127.0.0.1; proxy_next_upstream http_500;", "", "",
            "access_log off; proxy_redirect off; proxy_cookie_path off; expires off; "
            + "proxy_bind off; proxy_next_upstream off error;");
        Assert.Empty(location.Core.AccessLogs);
        Assert.Empty(location.Proxy.Redirects);
        Assert.Empty(location.Proxy.CookiePaths);
        Assert.Null(location.Core.Expires);
        Assert.Null(location.Proxy.Bind);
        Assert.Equal(NextUpstream.Off, location.Proxy.NextUpstream);
    }

    [Fact]
    public void Hidden_and_passed_headers_are_inherited_apart_and_make_one_set()
    {
        var hidden = Sample.Nested("proxy_hide_header Etag; proxy_pass_header Server;", "", "",
            "proxy_hide_header X-One;").Proxy.HiddenHeaders.ToHashSet();
        Assert.Contains("x-one", hidden);
        Assert.Contains("date", hidden);
        Assert.DoesNotContain("etag", hidden);
        Assert.DoesNotContain("server", hidden);
    }
}
