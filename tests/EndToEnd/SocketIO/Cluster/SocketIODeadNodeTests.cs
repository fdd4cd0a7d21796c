using System.Diagnostics;
using System.Text.Json;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
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

    /// <summary>The official adapters wait five seconds.</summary>
    static readonly TimeSpan officialPatience = TimeSpan.FromSeconds(15);

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

    /// <summary>
    /// The reverse: Redis has its connections still, and nothing that is sent over them moves.
    /// </summary>
    [Theory]
    [InlineData("classic")]
    [InlineData("sharded")]
    [InlineData("streams")]
    public async Task A_question_of_an_official_node_fails_in_time_while_ours_hangs(string kind)
    {
        await using var redis = await RedisProcess.StartAsync();
        await using var relay = StallingRelay.Start(redis.Port);
        await using var node = await OfficialNode.StartAsync("node-1", redis, kind);
        await using var net = await OursAsync("net-1", redis, kind, through: relay);
        await using var clients = await ClusterClients.StartAsync();
        await clients.ConnectAsync("a", node.Address);
        await clients.ConnectAsync("b", net.Address);
        await CountAsync([node, net], 2);

        relay.Pause();
        await Task.WhenAll(((string[])["fetch", "inquire"]).Select(async operation =>
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(
                () => node.DoAsync(new(operation)).WaitAsync(
                    officialPatience, TestContext.Current.CancellationToken));
            Assert.Contains("timeout reached", failure.Message);
        }));
        // Each has its own clients meanwhile.
        await node.DoAsync(Local("emit", "from node"));
        net.IO.All.Local.Emit("event", "from net");
        var heard = await clients.TakeOwnAsync(
            fence =>
            {
                for (var index = 0; index < 2; index++)
                {
                    _ = node.DoAsync(Local("fence", fence, index));
                    net.IO.All.Local.Emit("fence", fence, index);
                }
            },
            "a", "b");
        Assert.Equal("from node", Assert.Single(Assert.Single(heard["a"])).GetString());
        Assert.Equal("from net", Assert.Single(Assert.Single(heard["b"])).GetString());

        relay.Resume();
        foreach (var asking in (IClusterNode[])[node, net])
            await Patience.ForAsync(() => HearsAsync(asking).Result, () => "an answer to each");
        await CountAsync([node, net], 2);
        Assert.Equal(2, (await node.DoAsync(new("fetch"))).GetArrayLength());
        Assert.Equal(2, (await net.DoAsync(new("fetch"))).GetArrayLength());
    }

    /// <summary>The other node answers, and no node that is gone is waited for.</summary>
    static async Task<bool> HearsAsync(IClusterNode asking)
    {
        try
        {
            return (await asking.DoAsync(new("inquire"))).GetArrayLength() == 1;
        }
        catch (Exception failure) when (failure
            is InvalidOperationException or ClusterTimeoutException or RedisException)
        {
            return false;
        }
    }

    static ClusterOperation Local(string operation, params object[] arguments) => new(operation)
    {
        Options = new() { Local = true },
        Args = [.. arguments.Select(argument => JsonSerializer.SerializeToElement(argument))],
    };

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
        Action<RedisAdapterOptions>? configure = null, StallingRelay? through = null) =>
        SluiceNode.StartAsync(
            name, redis, options =>
            {
                ClusterKinds.Named(kind)(options);
                configure?.Invoke(options);
            },
            options => options.Address = RedisAddress.Parse(through?.Address ?? redis.Address),
            configureServer: ClusterKinds.Server(kind));
}
