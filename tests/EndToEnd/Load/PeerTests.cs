using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Load;

/// <summary>Peers that die and come back.</summary>
public class PeerTests
{
    public static TheoryData<ProxyKind> Loops => LoadGateway.Loops;

    [Theory, MemberData(nameof(Loops))]
    public async Task Handshakes_fail_over_from_a_killed_peer_and_return_after_fail_timeout(
        ProxyKind loop)
    {
        var first = EchoBackend.Start();
        await using var second = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop,
            $"server {first.Endpoint} fail_timeout=2s; server {second.Endpoint} fail_timeout=2s;");
        await HandshakesAsync(gateway, 4);
        Assert.Equal(2, first.Accepted);

        await first.DisposeAsync();
        await HandshakesAsync(gateway, 6);
        var failedAt = TimeProvider.System.GetTimestamp();
        Assert.Equal(8, second.Accepted);

        await using var again = EchoBackend.Start(first.Endpoint);
        await HandshakesAsync(gateway, 4);
        // The first seconds after the failure belong to the other peer; a slow machine may be
        // past them already.
        if (TimeProvider.System.GetElapsedTime(failedAt) < TimeSpan.FromSeconds(1))
            Assert.Equal(0, again.Accepted);
        await UntilServesAsync(gateway, again);
        Assert.True(TimeProvider.System.GetElapsedTime(failedAt) > TimeSpan.FromSeconds(1));
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task A_peer_that_came_back_gets_its_share_while_its_tunnels_last(ProxyKind loop)
    {
        var first = EchoBackend.Start();
        await using var second = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop,
            $"server {first.Endpoint} fail_timeout=1s; server {second.Endpoint} fail_timeout=1s;");
        await first.DisposeAsync();
        await HandshakesAsync(gateway, 2);
        await using var again = EchoBackend.Start(first.Endpoint);
        await UntilServesAsync(gateway, again);

        // nginx would give it one tunnel a fail_timeout until one of them ends.
        var (before, others) = (again.Accepted, second.Accepted);
        var tunnels = new List<RawClient>();
        for (var at = 0; at < 20; at++)
        {
            var (client, answer) = await gateway.OpenTunnelAsync();
            Assert.Equal(101, answer.Status);
            tunnels.Add(client);
        }
        Assert.Equal(10, again.Accepted - before);
        Assert.Equal(10, second.Accepted - others);
        foreach (var tunnel in tunnels)
            await tunnel.CloseAsync();
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task Tunnels_of_a_killed_peer_end_and_others_go_on(ProxyKind loop)
    {
        var first = EchoBackend.Start();
        await using var second = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(
            loop, $"server {first.Endpoint}; server {second.Endpoint};");
        var tunnels = new List<RawClient>();
        for (var at = 0; at < 10; at++)
            tunnels.Add((await gateway.OpenTunnelAsync()).Client);
        Assert.Equal((5, 5), (first.Open, second.Open));

        await first.DisposeAsync();
        await Patience.ForAsync(
            () => tunnels.Count(tunnel => tunnel.Received.Ended) == 5,
            () => "the end of the five tunnels of the killed peer");
        foreach (var tunnel in tunnels.Where(tunnel => !tunnel.Received.Ended))
        {
            await tunnel.SendAsync(new byte[] { 0x82, 0x83, 0, 0, 0, 0, 1, 2, 3 });
            Assert.True(await tunnel.Received.HasAsync("\x82\x03\x01\x02\x03", Patience.Event));
        }
        foreach (var tunnel in tunnels)
            await tunnel.CloseAsync();
    }

    [Theory, MemberData(nameof(Loops))]
    public async Task Without_any_peer_the_answer_is_502_and_then_comes_back(ProxyKind loop)
    {
        var peer = EchoBackend.Start();
        await using var gateway = await LoadGateway.StartAsync(loop, $"server {peer.Endpoint};");
        Assert.Equal(200, (await gateway.GetAsync("/")).Status);
        await peer.DisposeAsync();
        Assert.Equal(502, (await gateway.GetAsync("/")).Status);
        await using var again = EchoBackend.Start(peer.Endpoint);
        Assert.Equal(200, (await gateway.GetAsync("/")).Status);
    }

    static async Task HandshakesAsync(LoadGateway gateway, int count)
    {
        for (var at = 0; at < count; at++)
        {
            var (client, answer) = await gateway.OpenTunnelAsync();
            Assert.Equal(101, answer.Status);
            await client.CloseAsync();
        }
    }

    /// <summary>Opens tunnels until one of them reaches the peer.</summary>
    static async Task UntilServesAsync(LoadGateway gateway, Backend peer)
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        while (peer.Accepted == 0)
        {
            await HandshakesAsync(gateway, 1);
            await Task.Delay(Patience.Look, patience.Token);
        }
    }
}
