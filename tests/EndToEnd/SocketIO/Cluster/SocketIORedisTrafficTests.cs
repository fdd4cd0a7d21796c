using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>
/// What two nodes say to Redis for each operation: the same commands, whether Node.js or Sluice
/// says them. The first node is told to do something, the second answers.
/// </summary>
public sealed class SocketIORedisTrafficTests
{
    static readonly JsonElement[] args =
    [
        JsonSerializer.SerializeToElement("é"), JsonSerializer.SerializeToElement(1.5),
        JsonSerializer.SerializeToElement(new { a = new object?[] { true, null, -300 } }),
        JsonSerializer.SerializeToElement(new { bytes = "AQID" }),
    ];

    static readonly ClusterOperation[] operations =
    [
        new("emit") { Args = args },
        new("emit") { Args = args[..1], Options = new() { Rooms = ["r1"] } },
        new("emit") { Args = args[..1], Options = new() { Rooms = ["r1", "r2"], Except = ["r3"] } },
        new("emit") { Args = args[..1], Options = new() { Except = ["r3"] } },
        new("emit") { Args = args[..1], Options = new() { Local = true } },
        new("join") { Room = ["r1", "r2"] },
        new("join") { Room = ["r3"], Options = new() { Rooms = ["r1"], Except = ["r4"] } },
        new("leave") { Room = ["r2"], Options = new() { Rooms = ["r1"] } },
        new("fetch"),
        new("fetch") { Options = new() { Rooms = ["r1"], Except = ["r9"] } },
        new("allRooms"),
        new("count"),
        new("ask") { Args = args, Options = new() { TimeoutMs = 5000 } },
        new("ask") { Args = args[..1], Options = new() { Rooms = ["r9"], TimeoutMs = 5000 } },
        new("say") { Args = args[..3] },
        new("inquire") { Args = args[..1] },
        new("disconnect") { Options = new() { Rooms = ["r9"] }, Close = true },
        new("disconnect") { Options = new() { Rooms = ["r8"] } },
    ];

    [Theory]
    [InlineData("classic")]
    [InlineData("sharded")]
    [InlineData("sharded-static")]
    [InlineData("sharded-dynamic-private")]
    [InlineData("streams")]
    public async Task Every_operation_says_to_Redis_what_the_official_adapter_says(string kind)
    {
        var official = await RecordAsync(
            (name, redis) => OfficialNode.StartAsync(name, redis, kind));
        var ours = await RecordAsync(async (name, redis) =>
            await SluiceNode.StartAsync(
                name, redis, ClusterKinds.Named(kind),
                configureServer: ClusterKinds.Server(kind)));
        Assert.Equal(official[0].Order(StringComparer.Ordinal),
            ours[0].Order(StringComparer.Ordinal));
        Assert.Equal(official[1], ours[1]);
        Assert.All(operations.Index(), operation => Assert.Equal(
            official[operation.Index + 2], ours[operation.Index + 2]));
        // Every operation but a local one has said something.
        Assert.Single(official.Skip(2), said => said.Length == 0);
    }

    /// <summary>What is said at the start, for two clients, and for each operation.</summary>
    static async Task<string[][]> RecordAsync(
        Func<string, RedisProcess, Task<IClusterNode>> start)
    {
        await using var redis = await RedisProcess.StartAsync();
        var (traffic, _) = await ControlledProgram.StartAsync(
            "redis-traffic.mjs", $"{redis.Port}");
        await using var program = traffic;
        await using var clients = await ClusterClients.StartAsync();
        await using var one = await start("one", redis);
        await using var two = await start("two", redis);
        await Patience.ForAsync(
            () => one.DoAsync(new("count")).Result.GetInt32() == 2
                && two.DoAsync(new("count")).Result.GetInt32() == 2, () => "two nodes");
        var said = new List<string[]> { Subscriptions(await TakeAsync(traffic)) };
        await traffic.CallAsync("name", new Dictionary<string, string>
        {
            [await clients.ConnectAsync("a", one.Address)] = "<a>",
            [await clients.ConnectAsync("b", two.Address)] = "<b>",
        });
        // A node subscribes to a client's own channel when that is connected already.
        await FlushAsync();
        said.Add([.. (await TakeAsync(traffic)).Order(StringComparer.Ordinal)]);
        foreach (var operation in operations)
        {
            await one.DoAsync(operation);
            // What was published is handled, and then what a node subscribes to over it.
            await FlushAsync();
            var commands = await TakeAsync(traffic);
            // Before or after the question, the nodes are counted: ours counts first, because a
            // question to a Redis that is away would wait there for whoever asked no longer.
            // And both nodes subscribe to channels of rooms at the same time.
            said.Add(operation.Op is "ask" or "join" or "leave"
                ? [.. commands.Order(StringComparer.Ordinal)] : commands);
        }

        return [.. said];

        async Task FlushAsync()
        {
            foreach (var node in (IClusterNode[])[two, one, two, one])
                await node.DoAsync(new("flush"));
        }
    }

    static async Task<string[]> TakeAsync(ControlledProgram traffic) =>
        (await traffic.CallAsync("take", new { })).Deserialize<string[]>()!;

    /// <summary>How often it was counted until both were there is chance.</summary>
    static string[] Subscriptions(string[] commands) =>
        [.. commands.Where(command => !command.StartsWith("PUBSUB", StringComparison.Ordinal))];
}
