using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Load;

/// <summary>The end of a gateway, and logs that are renamed under it.</summary>
public class DrainTests
{
    public static TheoryData<ProxyKind> Loops => LoadGateway.Loops;

    [Theory, MemberData(nameof(Loops))]
    public async Task Quit_lets_tunnels_run_out(ProxyKind loop)
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(loop, $"server {backend.Endpoint};");
        var (tunnel, _) = await gateway.OpenTunnelAsync();
        using var idle = await RawClient.ConnectAsync(gateway.Endpoint);
        await idle.ExchangeAsync("GET /generation HTTP/1.1\r\nHost: a\r\n\r\n");

        gateway.Proxy.Signal(Signals.Quit);
        await Patience.ForAsync(
            () => !Loopback.Accepts(gateway.Endpoint), () => "the listener to close");
        Assert.True(await idle.Received.EndAsync(Patience.Event), "the idle connection to close");
        await EchoAsync(tunnel);
        Assert.False(gateway.Proxy.HasExited);

        await tunnel.CloseAsync();
        Assert.Equal(0, await gateway.Proxy.ExitAsync());
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task Quit_ends_tunnels_at_worker_shutdown_timeout(ProxyKind loop)
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};", "worker_shutdown_timeout 1s;");
        var (tunnel, _) = await gateway.OpenTunnelAsync();
        var start = TimeProvider.System.GetTimestamp();
        gateway.Proxy.Signal(Signals.Quit);
        await EchoAsync(tunnel);
        Assert.True(await tunnel.Received.EndAsync(Patience.Event), "the tunnel to end");
        Assert.True(TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromMilliseconds(800));
        Assert.Equal(0, await gateway.Proxy.ExitAsync());
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task Quit_finishes_the_request_under_way(ProxyKind loop)
    {
        var gate = new TaskCompletionSource();
        await using var backend = Backend.Start(async connection =>
        {
            await connection.RequestAsync();
            await gate.Task;
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
        });
        await using var gateway = await LoadGateway.StartAsync(loop, $"server {backend.Endpoint};");
        using var client = await RawClient.ConnectAsync(gateway.Endpoint);
        await client.SendAsync("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
        await Patience.ForAsync(() => backend.Accepted == 1, () => "the request at the backend");
        gateway.Proxy.Signal(Signals.Quit);
        await Patience.ForAsync(
            () => !Loopback.Accepts(gateway.Endpoint), () => "the listener to close");
        gate.SetResult();
        var response = await client.ResponseAsync();
        Assert.Equal("late", response?.Text);
        Assert.True(await client.Received.EndAsync(Patience.Event), "the connection to close");
        Assert.Equal(0, await gateway.Proxy.ExitAsync());
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task Term_ends_everything_at_once(ProxyKind loop)
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(loop, $"server {backend.Endpoint};");
        var (tunnel, _) = await gateway.OpenTunnelAsync();
        gateway.Proxy.Signal(Signals.Term);
        Assert.True(await tunnel.Received.EndAsync(Patience.Event), "the tunnel to end");
        Assert.Equal(0, await gateway.Proxy.ExitAsync());
        Assert.False(File.Exists(Path.Combine(gateway.Proxy.Prefix, "logs", "nginx.pid")));
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task A_tunnel_is_logged_when_a_drain_ends_it(ProxyKind loop)
    {
        var prefix = ProxyProcess.NewPrefix();
        try
        {
            await using var backend = EchoBackend.Start();
            await using (var gateway = await LoadGateway.StartAsync(
                loop, $"server {backend.Endpoint};", "worker_shutdown_timeout 1s;",
                "access_log logs/access.log;", new ProxySetup { Prefix = prefix }))
            {
                await gateway.OpenTunnelAsync();
                gateway.Proxy.Signal(Signals.Quit);
                Assert.Equal(0, await gateway.Proxy.ExitAsync());
            }
            Assert.Contains(
                "\"GET /ws/one HTTP/1.1\" 101 ",
                File.ReadAllText(Path.Combine(prefix, "logs", "access.log")));
        }
        finally
        {
            Directory.Delete(prefix, recursive: true);
        }
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task Reopening_after_a_rename_loses_no_line(ProxyKind loop)
    {
        const int requests = 400;
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};", http: "access_log logs/access.log;");
        var log = Path.Combine(gateway.Proxy.Prefix, "logs", "access.log");
        for (var request = 0; request < requests; request++)
        {
            await gateway.GetAsync($"/{request}");
            if (request % 100 == 50)
            {
                File.Move(log, $"{log}.{request}");
                gateway.Proxy.Signal(Signals.Usr1);
                await Patience.ForAsync(() => File.Exists(log), () => "a new access log");
            }
        }
        await Patience.ForAsync(
            () => Directory.GetFiles(Path.GetDirectoryName(log)!, "access.log*")
                .Sum(file => gateway.Proxy.Lines(Path.GetFileName(file)).Length) == requests,
            () => $"{requests} lines in all files together");
    }

    static async Task EchoAsync(RawClient tunnel)
    {
        await tunnel.SendAsync(new byte[] { 0x82, 0x83, 0, 0, 0, 0, 1, 2, 3 });
        Assert.True(await tunnel.Received.HasAsync("\x82\x03\x01\x02\x03", Patience.Event));
    }
}
