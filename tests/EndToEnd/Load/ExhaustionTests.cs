using System.Net;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Load;

/// <summary>What runs out: heads that never end, descriptors, the disk of the logs.</summary>
[Collection(nameof(Crowds))]
public class ExhaustionTests
{
    const int SlowHeads = 10_000;
    const int OpenFiles = 300;

    public static TheoryData<ProxyKind> Loops => LoadGateway.Loops;

    [Theory, MemberData(nameof(Loops))]
    public async Task Ten_thousand_unfinished_heads_leave_room_for_others(ProxyKind loop)
    {
        Descriptors.Require(SlowHeads + 500);
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};", "worker_rlimit_nofile 20000;");
        var slow = new RawClient[SlowHeads];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, SlowHeads),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (at, _) =>
            {
                var source = new IPAddress([127, 0, 0, (byte)(10 + at / 2000)]);
                slow[at] = await RawClient.ConnectAsync(gateway.Endpoint, source);
                await slow[at].SendAsync("GET / HTTP/1.1\r\nHost: slow.test\r\nX-Slow: ");
            });

        for (var request = 0; request < 100; request++)
            Assert.Equal("plain", (await gateway.GetAsync("/")).Text);
        var (tunnel, answer) = await gateway.OpenTunnelAsync();
        Assert.Equal(101, answer.Status);
        tunnel.Dispose();

        // Each of them may still finish what it began.
        foreach (var at in new[] { 0, SlowHeads / 2, SlowHeads - 1 })
            Assert.Equal(200, (await slow[at].ExchangeAsync("end\r\n\r\n")).Status);
        foreach (var client in slow)
            client.Dispose();
        Assert.Equal("plain", (await gateway.GetAsync("/")).Text);
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task Without_descriptors_it_waits_and_then_serves_on(ProxyKind loop)
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};", $"worker_rlimit_nofile {OpenFiles};");
        var (tunnel, _) = await gateway.OpenTunnelAsync();

        var crowd = new List<RawClient>();
        for (var at = 0; at < 2 * OpenFiles; at++)
        {
            crowd.Add(await RawClient.ConnectAsync(gateway.Endpoint));
            await crowd[^1].SendAsync("GET /generation HTTP/1.1\r\nHost: load.test\r\n\r\n");
        }
        await gateway.Proxy.LogsAsync("Too many open files");
        Assert.True(crowd.Count(client => client.Received.Count > 0) < crowd.Count);

        // The tunnel that was there goes on meanwhile.
        await tunnel.SendAsync(new byte[] { 0x82, 0x83, 0, 0, 0, 0, 1, 2, 3 });
        Assert.True(await tunnel.Received.HasAsync("\x82\x03\x01\x02\x03", Patience.Event));

        foreach (var client in crowd.SkipLast(10))
            await client.CloseAsync();
        foreach (var client in crowd.TakeLast(10))
            Assert.NotNull(await client.ResponseAsync());
        await gateway.ServesAsync();
        Assert.Equal("plain", (await gateway.GetAsync("/")).Text);
        Assert.False(gateway.Proxy.HasExited);
        foreach (var client in crowd)
            client.Dispose();
        tunnel.Dispose();
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task A_full_disk_for_the_logs_stops_nobody(ProxyKind loop)
    {
        await using var backend = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {backend.Endpoint};", "error_log /dev/full info;",
            "access_log /dev/full; access_log logs/good.log;");
        await using var crowd = await TunnelCrowd.OpenAsync(
            gateway.Endpoint, 20, TimeSpan.FromMilliseconds(5));
        for (var request = 0; request < 200; request++)
            Assert.Equal("plain", (await gateway.GetAsync("/")).Text);
        await crowd.RoundAsync();
        Assert.Empty(await crowd.StopAsync());
        await Patience.ForAsync(
            () => gateway.Proxy.Lines("good.log").Count(line => line.Contains("\"GET / ")) == 200,
            () => "200 lines in the log that can be written");
    }
}
