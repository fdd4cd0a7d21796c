using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
using Sluice.SocketIO.Redis;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>
/// Connection state recovery over nodes of both kinds: a client that loses its connection to one
/// node goes on at another one where it was, with what it has missed.
/// </summary>
public sealed class SocketIOStreamsRecoveryTests : IAsyncLifetime
{
    RedisProcess redis = null!;
    RedisClient control = null!;
    ClusterClients clients = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Ways => new()
    {
        { "node", "net" }, { "net", "node" }, { "net", "net" },
        // What the official adapter does with itself, beside which ours is seen.
        { "node", "node" },
    };

    public async ValueTask InitializeAsync()
    {
        redis = await RedisProcess.StartAsync();
        control = new RedisClient(
            new RedisClientOptions { Address = RedisAddress.Parse(redis.Address) },
            NullLogger.Instance, TimeProvider.System);
        clients = await ClusterClients.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await clients.DisposeAsync();
        await control.DisposeAsync();
        await redis.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_client_is_recovered_by_another_node_with_what_it_missed(
        string from, string to)
    {
        await using var first = await StartAsync(from, "first");
        await using var second = await StartAsync(to, "second");
        await CountAsync(first, second);
        var id = await clients.ConnectAsync("c", first.Address);
        await clients.ConnectAsync("d", second.Address);
        await first.DoAsync(Join(id, "a"));
        await clients.TakeAsync((first, second));

        await clients.LeaveAsync("c");
        await SessionsAsync(1);
        await EmitAsync(first, 1, new());
        await EmitAsync(second, 2, new() { Rooms = ["a"] });
        await EmitAsync(first, 3, new() { Rooms = ["b"] });
        await EmitAsync(second, 4, new() { Except = ["a"] });
        await first.DoAsync(new("emit")
        {
            Args = [Json(new { bytes = "AQL/" }), Json("é")],
            Options = new() { Rooms = ["b", id] },
        });
        await EmitAsync(second, 6, new() { Local = true });
        await EmitAsync(first, 7, new() { Rooms = [id], Except = ["b"] });

        var back = await clients.ArriveAsync("c", second.Address);
        Assert.Equal((true, id), Read(back));
        await EmitAsync(first, 8, new() { Rooms = ["a"] });
        var taken = await clients.TakeAsync((first, second));
        Assert.Equal(
            ["[1]", "[2]", """[{"bytes":"AQL/"},"é"]""", "[7]", "[8]"],
            taken["c"].Select(Text));
        var found = await first.DoAsync(new("fetch") { Options = new() { Rooms = ["a"] } });
        var socket = Assert.Single(found.EnumerateArray());
        Assert.Equal(id, socket.GetProperty("id").GetString());
        Assert.Equal("c", socket.GetProperty("name").GetString());
        // It is given once.
        await SessionsAsync(0);
    }

    [Fact]
    public async Task A_client_comes_back_to_the_node_that_it_left()
    {
        await using var node = await StartAsync("net", "only");
        var id = await clients.ConnectAsync("c", node.Address);
        await clients.TakeAsync((node, node));
        await clients.LeaveAsync("c");
        await SessionsAsync(1);
        await EmitAsync(node, 1, new());
        Assert.Equal((true, id), Read(await clients.ArriveAsync("c", node.Address)));
        Assert.Equal(["[1]"], (await clients.TakeAsync((node, node)))["c"].Select(Text));
    }

    [Theory]
    [InlineData("net", "net")]
    [InlineData("net", "node")]
    [InlineData("node", "net")]
    public async Task A_client_outlives_its_node(string from, string to)
    {
        var first = await StartAsync(from, "first");
        var id = await clients.ConnectAsync("c", first.Address, new { reconnection = false });
        await clients.TakeAsync((first, first));
        // The official server ends without waiting for its sessions to be with Redis.
        if (from == "node")
        {
            await clients.LeaveAsync("c");
            await SessionsAsync(1);
        }

        await first.DisposeAsync();
        var kept = await control.ExecuteAsync("KEYS", [.. Bytes("sio:session:*")], Cancel);
        Assert.Single(kept.Items);
        await using var second = await StartAsync(to, "second");
        await EmitAsync(second, 1, new());
        Assert.Equal((true, id), Read(await clients.ArriveAsync("c", second.Address)));
        Assert.Equal(["[1]"], (await clients.TakeAsync((second, second)))["c"].Select(Text));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("net")]
    public async Task Who_missed_more_than_the_stream_keeps_begins_anew(string kind)
    {
        await using var node = await StartAsync(kind, "only");
        var id = await clients.ConnectAsync("c", node.Address);
        await clients.TakeAsync((node, node));
        await clients.LeaveAsync("c");
        await SessionsAsync(1);
        await EmitAsync(node, 1, new());
        await control.ExecuteAsync("XTRIM", [.. Bytes("socket.io", "MAXLEN", "0")], Cancel);
        var (recovered, other) = Read(await clients.ArriveAsync("c", node.Address));
        Assert.False(recovered);
        Assert.NotEqual(id, other);
        await EmitAsync(node, 2, new());
        Assert.Equal(["[2]"], (await clients.TakeAsync((node, node)))["c"].Select(Text));
    }

    [Fact]
    public async Task Clients_that_go_from_node_to_node_get_everything_once_and_in_order()
    {
        const int moves = 25;
        var nodes = new List<SluiceNode>();
        for (var i = 0; i < 3; i++)
            nodes.Add((SluiceNode)await StartAsync("net", $"net-{i}"));
        await clients.ConnectAsync("c", nodes[0].Address);
        await clients.ConnectAsync("d", nodes[2].Address);
        await clients.TakeAsync((nodes[0], nodes[2]));
        using var over = new CancellationTokenSource();
        var counts = new int[nodes.Count];
        var sending = nodes.Select((node, i) => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                node.IO.Emit("event", i, counts[i]++);
                // Fast enough that events are always under way, for two cores and many tests.
                await Task.Delay(1);
            }
        })).ToArray();
        for (var move = 1; move <= moves; move++)
        {
            await clients.LeaveAsync("c");
            await SessionsAsync(1);
            var (recovered, _) = Read(
                await clients.ArriveAsync("c", nodes[move % nodes.Count].Address));
            Assert.True(recovered, $"move {move}");
        }

        await over.CancelAsync();
        await Task.WhenAll(sending);
        var taken = await clients.TakeAsync((nodes[0], nodes[2]));
        foreach (var name in (string[])["c", "d"])
            for (var i = 0; i < nodes.Count; i++)
                Assert.Equal(
                    Enumerable.Range(0, counts[i]),
                    taken[name].Where(args => args[0].GetInt32() == i)
                        .Select(args => args[1].GetInt32()));
        // Both have seen one stream.
        Assert.Equal(taken["d"].Select(Text), taken["c"].Select(Text));
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    // ---- helpers ----

    async Task<IClusterNode> StartAsync(string kind, string name) => kind == "node"
        ? await OfficialNode.StartAsync(name, redis, "streams")
        : await SluiceNode.StartAsync(
            name, redis, adapter => adapter.Kind = RedisAdapterKind.Streams,
            configureServer: options => options.ConnectionStateRecovery = new());

    static async Task CountAsync(params IClusterNode[] nodes)
    {
        foreach (var node in nodes)
            await Patience.ForAsync(
                () => node.DoAsync(new("count")).Result.GetInt32() == nodes.Length,
                () => "all nodes");
    }

    /// <summary>Waits until so many sessions are in Redis.</summary>
    Task SessionsAsync(int count) => Patience.ForAsync(
        () => control.ExecuteAsync("KEYS", [.. Bytes("sio:session:*")]).Result.Items.Count == count,
        () => $"{count} sessions in Redis");

    static Task<JsonElement> EmitAsync(IClusterNode node, int number, ClusterTarget to) =>
        node.DoAsync(new("emit") { Args = [Json(number)], Options = to });

    static ClusterOperation Join(string id, string room) =>
        new("join") { Options = new() { Rooms = [id] }, Room = [room] };

    static (bool Recovered, string Id) Read(JsonElement arrived) =>
        (arrived.GetProperty("recovered").GetBoolean(), arrived.GetProperty("id").GetString()!);

    static IEnumerable<ReadOnlyMemory<byte>> Bytes(params string[] texts) => texts.Select(
        text => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(text));

    static JsonElement Json(object? value) => JsonSerializer.SerializeToElement(value);

    static string Text(JsonElement[] args) =>
        "[" + string.Join(',', args.Select(arg => JsonSerializer.Serialize(arg, relaxed))) + "]";

    static readonly JsonSerializerOptions relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
