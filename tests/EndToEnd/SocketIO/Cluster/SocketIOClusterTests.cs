using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>
/// Two nodes of Node.js and two of .NET on one Redis, a client at each: every operation from every
/// node, and who notices it.
/// </summary>
/// <param name="kind">Of adapter, as cluster-node.mjs names it.</param>
public abstract class ClusterTests(string kind) : IAsyncLifetime
{
    private protected static readonly string[] names = ["node-1", "net-1", "node-2", "net-2"];

    RedisProcess redis = null!;
    private protected ClusterClients clients = null!;
    private protected IClusterNode[] nodes = [];

    /// <summary>The socket's id of the client at each node; clients are named like nodes.</summary>
    private protected string[] ids = [];

    public static TheoryData<int> Origins => [0, 1, 2, 3];

    public async ValueTask InitializeAsync()
    {
        redis = await RedisProcess.StartAsync();
        var starting = ClusterClients.StartAsync();
        nodes = await Task.WhenAll(
            OfficialNode.StartAsync(names[0], redis, kind), OursAsync(names[1]),
            OfficialNode.StartAsync(names[2], redis, kind), OursAsync(names[3]));
        clients = await starting;
        foreach (var node in nodes)
            await Patience.ForAsync(
                () => node.DoAsync(new ClusterOperation("count")).Result.GetInt32() == 4,
                () => "four nodes");
        ids = await Task.WhenAll(nodes.Select(
            node => clients.ConnectAsync(node.Name, node.Address)));
    }

    public async ValueTask DisposeAsync()
    {
        await clients.DisposeAsync();
        foreach (var node in nodes)
            await node.DisposeAsync();
        await redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Everybody_gets_an_event_with_its_arguments(int origin)
    {
        JsonElement[] args =
        [
            Json("é😀"), Json(1.5), Json(-70_000), Json(null), Json(new { a = new[] { true } }),
            Json(new { bytes = Convert.ToBase64String([0, 1, 255]) }), Json("2026-11-21T00:00Z"),
        ];
        await nodes[origin].DoAsync(new ClusterOperation("emit") { Args = args });
        var taken = await clients.TakeAsync(Fences(origin));
        foreach (var name in names)
            Assert.Equal(Text(args), Text(Assert.Single(taken[name])));
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Rooms_and_exceptions_reach_over_nodes(int origin)
    {
        await nodes[origin].DoAsync(Join([ids[0], ids[1]], "a"));
        await nodes[origin].DoAsync(Join([ids[1], ids[2]], "b"));
        await clients.TakeAsync(Fences(origin));
        await FlushAsync();
        await EmitAsync(origin, new ClusterTarget { Rooms = ["a"] }, 1);
        await EmitAsync(origin, new ClusterTarget { Rooms = ["a", "b"] }, 2);
        await EmitAsync(origin, new ClusterTarget { Except = ["a"] }, 3);
        await EmitAsync(origin, new ClusterTarget { Rooms = ["b"], Except = ["a"] }, 4);
        await EmitAsync(origin, new ClusterTarget { Local = true }, 5);
        var taken = await clients.TakeAsync(Fences(origin));
        List<int>[] expected = [[1, 2], [1, 2], [2, 3, 4], [3]];
        expected[origin].Add(5);
        for (var i = 0; i < nodes.Length; i++)
            Assert.Equal(expected[i], InOrder(taken[names[i]].Select(args => args[0].GetInt32())));
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Sockets_leave_rooms_and_are_disconnected_by_any_node(int origin)
    {
        await nodes[origin].DoAsync(Join([], "a"));
        await nodes[origin].DoAsync(new ClusterOperation("leave")
        {
            Options = new ClusterTarget { Rooms = [ids[0], ids[1]] }, Room = ["a"],
        });
        await clients.TakeAsync(Fences(origin));
        await nodes[origin].DoAsync(new ClusterOperation("disconnect")
        {
            Options = new ClusterTarget { Rooms = ["a"] }, Close = true,
        });
        Assert.Empty(await clients.TakeAsync(Fences(origin), names[2], names[3]));
        await EmitAsync(origin, new ClusterTarget(), 1);
        var taken = await clients.TakeAsync(Fences(origin));
        Assert.Equal(names[..2].Order(), taken.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Sockets_and_rooms_of_all_nodes_are_found(int origin)
    {
        await nodes[origin].DoAsync(Join([ids[0], ids[3]], "a"));
        await clients.TakeAsync(Fences(origin));
        var all = await nodes[origin].DoAsync(new ClusterOperation("fetch"));
        Assert.Equal(names.Order(), all.EnumerateArray()
            .Select(socket => socket.GetProperty("name").GetString()!).Order());
        var some = await nodes[origin].DoAsync(new ClusterOperation("fetch")
        {
            Options = new ClusterTarget { Rooms = ["a"], Except = [ids[3]] },
        });
        var found = Assert.Single(some.EnumerateArray());
        Assert.Equal(ids[0], found.GetProperty("id").GetString());
        Assert.Equal(
            new[] { ids[0], "a" }.Order(StringComparer.Ordinal),
            found.GetProperty("rooms").EnumerateArray().Select(room => room.GetString()!));
        var rooms = await nodes[origin].DoAsync(new ClusterOperation("allRooms"));
        Assert.Equal(
            ids.Append("a").Order(StringComparer.Ordinal),
            rooms.EnumerateArray().Select(room => room.GetString()!));
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Everybody_acknowledges_a_broadcast(int origin)
    {
        var answers = await nodes[origin].DoAsync(new ClusterOperation("ask")
        {
            Args = [Json(7), Json(new { bytes = "AQI=" })],
            Options = new ClusterTarget { TimeoutMs = 10_000 },
        });
        Assert.Equal(
            names.Select(name => name + """ [7,{"bytes":"AQI="}]""").Order(),
            answers.EnumerateArray().Select(answer => answer.GetString()!).Order());
    }

    [Theory]
    [MemberData(nameof(Origins))]
    public async Task Nodes_hear_and_answer_each_other(int origin)
    {
        await nodes[origin].DoAsync(new ClusterOperation("say")
        {
            Args = [Json("x"), Json(new { y = 1 })],
        });
        var answers = await nodes[origin].DoAsync(new ClusterOperation("inquire")
        {
            Args = [Json("q")],
        });
        var others = names.Where(name => name != names[origin]).ToArray();
        Assert.Equal(
            others.Select(name => $"""["{name}","q"]""").Order(),
            answers.EnumerateArray().Select(answer => answer.GetRawText()).Order());
        for (var i = 0; i < nodes.Length; i++)
            Assert.Equal(
                i == origin ? [] : ["""["x",{"y":1}]"""],
                (await nodes[i].HeardAsync()).Select(Text));
    }

    /// <summary>
    /// What goes through a stream comes back to its own node from there, and what is for that node
    /// alone may overtake it.
    /// </summary>
    IEnumerable<int> InOrder(IEnumerable<int> numbers) =>
        kind.StartsWith("streams", StringComparison.Ordinal) ? numbers.Order() : numbers;

    async Task<IClusterNode> OursAsync(string name) => await SluiceNode.StartAsync(
        name, redis, ClusterKinds.Named(kind), configureServer: ClusterKinds.Server(kind));

    /// <summary>Channels of rooms that are new to a node are subscribed to.</summary>
    Task<JsonElement[]> FlushAsync() =>
        Task.WhenAll(nodes.Select(node => node.DoAsync(new("flush"))));

    Task<JsonElement> EmitAsync(int origin, ClusterTarget to, int number) =>
        nodes[origin].DoAsync(new ClusterOperation("emit") { Options = to, Args = [Json(number)] });

    /// <summary>The first is behind what the node has said, on its connection to Redis.</summary>
    private protected (IClusterNode First, IClusterNode Second) Fences(int origin) =>
        (nodes[origin], nodes[(origin + 1) % nodes.Length]);

    private protected static ClusterOperation Join(string[] who, params string[] rooms) =>
        new("join") { Options = new ClusterTarget { Rooms = who }, Room = rooms };

    private protected static JsonElement Json(object? value) =>
        JsonSerializer.SerializeToElement(value);

    private protected static string Text(IEnumerable<JsonElement> args) =>
        "[" + string.Join(',', args.Select(arg => JsonSerializer.Serialize(arg, relaxed))) + "]";

    static readonly JsonSerializerOptions relaxed = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

/// <summary>With createAdapter of @socket.io/redis-adapter.</summary>
public sealed class SocketIOClusterTests() : ClusterTests("classic")
{
    [Fact]
    public async Task The_official_emitter_reaches_everybody()
    {
        await nodes[0].DoAsync(Join([ids[1], ids[2]], "a") with { ByEmitter = true });
        await clients.TakeAsync(Fences(0));
        await nodes[0].DoAsync(new ClusterOperation("emit") { ByEmitter = true, Args = [Json(1)] });
        await nodes[0].DoAsync(new ClusterOperation("emit")
        {
            ByEmitter = true, Args = [Json(new { bytes = "AQI=" })],
            Options = new ClusterTarget { Rooms = ["a"] },
        });
        var taken = await clients.TakeAsync(Fences(0));
        Assert.Equal(["[1]", """[{"bytes":"AQI="}]"""], taken[names[1]].Select(Text));
        Assert.Equal(["[1]"], taken[names[3]].Select(Text));
        await nodes[0].DoAsync(new ClusterOperation("disconnect")
        {
            ByEmitter = true, Options = new ClusterTarget { Rooms = ["a"] }, Close = true,
        });
        Assert.Empty(await clients.TakeAsync(Fences(0), names[1], names[2]));
    }
}

/// <summary>With createShardedAdapter of @socket.io/redis-adapter.</summary>
public sealed class SocketIOShardedClusterTests() : ClusterTests("sharded");

/// <summary>With two channels, which every node reads.</summary>
public sealed class SocketIOShardedStaticClusterTests() : ClusterTests("sharded-static");

/// <summary>With a channel for every room, those of single sockets too.</summary>
public sealed class SocketIOShardedPrivateClusterTests()
    : ClusterTests("sharded-dynamic-private");
