using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Load;

/// <summary>Alone on the machine: thousands of tunnels leave no room for tests beside them.</summary>
[CollectionDefinition(nameof(Crowds), DisableParallelization = true)]
public sealed class Crowds;

[Collection(nameof(Crowds))]
public class ReloadUnderLoadTests
{
    const int Tunnels = 5000;
    const int Reloads = 50;

    public static TheoryData<ProxyKind> Loops => LoadGateway.Loops;

    [Theory, MemberData(nameof(Loops))]
    public async Task No_tunnel_of_5000_notices_50_reloads(ProxyKind loop)
    {
        Descriptors.Require(2 * Tunnels + 500);
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};");
        await using var crowd = await TunnelCrowd.OpenAsync(
            gateway.Endpoint, Tunnels, TimeSpan.FromMilliseconds(700));
        await crowd.RoundAsync();
        for (var reload = 0; reload < Reloads; reload++)
            await gateway.ReloadAsync();
        await crowd.RoundAsync();

        Assert.Empty(await crowd.StopAsync());
        Assert.Equal(Tunnels, backend.Open);
        Assert.True(crowd.Echoes >= 2 * Tunnels);
        Assert.False(gateway.Proxy.HasExited);
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task A_broken_configuration_leaves_the_old_one_and_says_why(ProxyKind loop)
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};");
        await using var crowd = await TunnelCrowd.OpenAsync(
            gateway.Endpoint, 50, TimeSpan.FromMilliseconds(10));

        gateway.Proxy.Configure("events { }\nhttp { server { nonsense on; } }\n");
        gateway.Proxy.Signal(Signals.Hup);
        await gateway.Proxy.LogsAsync("unknown directive \"nonsense\"");
        await gateway.ServesAsync();
        await crowd.RoundAsync();

        await gateway.ReloadAsync();
        await crowd.RoundAsync();
        Assert.Empty(await crowd.StopAsync());
    }

    [Fact]
    public async Task Another_number_of_workers_waits_for_the_next_start_and_says_so()
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            ProxyKind.Epoll, $"server {backend.Endpoint};");
        await gateway.ReloadAsync();
        Assert.DoesNotContain("worker_processes", gateway.Proxy.ErrorLog);

        var text = File.ReadAllText(gateway.Proxy.ConfigurationFile);
        gateway.Proxy.Configure(text.Replace("worker_processes 2;", "worker_processes 3;"));
        gateway.Proxy.Signal(Signals.Hup);
        await gateway.Proxy.LogsAsync(
            "worker_processes is 3 now, 2 serve until the next start");
        await gateway.ServesAsync();
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task A_port_that_cannot_be_bound_leaves_the_old_configuration(ProxyKind loop)
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};");
        gateway.Proxy.Configure(
            "error_log logs/error.log notice;\npid logs/nginx.pid;\nevents { }\n"
            + $"http {{ server {{ listen {backend.Endpoint}; }} }}\n");
        gateway.Proxy.Signal(Signals.Hup);
        await gateway.Proxy.LogsAsync($"bind() to {backend.Endpoint} failed");
        await gateway.ServesAsync();
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task A_peer_that_is_gone_from_the_configuration_keeps_its_tunnels(ProxyKind loop)
    {
        await using var first = EchoBackend.Start();
        await using var second = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(loop, $"server {first.Endpoint};");
        await using var crowd = await TunnelCrowd.OpenAsync(
            gateway.Endpoint, 50, TimeSpan.FromMilliseconds(10));
        gateway.Proxy.Configure(File.ReadAllText(gateway.Proxy.ConfigurationFile)
            .Replace($"server {first.Endpoint};", $"server {second.Endpoint};"));
        gateway.Proxy.Signal(Signals.Hup);
        using var patience = new CancellationTokenSource(Patience.Event);
        while (second.Accepted == 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            using var tunnel = (await gateway.OpenTunnelAsync()).Client;
        }
        await crowd.RoundAsync();
        Assert.Empty(await crowd.StopAsync());
    }
}
