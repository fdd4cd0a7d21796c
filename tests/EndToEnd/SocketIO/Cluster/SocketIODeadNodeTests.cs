using System.Diagnostics;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO.Redis;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>
/// A node that is killed is not waited for, by either kind of the others: nodes are counted by
/// their subscriptions, which Redis ends with their connections. One that hangs is counted, and
/// questions fail when their time is over.
/// </summary>
public sealed class SocketIODeadNodeTests
{
    /// <summary>Far less than any timeout of the adapters.</summary>
    static readonly TimeSpan soon = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData("classic")]
    [InlineData("sharded")]
    [InlineData("streams")]
    public async Task Nobody_waits_for_a_node_that_is_killed(string kind)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var node = await OfficialNode.StartAsync("node-1", redis, kind);
        await using var net = await OursAsync("net-1", redis, kind);
        await using var deadNode =
            (OfficialNode)await OfficialNode.StartAsync("node-2", redis, kind);
        await using var deadNet = await OursAsync("net-2", redis, kind);
        IClusterNode[] left = [node, net];
        await CountAsync(left, 4);

        deadNode.Signal(Signals.Kill);
        await AskAsync(left, 3);

        await deadNet.KillAsync();
        await AskAsync(left, 2);
    }

    [Theory]
    [InlineData("classic")]
    [InlineData("sharded")]
    [InlineData("streams")]
    public async Task A_question_fails_in_time_while_a_node_hangs(string kind)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var net = await OursAsync(
            "net-1", redis, kind, options => options.RequestsTimeout = soon / 2);
        await using var hanging =
            (OfficialNode)await OfficialNode.StartAsync("node-1", redis, kind);
        await CountAsync([net], 2);

        hanging.Signal(Signals.Stop);
        foreach (var operation in (string[])["fetch", "inquire"])
            await Assert.ThrowsAsync<ClusterTimeoutException>(
                () => net.DoAsync(new(operation)));
        hanging.Signal(Signals.Continue);
        await AskAsync([net], 2);
    }

    /// <summary>Every question that waits for all nodes, at once.</summary>
    static async Task AskAsync(IClusterNode[] nodes, int count)
    {
        await CountAsync(nodes, count);
        foreach (var node in nodes)
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, (await node.DoAsync(new("fetch"))).GetArrayLength());
            Assert.Equal(count - 1, (await node.DoAsync(new("inquire"))).GetArrayLength());
            var asked = await node.DoAsync(
                new("ask") { Options = new() { TimeoutMs = 20_000 } });
            Assert.Equal(0, asked.GetArrayLength());
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, soon);
        }
    }

    static async Task CountAsync(IClusterNode[] nodes, int count)
    {
        foreach (var node in nodes)
            await Patience.ForAsync(
                () => node.DoAsync(new("count")).Result.GetInt32() == count,
                () => $"{count} nodes");
    }

    static Task<SluiceNode> OursAsync(
        string name, RedisProcess redis, string kind,
        Action<RedisAdapterOptions>? configure = null) => SluiceNode.StartAsync(
        name, redis, options =>
        {
            ClusterKinds.Named(kind)(options);
            configure?.Invoke(options);
        }, configureServer: ClusterKinds.Server(kind));
}
