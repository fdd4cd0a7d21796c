using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Logs;

/// <summary>Where log lines go, and when. Each claim holds for nginx as well.</summary>
public sealed class LogTests : IDisposable
{
    readonly IPEndPoint address = new(Loopback.Host(23), Loopback.FreePort(Loopback.Host(23)));
    readonly HttpClient http = new() { Timeout = Patience.Event };

    public void Dispose() => http.Dispose();

    public static TheoryData<ProxyKind> Kinds =>
        [ProxyKind.Nginx, ProxyKind.Epoll, ProxyKind.Sockets];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Messages_to_syslog_are_the_same(ProxyKind kind)
    {
        using var server = new SyslogServer(new IPEndPoint(IPAddress.Loopback, 0));
        await using var proxy = await StartAsync(kind, "log_format f 'line $status \\$uri\"';",
            $"access_log syslog:server={server.EndPoint} f;"
            + $"access_log syslog:server={server.EndPoint},facility=user,severity=debug,tag=A_9 f;"
            + $"access_log syslog:server={server.EndPoint},nohostname,tag= f;");
        await AskAsync("/there");
        await server.ReceivesAsync(3);

        string host = Regex.Escape(Dns.GetHostName().ToLowerInvariant());
        const string Time = @"\w{3} [ \d]\d \d\d:\d\d:\d\d";
        Assert.Collection(server.Messages,
            text => Assert.Matches($@"\A<190>{Time} {host} nginx: line 200 \\/there""\z", text),
            text => Assert.Matches($@"\A<15>{Time} {host} A_9: line 200 \\/there""\z", text),
            text => Assert.Matches($@"\A<190>{Time} : line 200 \\/there""\z", text));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Error_logs_go_to_syslog_with_their_severity(ProxyKind kind)
    {
        string path = Path.Combine(Path.GetTempPath(), $"sluice-syslog-{Random.Shared.Next()}");
        using var server = new SyslogServer(new UnixDomainSocketEndPoint(path));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        await using var proxy = await StartAsync(kind, "",
            $"error_log syslog:server=unix:{path},severity=debug,tag=e; access_log off;"
            + "location /missing { root %prefix%; }");
        await AskAsync("/missing");
        await server.ReceivesAsync(1);

        Assert.Matches(
            @"\A<187>\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ e: \d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[error\] "
            + @"\d+#\d+: \*\d+ open\(\) ""\S+/missing"" failed \(2: No such file or directory\), "
            + @"client: \S+, server: , request: ""GET /missing HTTP/1.1"", host: ""\S+""\z",
            server.Messages[0]);
        File.Delete(path);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_syslog_server_that_is_not_there_holds_nobody(ProxyKind kind)
    {
        int port = Loopback.FreePort(IPAddress.Loopback);
        await using var proxy = await StartAsync(kind, "",
            $"access_log syslog:server=127.0.0.1:{port}; access_log syslog:server=unix:/nowhere;");
        for (int i = 0; i < 20; i++)
            await AskAsync("/");

        await proxy.LogsAsync(kind == ProxyKind.Nginx ? "(2: No" : "unix:/nowhere\" failed");
        using var server = new SyslogServer(new IPEndPoint(IPAddress.Loopback, port));
        await Patience.ForAsync(
            () =>
            {
                _ = http.GetAsync($"http://{address}/");
                return server.Messages.Length > 0;
            },
            () => "a message for the server that came");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_buffered_log_is_written_in_whole_buffers(ProxyKind kind)
    {
        await using var proxy = await StartAsync(kind, "log_format f '0123456789';",
            "access_log %prefix%/logs/a.log f buffer=40;");
        for (int i = 0; i < 3; i++)
            await AskAsync("/");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal("", proxy.ReadLog("a.log"));

        await AskAsync("/");
        await proxy.LogsAsync("0123456789", "a.log");

        Assert.Equal(3, proxy.Lines("a.log").Length);
        proxy.Signal(Signals.Quit);
        await proxy.ExitAsync();
        Assert.Equal(4, proxy.Lines("a.log").Length);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_buffered_log_is_written_when_its_time_is_over(ProxyKind kind)
    {
        await using var proxy = await StartAsync(kind, "",
            "access_log %prefix%/logs/a.log combined buffer=64k flush=1500ms;");
        await AskAsync("/one");
        await AskAsync("/two");
        Assert.Equal("", proxy.ReadLog("a.log"));

        await proxy.LogsAsync("/two", "a.log");

        Assert.Equal(2, proxy.Lines("a.log").Length);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_buffered_log_is_written_before_its_file_is_opened_anew(ProxyKind kind)
    {
        await using var proxy = await StartAsync(kind, "",
            "access_log %prefix%/logs/a.log combined buffer=64k;");
        await AskAsync("/one");
        // The line of a request is there when the next one on its connection is answered.
        await AskAsync("/two");
        string path = Path.Combine(proxy.Prefix, "logs", "a.log");
        File.Move(path, path + ".1");
        proxy.Signal(Signals.Usr1);

        await proxy.LogsAsync("/one", "a.log.1");
        Assert.Equal("", proxy.ReadLog("a.log"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_compressed_log_is_a_row_of_gzip_files(ProxyKind kind)
    {
        await using var proxy = await StartAsync(kind, "log_format f '0123456789';",
            "access_log %prefix%/logs/a.log f gzip buffer=40 flush=200ms;");
        for (int i = 0; i < 9; i++)
            await AskAsync("/");
        proxy.Signal(Signals.Quit);
        await proxy.ExitAsync();

        using var gzip = new GZipStream(
            File.OpenRead(Path.Combine(proxy.Prefix, "logs", "a.log")), CompressionMode.Decompress);
        string text = await new StreamReader(gzip).ReadToEndAsync(
            TestContext.Current.CancellationToken);
        Assert.Equal(9, text.Split("0123456789\n").Length - 1);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_log_with_variables_is_written_when_the_root_is_there(ProxyKind kind)
    {
        await using var proxy = await StartAsync(kind, "log_format f '$uri';",
            "root %prefix%/html/$arg_root; access_log %prefix%/logs/$arg_name.log f;");
        Directory.CreateDirectory(Path.Combine(proxy.Prefix, "html", "here"));
        File.WriteAllText(Path.Combine(proxy.Prefix, "html", "file"), "");
        await AskAsync("/a?root=gone&name=a");
        await AskAsync("/b?root=file&name=b");
        await AskAsync("/c?root=here&name=c");

        await proxy.LogsAsync("/c", "c.log");
        await proxy.LogsAsync("html/gone\" existence failed (2: No such file or directory)");
        await proxy.LogsAsync("html/file\" existence failed (20: Not a directory)");
        Assert.Equal("", proxy.ReadLog("a.log") + proxy.ReadLog("b.log"));
        Assert.Equal(
            ["c.log"],
            Directory.GetFiles(Path.Combine(proxy.Prefix, "logs"), "?.log")
                .Select(Path.GetFileName));
    }

    /// <summary>nginx logs nothing of what TERM cuts off.</summary>
    [Theory]
    [InlineData(ProxyKind.Nginx, 0)]
    [InlineData(ProxyKind.Epoll, 1)]
    [InlineData(ProxyKind.Sockets, 1)]
    public async Task What_a_stop_cuts_off_is_logged(ProxyKind kind, int linesCount)
    {
        await using var backend = Backend.Start(
            connection => connection.Received.EndAsync(Patience.Program));
        await using var proxy = await StartAsync(
            kind, "", $"location /slow {{ proxy_pass http://{backend.Endpoint}; }}");
        using var client = await RawClient.ConnectAsync(address);
        await client.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
        await Patience.ForAsync(() => backend.Accepted == 1, () => "the request at the backend");
        proxy.Signal(Signals.Term);
        await proxy.ExitAsync();

        Assert.Equal(linesCount, proxy.AccessLog.Length);
        Assert.All(proxy.AccessLog, line => Assert.Contains("\"GET /slow HTTP/1.1\" 499 0 ", line));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Connections_are_counted_as_stub_status_does(ProxyKind kind)
    {
        await using var backend = EchoBackend.Start();
        const string Counts = "$connections_active $connections_reading $connections_writing "
            + "$connections_waiting";
        await using var proxy = await StartAsync(kind, $"log_format f \"{Counts}\";",
            $"location /counts {{ return 200 \"{Counts}\"; }}"
            + "location /ws { access_log %prefix%/logs/a.log f; proxy_http_version 1.1;"
            + "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
            + $"proxy_pass http://{backend.Endpoint}; }}");
        await CountsAsync("1 0 1 0");
        using var silent = await RawClient.ConnectAsync(address);
        await CountsAsync("2 0 1 1");
        using var reading = await RawClient.ConnectAsync(address);
        await reading.SendAsync("GET / HTTP/1.1\r\nHo"u8.ToArray());
        await CountsAsync("3 1 1 1");
        using var tunnel = await RawClient.ConnectAsync(address);
        await tunnel.SendAsync(System.Text.Encoding.ASCII.GetBytes(
            "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        Assert.True(await tunnel.Received.HasAsync("101", Patience.Event));
        await CountsAsync("4 1 2 1");
        reading.Dispose();
        silent.Dispose();
        await CountsAsync("2 0 2 0");
        tunnel.Dispose();
        await CountsAsync("1 0 1 0");
        // The asking client waits; a request is over when its line is written.
        await proxy.LogsAsync("2 0 0 1", "a.log");
    }

    async Task CountsAsync(string expected)
    {
        string counts = "";
        await Patience.ForAsync(
            () => expected == (counts = http.GetStringAsync($"http://{address}/counts").Result),
            () => $"{expected}, last {counts}");
    }

    async Task AskAsync(string target)
    {
        using var answer = await http.GetAsync($"http://{address}{target}");
        await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }

    Task<ProxyProcess> StartAsync(ProxyKind kind, string logging, string server) =>
        ProxyProcess.StartAsync(kind, $$"""
            worker_processes 1;
            pid %prefix%/logs/nginx.pid;
            error_log %prefix%/logs/error.log warn;
            events { }
            http {
                access_log %prefix%/logs/access.log;
                {{logging}}
                server {
                    listen {{address}};
                    {{server}}
                    location / { return 200 "x"; }
                }
            }
            """, [address]);
}
