using System.Net;
using System.Net.Sockets;
using Sluice.Config.Model;

namespace Sluice.Unit.Config.Model;

/// <summary>What servers, their names and their addresses become.</summary>
public class ServerModelTests
{
    static ListenConfig Listen(string parameters) =>
        Sample.Http($"server {{ listen {parameters}; }}").Listens[0];

    [Theory]
    [InlineData("8080", "0.0.0.0:8080")]
    [InlineData("*:8080", "0.0.0.0:8080")]
    [InlineData("192.0.2.7", "192.0.2.7:80")]
    [InlineData("192.0.2.7:81", "192.0.2.7:81")]
    [InlineData("[::]:8080", "[::]:8080")]
    [InlineData("[::1]", "[::1]:80")]
    [InlineData("unix:/run/x.sock", "unix:/run/x.sock")]
    public void An_address_has_the_text_nginx_gives_it(string written, string text)
    {
        var listen = Listen(written);
        Assert.Equal(text, listen.Address);
        Assert.Equal(written.StartsWith("unix:", StringComparison.Ordinal),
            listen.EndPoint is UnixDomainSocketEndPoint);
    }

    [Fact]
    public void A_name_listens_on_each_of_its_addresses_and_a_range_on_each_port()
    {
        var names = Sample.Http("server { listen localhost:81; }").Listens;
        Assert.Equal(["127.0.0.1:81", "[::1]:81"], names.Select(listen => listen.Address));
        var ports = Sample.Http("server { listen 127.0.0.1:81-83; }").Listens;
        Assert.Equal([81, 82, 83], ports.Select(listen => ((IPEndPoint)listen.EndPoint).Port));
    }

    [Fact]
    public void A_server_without_listen_has_port_80()
    {
        Assert.Equal("0.0.0.0:80", Sample.Http("server { }").Listens.Single().Address);
    }

    [Fact]
    public void Options_of_a_socket_are_kept()
    {
        var listen = Listen("[::]:80 backlog=7 reuseport ipv6only=off rcvbuf=8k sndbuf=16k "
            + "so_keepalive=30m:10:5");
        Assert.Equal(7, listen.Backlog);
        Assert.True(listen.ReusePort);
        Assert.False(listen.Ipv6Only);
        Assert.Equal(8192, listen.ReceiveBufferSize);
        Assert.Equal(16384, listen.SendBufferSize);
        var probes = new KeepaliveProbes { IdleSeconds = 1800, IntervalSeconds = 10, Count = 5 };
        Assert.Equal(probes, listen.SoKeepalive);
    }

    [Fact]
    public void Options_that_are_not_written_are_those_of_nginx_or_of_the_system()
    {
        var listen = Listen("80");
        Assert.Equal(511, listen.Backlog);
        Assert.False(listen.ReusePort);
        Assert.True(listen.Ipv6Only);
        Assert.Null(listen.ReceiveBufferSize);
        Assert.Null(listen.SendBufferSize);
        Assert.Null(listen.SoKeepalive);
    }

    [Theory]
    [InlineData("on", true, null)]
    [InlineData("off", false, null)]
    [InlineData("::4", true, 4)]
    public void Keepalive_is_on_off_or_some_of_its_three_numbers(string text, bool on, int? count)
    {
        var probes = Listen($"80 so_keepalive={text}").SoKeepalive!;
        Assert.Equal(on, probes.On);
        Assert.Equal(count, probes.Count);
        Assert.Null(probes.IdleSeconds);
    }

    [Fact]
    public void Options_written_by_one_server_hold_for_the_address()
    {
        var listen = Sample.Http("server { listen 81; server_name a; } "
            + "server { listen 81 backlog=9; server_name b; }").Listens.Single();
        Assert.Equal(9, listen.Backlog);
        Assert.Equal(2, listen.Servers.Length);
    }

    [Fact]
    public void The_first_server_of_an_address_is_the_default_unless_another_is_marked()
    {
        const string Two = "server {{ listen 81; server_name a; }} "
            + "server {{ listen 81{0}; server_name b; }}";
        string Default(string mark) => Sample.Http(string.Format(Two, mark))
            .Listens.Single().DefaultServer.FirstName;
        Assert.Equal("a", Default(""));
        Assert.Equal("b", Default(" default_server"));
        Assert.Equal("b", Default(" default"));
    }

    [Fact]
    public void Names_have_their_kinds_and_small_letters()
    {
        var names = Sample.Server("server_name A.b *.C.d .e.F www.g.* ~^H(?<i>.)$ \"\" $hostname;")
            .Names;
        Assert.Equal(["a.b", "*.c.d", ".e.f", "www.g.*", "~^H(?<i>.)$", "", "machine.test"],
            names.Select(name => name.Text));
        Assert.Equal(
            [
                ServerNameKind.Exact, ServerNameKind.LeadingWildcard,
                ServerNameKind.LeadingWildcard, ServerNameKind.TrailingWildcard,
                ServerNameKind.Regex, ServerNameKind.Empty, ServerNameKind.Exact,
            ],
            names.Select(name => name.Kind));
        Assert.Matches(names[4].Pattern!.Regex, "hx");
    }

    [Fact]
    public void A_regex_without_capitals_respects_case()
    {
        var pattern = Sample.Server("server_name ~^h$;").Names[0].Pattern!;
        Assert.Matches(pattern.Regex, "h");
        Assert.DoesNotMatch(pattern.Regex, "H");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("server_name .a.b c;", "a.b")]
    [InlineData("server_name *.a.b;", "*.a.b")]
    [InlineData("server_name ~^x$;", "~^x$")]
    public void The_first_name_is_the_variable_server_name(string names, string first)
    {
        Assert.Equal(first, Sample.Server(names).FirstName);
    }

    [Fact]
    public void Several_lines_of_names_add_up()
    {
        Assert.Equal(2, Sample.Server("server_name a; server_name b;").Names.Length);
    }

    [Fact]
    public void The_table_of_names_knows_whole_names_and_both_wildcards()
    {
        var http = Sample.Http("server { listen 81; server_name a.b .c.d *.e.f g.h.* ~^x; } "
            + "server { listen 81; server_name \"\"; }");
        var names = http.Listens.Single().Names;
        Assert.Equal(["", "a.b", "c.d"], names.Exact.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([".c.d", ".e.f"], names.Leading.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["g.h."], names.Trailing.Keys);
        Assert.Same(http.Servers[0], names.Regexes.Single().Server);
        Assert.Same(http.Servers[1], names.Exact[""]);
    }

    [Fact]
    public void Settings_of_a_server_are_inherited_from_http()
    {
        const string All = "client_header_buffer_size 2k; large_client_header_buffers 8 16k; "
            + "client_header_timeout 5s; merge_slashes off; ignore_invalid_headers off; "
            + "underscores_in_headers on;";
        foreach (var server in (ServerConfig[])
            [Sample.Server(All), Sample.Http(All + " server { }").Servers[0]])
        {
            Assert.Equal(2048, server.ClientHeaderBufferSize);
            Assert.Equal(8, server.LargeClientHeaderBuffersCount);
            Assert.Equal(16384, server.LargeClientHeaderBuffersSize);
            Assert.Equal(5000, server.ClientHeaderTimeoutMs);
            Assert.False(server.MergeSlashes);
            Assert.False(server.IgnoreInvalidHeaders);
            Assert.True(server.UnderscoresInHeaders);
        }
    }

    [Fact]
    public void Settings_of_a_server_without_directives_are_nginxs_defaults()
    {
        var server = Sample.Server("");
        Assert.Equal(1024, server.ClientHeaderBufferSize);
        Assert.Equal(4, server.LargeClientHeaderBuffersCount);
        Assert.Equal(8192, server.LargeClientHeaderBuffersSize);
        Assert.Equal(60_000, server.ClientHeaderTimeoutMs);
        Assert.True(server.MergeSlashes);
        Assert.True(server.IgnoreInvalidHeaders);
        Assert.False(server.UnderscoresInHeaders);
    }

    [Fact]
    public void Positions_are_those_of_the_directives()
    {
        var server = Sample.Server("location /a { }\nlocation /b { }");
        Assert.Equal("t.conf:5", server.Position.ToString());
        Assert.Equal("t.conf:7", server.Locations[1].Position.ToString());
    }
}
