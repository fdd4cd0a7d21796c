using System.Globalization;
using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>
/// Random operations on two nodes of Node.js and two of .NET, from a seed, compared with a model
/// after each. SLUICE_CLUSTER_OPERATIONS and SLUICE_CLUSTER_SEED choose how many and which;
/// 10,000 take about 20 seconds.
/// </summary>
public sealed class SocketIOClusterModelTests
{
    const int clientsPerNode = 3;

    static readonly string[] rooms = ["r0", "r1", "r2", "r3", "r4"];

    readonly ClusterModel model = new();
    IClusterNode[] nodes = [];
    ClusterClients clients = null!;
    string kind = "";
    Random random = null!;
    int clientsCount;

    [Theory]
    [InlineData("classic", 10_000)]
    [InlineData("sharded", 10_000)]
    [InlineData("sharded-static", 3_000)]
    [InlineData("sharded-dynamic-private", 3_000)]
    [InlineData("streams", 10_000)]
    [InlineData("streams-spread", 3_000)]
    public async Task Random_operations_do_what_a_model_says(string kind, int operationsCount)
    {
        this.kind = kind;
        var seed = Setting("SLUICE_CLUSTER_SEED", Environment.TickCount);
        var count = Setting("SLUICE_CLUSTER_OPERATIONS", operationsCount);
        random = new Random(seed);
        await using var redis = await RedisProcess.StartAsync();
        await using var program = clients = await ClusterClients.StartAsync();
        nodes =
        [
            await OfficialNode.StartAsync("node-1", redis, kind),
            await SluiceNode.StartAsync(
                "net-1", redis, ClusterKinds.Named(kind),
                configureServer: ClusterKinds.Server(kind)),
            await OfficialNode.StartAsync("node-2", redis, kind),
            await SluiceNode.StartAsync(
                "net-2", redis, ClusterKinds.Named(kind),
                configureServer: ClusterKinds.Server(kind)),
        ];
        try
        {
            foreach (var node in nodes)
                await Patience.ForAsync(
                    () => node.DoAsync(new("count")).Result.GetInt32() == nodes.Length,
                    () => "four nodes");
            for (var i = 0; i < clientsPerNode * nodes.Length; i++)
                await ConnectAsync(i % nodes.Length);
            for (var number = 0; number < count; number++)
            {
                var step = "";
                try
                {
                    await StepAsync(number, text => step = text);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException(
                        $"SLUICE_CLUSTER_SEED={seed}, operation {number}: {step}\n{e.Message}", e);
                }
            }
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    async Task StepAsync(int number, Action<string> tell)
    {
        var origin = random.Next(nodes.Length);
        var operation = Choose(number, origin);
        tell($"{nodes[origin].Name} {JsonSerializer.Serialize(operation)}");
        var to = operation.Options;
        var selected = model.Select(to, origin);
        var result = await nodes[origin].DoAsync(operation);
        switch (operation.Op)
        {
            case "join":
                foreach (var member in selected)
                    member.Rooms.UnionWith(operation.Room);
                break;
            case "leave":
                foreach (var member in selected)
                    member.Rooms.ExceptWith(operation.Room);
                break;
            case "disconnect":
                model.Members.RemoveAll(selected.Contains);
                break;
            case "fetch":
                Assert.Equal(
                    selected.Select(member => member.Description).Order(StringComparer.Ordinal),
                    result.EnumerateArray().Select(Describe).Order(StringComparer.Ordinal));
                break;
            case "allRooms":
                Assert.Equal(
                    model.Members.SelectMany(member => member.Rooms).Distinct()
                        .Order(StringComparer.Ordinal), Texts(result));
                break;
            case "ask":
                Assert.Equal(
                    selected.Select(member => $"{member.Name} [{number}]")
                        .Order(StringComparer.Ordinal),
                    Texts(result).Order(StringComparer.Ordinal));
                break;
            case "inquire":
                Assert.Equal(
                    nodes.Where((_, i) => i != origin).Select(node => $"{node.Name} {number}")
                        .Order(StringComparer.Ordinal),
                    result.EnumerateArray().Select(answer => $"{answer[0]} {answer[1]}")
                        .Order(StringComparer.Ordinal));
                break;
        }

        var gone = operation.Op == "disconnect" ? selected : [];
        // The first fence is behind the operation on the same connection to Redis.
        var taken = await clients.TakeAsync(
            (nodes[origin], nodes[(origin + 1) % nodes.Length]),
            [.. gone.Select(member => member.Name)]);
        Assert.Equal(
            operation.Op == "emit"
                ? selected.Select(member => $"{member.Name} [[{number}]]")
                    .Order(StringComparer.Ordinal)
                : [],
            taken.Select(pair => $"{pair.Key} {JsonSerializer.Serialize(pair.Value)}")
                .Order(StringComparer.Ordinal));
        for (var i = 0; i < nodes.Length; i++)
            Assert.Equal(
                operation.Op == "say" && i != origin ? [$"{number}"] : [],
                (await nodes[i].HeardAsync()).Select(args => args[0].GetRawText()));
        foreach (var member in gone)
            await ConnectAsync(member.Node);
        // Channels of rooms that are new to a node are subscribed to.
        if (kind.StartsWith("sharded", StringComparison.Ordinal) && operation.Op == "join")
            await Task.WhenAll(nodes.Select(node => node.DoAsync(new("flush"))));
    }

    ClusterOperation Choose(int number, int origin)
    {
        JsonElement[] args = [JsonSerializer.SerializeToElement(number)];
        // The nodes with even numbers are those of Node.js, which have an emitter; what it says is
        // not for other adapters.
        var byEmitter = kind == "classic" && origin % 2 == 0 && random.Next(4) == 0;
        var room = Some(rooms, random.Next(1, 3));
        return random.Next(100) switch
        {
            < 45 => new("emit") { Args = args, Options = To(!byEmitter), ByEmitter = byEmitter },
            < 60 => new("join") { Room = room, Options = To(!byEmitter), ByEmitter = byEmitter },
            < 75 => new("leave") { Room = room, Options = To(!byEmitter), ByEmitter = byEmitter },
            // Not everybody at once: a room, or one socket.
            < 78 => new("disconnect")
            {
                Close = random.Next(2) == 0, ByEmitter = byEmitter,
                Options = new ClusterTarget { Rooms = [Place()] },
            },
            < 85 => new("fetch") { Options = To(mayBeLocal: true) },
            < 90 => new("ask")
            {
                Args = args, Options = To(mayBeLocal: false) with { TimeoutMs = 20_000 },
            },
            < 93 => new("allRooms"),
            < 97 => new("say") { Args = args },
            _ => new("inquire") { Args = args },
        };
    }

    ClusterTarget To(bool mayBeLocal) => new()
    {
        Rooms = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Place()).Distinct()],
        Except = random.Next(3) > 0 ? [] : [Place()],
        Local = mayBeLocal && random.Next(8) == 0,
    };

    /// <summary>A room, or the room of one socket.</summary>
    string Place() => random.Next(4) == 0
        ? model.Members[random.Next(model.Members.Count)].Id : rooms[random.Next(rooms.Length)];

    string[] Some(string[] all, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => all[random.Next(all.Length)]).Distinct()];

    async Task ConnectAsync(int node)
    {
        var name = $"c{clientsCount++}";
        var id = await clients.ConnectAsync(name, nodes[node].Address);
        model.Members.Add(new ClusterMember(name, id, node));
        // The room of a socket alone has a channel, too.
        if (kind == "sharded-dynamic-private")
            await nodes[node].DoAsync(new("flush"));
    }

    static string Describe(JsonElement socket) =>
        socket.GetProperty("id").GetString() + ": " + string.Join(' ', socket
            .GetProperty("rooms").EnumerateArray().Select(room => room.GetString()));

    static IEnumerable<string> Texts(JsonElement array) =>
        array.EnumerateArray().Select(item => item.GetString()!);

    static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
