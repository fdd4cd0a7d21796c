using System.Net.Sockets;
using Sluice.Config.Model;

namespace Sluice.Unit.Config.Model;

/// <summary>What upstream blocks, maps, logs and the main level become.</summary>
public class UpstreamModelTests
{
    static UpstreamConfig Group(string body) =>
        Sample.Http($"upstream g {{ {body} }}").Upstreams["g"];

    [Fact]
    public void A_server_has_its_parameters()
    {
        var server = Group("server 192.0.2.1:81 weight=5 max_fails=0 fail_timeout=1m max_conns=3 "
            + "backup down; server 192.0.2.2;").Servers[0];
        Assert.Equal("192.0.2.1:81", server.Text);
        Assert.Equal((5, 0, 60, 3), (server.Weight, server.MaxFails, server.FailTimeoutSeconds,
            server.MaxConns));
        Assert.True(server.Backup && server.Down);
        Assert.Equal("t.conf:5", server.Position.ToString());
    }

    [Fact]
    public void A_server_without_parameters_has_nginxs_defaults()
    {
        var server = Group("server 192.0.2.1;").Servers.Single();
        Assert.Equal((1, 1, 10, 0), (server.Weight, server.MaxFails, server.FailTimeoutSeconds,
            server.MaxConns));
        Assert.False(server.Backup || server.Down);
        Assert.Equal("192.0.2.1:80", server.Addresses.Single().Text);
    }

    [Fact]
    public void A_name_has_all_its_addresses_in_order()
    {
        var group = Group("server localhost:81; server two.test; server unix:/run/x;");
        Assert.Equal(["127.0.0.1:81", "[::1]:81"], group.Servers[0].Addresses.Select(x => x.Text));
        Assert.Equal(["192.0.2.1:80", "192.0.2.2:80"],
            group.Servers[1].Addresses.Select(x => x.Text));
        var socket = group.Servers[2].Addresses.Single();
        Assert.Equal("unix:/run/x", socket.Text);
        Assert.Equal("/run/x", Assert.IsType<UnixDomainSocketEndPoint>(socket.EndPoint).ToString());
    }

    [Fact]
    public void Groups_have_their_ways_to_choose()
    {
        static Balancer Of(string method) => Group(method + " server 192.0.2.1;").Balancer;
        Assert.IsType<RoundRobinBalancer>(Of(""));
        Assert.IsType<IpHashBalancer>(Of("ip_hash;"));
        Assert.IsType<LeastConnBalancer>(Of("least_conn;"));
        Assert.Equal(new RandomBalancer(false), Of("random;"));
        Assert.Equal(new RandomBalancer(true), Of("random two least_conn;"));
        var hash = Assert.IsType<HashBalancer>(Of("hash $http_x consistent;"));
        Assert.Equal(("$http_x", true), (hash.Key.Source, hash.Consistent));
        Assert.False(Assert.IsType<HashBalancer>(Of("hash $http_x;")).Consistent);
    }

    [Fact]
    public void Idle_connections_are_kept_as_written()
    {
        var group = Group("server 192.0.2.1; keepalive 5; keepalive_requests 6; "
            + "keepalive_timeout 7; keepalive_time 8; zone z 64k;");
        Assert.Equal((5, 6, 7_000, 8_000), (group.Keepalive, group.KeepaliveRequests,
            group.KeepaliveTimeoutMs, group.KeepaliveTimeMs));
        Assert.Equal("z", group.ZoneName);
        Assert.Equal(0, Group("server 192.0.2.1; keepalive 0;").Keepalive);
        Assert.Equal(3, Group("server 192.0.2.1; keepalive 3 local;").Keepalive);
    }

    [Fact]
    public void Idle_connections_are_kept_as_nginx_1_31_does_by_default()
    {
        var http = Sample.Http("upstream g { server 192.0.2.1; } "
            + "server { location / { proxy_pass http://192.0.2.1; } }");
        Assert.All(http.AllUpstreams, group => Assert.Equal((32, 1000, 60_000, 3_600_000),
            (group.Keepalive, group.KeepaliveRequests, group.KeepaliveTimeoutMs,
            group.KeepaliveTimeMs)));
        Assert.Equal(2, http.AllUpstreams.Length);
    }

    [Fact]
    public void A_map_has_its_keys_by_kind()
    {
        var map = Sample.Http("map $Http_Host $Name { hostnames; volatile; default d$uri; "
            + "A.B 1; *.C 2; .d 3; e.* 4; ~^F(?<g>.) $g; ~*h 6; \\default 7; \"\" 8; }").Maps[0];
        Assert.Equal(("$Http_Host", "name", "d$uri"),
            (map.Source.Source, map.Variable, map.Default.Source));
        Assert.True(map.Volatile && map.Hostnames);
        Assert.Equal(["", "a.b", "d", "default"], map.Exact.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([".c", ".d"], map.Leading.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["e."], map.Trailing.Keys);
        Assert.DoesNotMatch(map.Regexes[0].Pattern.Regex, "fx");
        Assert.Matches(map.Regexes[1].Pattern.Regex, "H");
        Assert.Equal("$g", map.Regexes[0].Value.Source);
    }

    [Fact]
    public void A_map_without_hostnames_takes_wildcards_as_they_are()
    {
        var map = Sample.Http("map $host $a { *.c 2; }").Maps[0];
        Assert.Equal("2", map.Exact["*.c"].Source);
        Assert.Equal("", map.Default.Source);
    }

    [Fact]
    public void Of_two_maps_of_a_variable_the_last_counts()
    {
        var maps = Sample.Http("map $uri $a { x 1; } map $host $A { x 2; }").Maps;
        Assert.Equal("$host", maps.Single().Source.Source);
    }

    [Fact]
    public void A_format_joins_its_strings()
    {
        var format = Sample.Http("log_format f escape=json '$status ' \"x$uri\" ${pid}y;")
            .LogFormats["f"];
        Assert.Equal(LogEscape.Json, format.Escape);
        Assert.Equal("$status x$uri${pid}y", format.Line.Source);
        Assert.Equal(6, format.Line.Parts.Length);
    }

    [Fact]
    public void A_log_has_file_format_condition_and_buffer()
    {
        var http = Sample.Http("log_format f x; server { access_log a/$host.log f if=$uri; "
            + "access_log /b F buffer=4k flush=5s; }");
        var logs = http.Servers[0].Root.Core.AccessLogs;
        Assert.Equal("/srv/a/$host.log", logs[0].Path.Source);
        Assert.Equal("$uri", logs[0].If?.Source);
        Assert.Same(http.LogFormats["f"], logs[1].Format);
        Assert.Equal((4096, 5_000), (logs[1].BufferSize, logs[1].FlushMs));
    }

    [Fact]
    public void Logs_without_directives_are_nginxs_default_files()
    {
        var core = Sample.Config("events {} http { server { } }").Http!.Servers[0].Root.Core;
        Assert.Equal("/srv/logs/access.log", core.AccessLogs.Single().Path.Source);
        Assert.Equal("combined", core.AccessLogs.Single().Format.Name);
        Assert.Equal("/srv/logs/error.log", core.ErrorLogs.Single().Path);
        Assert.Equal(LogLevel.Error, core.ErrorLogs.Single().Level);
    }

    [Fact]
    public void The_error_log_of_the_main_level_is_that_of_servers_without_one()
    {
        var config = Sample.Config("events {} http { server { } } error_log stderr info;");
        Assert.Null(config.ErrorLogs.Single().Path);
        Assert.Equal(LogLevel.Info, config.Http!.Servers[0].Root.Core.ErrorLogs.Single().Level);
    }

    [Theory]
    [InlineData("debug_http", LogLevel.Debug)]
    [InlineData("crit", LogLevel.Crit)]
    public void An_error_log_has_a_level(string word, LogLevel level)
    {
        var log = Sample.Config($"events {{}} error_log x.log {word};").ErrorLogs.Single();
        Assert.Equal((level, "/srv/x.log"), (log.Level, log.Path));
    }

    [Fact]
    public void The_main_level_has_its_settings()
    {
        var config = Sample.Config("worker_processes 3; worker_rlimit_nofile 9; pid run/x.pid; "
            + "daemon on; master_process off; worker_shutdown_timeout 5s; env A; env B=c=d; "
            + "user u g; pcre_jit on; events { worker_connections 7; use epoll; } "
            + "http { sendfile on; server { tcp_nopush on; listen 81 deferred; } }");
        Assert.Equal((3, 7, 9), (config.WorkerProcesses, config.WorkerConnections,
            config.RlimitNofile));
        Assert.Equal("/srv/run/x.pid", config.PidPath);
        Assert.True(config.Daemon);
        Assert.False(config.MasterProcess);
        Assert.Equal(5_000, config.ShutdownTimeoutMs);
        Assert.Equal([new EnvVariable("A", null), new EnvVariable("B", "c=d")], config.Env);
        Assert.Equal(("u", "g"), (config.User?.Name, config.User?.Group));
        Assert.Equal(["listen ... deferred", "pcre_jit", "sendfile", "tcp_nopush", "use", "user"],
            config.IgnoredTuning.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_main_level_without_directives_has_nginxs_defaults_and_stays_in_front()
    {
        var config = Sample.Config("events {}");
        Assert.Equal((1, 512, null), (config.WorkerProcesses, config.WorkerConnections,
            config.RlimitNofile));
        Assert.Equal("/srv/logs/nginx.pid", config.PidPath);
        Assert.False(config.Daemon);
        Assert.Null(config.ShutdownTimeoutMs);
        Assert.Null(config.Http);
        Assert.Empty(config.Listens);
        Assert.Equal(6, Sample.Config("worker_processes auto; events {}").WorkerProcesses);
        Assert.Equal("t.conf", config.Files.Single().Path);
    }
}
