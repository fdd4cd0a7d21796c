using System.Net;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Load;

/// <summary>As a user who is not root: what works, and what is said about the rest.</summary>
public class OtherUserTests
{
    static readonly string[] nobody = Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        : [];

    public static TheoryData<ProxyKind> Loops => LoadGateway.Loops;

    [Theory, MemberData(nameof(Loops))]
    public async Task It_serves_reloads_and_ends(ProxyKind loop)
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};", "user nobody;",
            "access_log logs/access.log;", new ProxySetup { RunAs = nobody });
        Assert.DoesNotContain(
            "Uid:\t0", File.ReadAllText($"/proc/{gateway.Proxy.Pid}/status"));
        await using var crowd = await TunnelCrowd.OpenAsync(
            gateway.Endpoint, 20, TimeSpan.FromMilliseconds(5));
        await gateway.ReloadAsync();
        await crowd.RoundAsync();
        Assert.Empty(await crowd.StopAsync());
        await gateway.Proxy.LogsAsync("GET /generation", "access.log");
        gateway.Proxy.Signal(Signals.Quit);
        await crowd.DisposeAsync();
        Assert.Equal(0, await gateway.Proxy.ExitAsync());
    }

    /// <summary>A body beyond the memory for it goes to a temporary file, wherever that may be.</summary>
    [Theory, MemberData(nameof(Loops))]
    public async Task It_buffers_a_body_in_a_file(ProxyKind loop)
    {
        var received = 0;
        await using var backend = Backend.Start(async connection =>
        {
            received = (await connection.RequestAsync())!.Body.Length;
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};", setup: new ProxySetup { RunAs = nobody });
        using var client = await RawClient.ConnectAsync(gateway.Endpoint);
        var body = new string('x', 500_000);
        var response = await client.ExchangeAsync(
            $"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.Equal((200, body.Length), (response.Status, received));
    }

    [Fact]
    public async Task A_port_of_the_system_is_refused_by_name()
    {
        // The first port that everybody may bind; in some containers that is every port.
        const string firstFree = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
        var port = int.Parse(File.ReadAllText(firstFree)) - 1;
        if (port <= 0)
            return;
        var address = new IPEndPoint(Loopback.Host(31), Math.Min(port, 99));
        Assert.Contains(
            $"nginx: [emerg] bind() to {address} failed (13: Permission denied)",
            await RefusalAsync(address, "pid logs/nginx.pid;", "access_log off;"));
    }

    [Fact]
    public async Task A_log_that_may_not_be_written_is_refused_by_name() =>
        Assert.Contains(
            "nginx: [emerg] open() \"/proc/version\" failed (13: Permission denied)",
            await RefusalAsync(FreeAddress(), "pid logs/nginx.pid;", "access_log /proc/version;"));

    [Fact]
    public async Task A_pid_file_that_may_not_be_written_is_refused_by_name() =>
        Assert.Contains(
            "nginx: [emerg] open() \"/etc/sluice.pid\" failed (13: Permission denied)",
            await RefusalAsync(FreeAddress(), "pid /etc/sluice.pid;", "access_log off;"));

    static IPEndPoint FreeAddress() =>
        new(Loopback.Host(31), Loopback.FreePort(Loopback.Host(31)));

    /// <summary>What a gateway says that starts and has to end at once.</summary>
    static async Task<string> RefusalAsync(IPEndPoint address, string main, string http)
    {
        try
        {
            await using var proxy = await ProxyProcess.StartAsync(
                ProxyKind.Epoll,
                $"error_log logs/error.log;\n{main}\nevents {{ }}\n"
                + $"http {{ {http} server {{ listen {address}; }} }}\n",
                [address],
                new ProxySetup { RunAs = nobody });
            Assert.Equal(1, await proxy.ExitAsync());
            return proxy.Errors;
        }
        catch (ProxyStartException refused)
        {
            return refused.Message;
        }
    }
}
