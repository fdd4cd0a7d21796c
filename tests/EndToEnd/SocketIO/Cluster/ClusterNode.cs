using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
using Sluice.SocketIO.Redis;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>A program that control.mjs lets the test call.</summary>
sealed partial class ControlledProgram(ChildProcess process, Uri control) : IAsyncDisposable
{
    static readonly HttpClient http = new() { Timeout = Patience.Event };

    public static async Task<(ControlledProgram Program, int[] Ports)> StartAsync(
        string script, params string[] arguments)
    {
        var process = NodeProcess.Start(script, arguments);
        // The full stop says that the line is whole.
        await process.OutputWithAsync(".\n");
        int[] ports = [.. Number().Matches(process.Output).Select(m => int.Parse(m.Value))];
        return (new ControlledProgram(process, new Uri($"http://127.0.0.1:{ports[^1]}/")), ports);
    }

    public async Task<JsonElement> CallAsync(string function, object argument)
    {
        using var response = await http.PostAsJsonAsync(new Uri(control, function), argument);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonElement.Parse(text)
            : throw new InvalidOperationException($"{function}: {text}\n{process.Errors}");
    }

    public bool Signal(Signals signal) => process.Signal(signal);

    public ValueTask DisposeAsync() => process.DisposeAsync();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}

/// <summary>Whom an operation is for, as the official operators name it.</summary>
sealed record ClusterTarget
{
    public string[] Rooms { get; init; } = [];

    public string[] Except { get; init; } = [];

    public bool Local { get; init; }

    public int? TimeoutMs { get; init; }
}

/// <summary>What a node is told to do.</summary>
/// <param name="Op">A name that cluster-node.mjs knows.</param>
sealed record ClusterOperation(string Op)
{
    public ClusterTarget Options { get; init; } = new();

    public JsonElement[] Args { get; init; } = [];

    public string[] Room { get; init; } = [];

    public bool Close { get; init; }

    /// <summary>Through @socket.io/redis-emitter; of nodes of Node.js alone.</summary>
    public bool ByEmitter { get; init; }
}

/// <summary>The adapters, as cluster-node.mjs names them.</summary>
static class ClusterKinds
{
    /// <summary>The options of ours that speaks to them.</summary>
    public static Action<RedisAdapterOptions> Named(string kind) => kind switch
    {
        "classic" => options => options.Kind = RedisAdapterKind.Classic,
        "streams" => options => options.Kind = RedisAdapterKind.Streams,
        "streams-spread" => options =>
        {
            options.Kind = RedisAdapterKind.Streams;
            options.Streams.StreamCount = 4;
            options.Streams.UseShardedPubSub = true;
        }
        ,
        "sharded" => Sharded(RedisSubscriptionMode.Dynamic),
        "sharded-static" => Sharded(RedisSubscriptionMode.Static),
        "sharded-dynamic-private" => Sharded(RedisSubscriptionMode.DynamicPrivate),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>As cluster-node.mjs has it: recovery where the adapter allows it.</summary>
    public static Action<SocketIOOptions> Server(string kind) => options =>
        options.ConnectionStateRecovery =
            kind.StartsWith("streams", StringComparison.Ordinal) ? new() : null;

    static Action<RedisAdapterOptions> Sharded(RedisSubscriptionMode mode) => options =>
    {
        options.Kind = RedisAdapterKind.Sharded;
        options.SubscriptionMode = mode;
    };
}

/// <summary>One node, whoever made it.</summary>
interface IClusterNode : IAsyncDisposable
{
    string Name { get; }

    Uri Address { get; }

    /// <summary>Whatever it publishes is with Redis when this returns.</summary>
    Task<JsonElement> DoAsync(ClusterOperation operation);

    /// <summary>What other nodes have said since the last call.</summary>
    Task<JsonElement[][]> HeardAsync();
}

/// <summary>The official server with an official adapter.</summary>
sealed class OfficialNode : IClusterNode
{
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition =
            System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    readonly ControlledProgram program;

    OfficialNode(ControlledProgram program, string name, int port)
    {
        this.program = program;
        Name = name;
        Address = new Uri($"http://127.0.0.1:{port}/");
    }

    public string Name { get; }

    public Uri Address { get; }

    public static async Task<IClusterNode> StartAsync(
        string name, RedisProcess redis, string kind = "classic")
    {
        var (program, ports) = await ControlledProgram.StartAsync(
            "cluster-node.mjs", name, $"{redis.Port}", kind);
        return new OfficialNode(program, name, ports[0]);
    }

    public Task<JsonElement> DoAsync(ClusterOperation operation) => program.CallAsync(
        "do", JsonSerializer.SerializeToElement(operation, json));

    public async Task<JsonElement[][]> HeardAsync() =>
        (await program.CallAsync("heard", new { })).Deserialize<JsonElement[][]>()!;

    public bool Signal(Signals signal) => program.Signal(signal);

    public ValueTask DisposeAsync() => program.DisposeAsync();
}

/// <summary>Sluice.SocketIO in this process.</summary>
sealed class SluiceNode : IClusterNode
{
    readonly ConcurrentQueue<JsonElement[]> heard = new();
    readonly IRedisClient redis;
    readonly SocketIOHost host;

    SluiceNode(SocketIOHost host, IRedisClient redis, string name)
    {
        this.host = host;
        this.redis = redis;
        Name = name;
        host.IO.OnServerSide("said", context =>
        {
            heard.Enqueue([.. context.Arguments.Select(argument => argument.As<JsonElement>())]);
            return default;
        });
        host.IO.OnServerSide("asked", context =>
        {
            context.Ack((object[])
                [name, .. context.Arguments.Select(argument => argument.As<JsonElement>())]);
            return default;
        });
    }

    public string Name { get; }

    public Uri Address => host.Address;

    public ISocketIOServer IO => host.IO;

    public static async Task<SluiceNode> StartAsync(
        string name, RedisProcess redis, Action<RedisAdapterOptions>? configure = null,
        Action<RedisClientOptions>? configureRedis = null, bool awaitRedis = true,
        Action<SocketIOOptions>? configureServer = null)
    {
        var options = new RedisClientOptions { Address = RedisAddress.Parse(redis.Address) };
        configureRedis?.Invoke(options);
        var client = new RedisClient(options, NullLogger.Instance, TimeProvider.System);
        var host = await SocketIOHost.StartAsync(
            configureServer,
            serve: io => io.OnConnection(socket =>
                socket.Data["name"] = socket.Handshake.Auth.GetProperty("name").GetString()),
            extend: builder => builder.AddRedisAdapter(redis.Address, adapter =>
            {
                adapter.ClientFactory = _ => client;
                configure?.Invoke(adapter);
            }));
        if (awaitRedis)
            await Patience.ForAsync(() => client.IsConnected, () => "a connection to Redis");
        return new SluiceNode(host, client, name);
    }

    public async Task<JsonElement> DoAsync(ClusterOperation operation)
    {
        var result = await RunAsync(operation, Pick(operation.Options));
        await redis.ExecuteAsync("PING", []);
        return result;
    }

    public Task<JsonElement[][]> HeardAsync()
    {
        var all = new List<JsonElement[]>();
        while (heard.TryDequeue(out var said))
            all.Add(said);
        return Task.FromResult(all.ToArray());
    }

    /// <summary>As when its process is killed: all its connections end, and it says nothing.</summary>
    public async Task KillAsync()
    {
        await redis.DisposeAsync();
        await host.KillAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    async Task<JsonElement> RunAsync(ClusterOperation operation, BroadcastOperator to)
    {
        object?[] args = [.. operation.Args.Select(Revive)];
        switch (operation.Op)
        {
            case "emit":
                to.EmitAll("event", args);
                break;
            case "fence":
                to.EmitAll("fence", args);
                break;
            case "join":
                to.SocketsJoin(operation.Room);
                break;
            case "leave":
                to.SocketsLeave(operation.Room);
                break;
            case "disconnect":
                to.DisconnectSockets(operation.Close);
                break;
            case "fetch":
                return Json((await to.FetchSocketsAsync()).Select(socket => new
                {
                    id = socket.Id,
                    rooms = socket.Rooms.Order(StringComparer.Ordinal),
                    name = socket.Data.Get<string>("name"),
                }));
            case "ask":
                return Json((await to.EmitWithAckAsync("ask", args))
                    .Select(answer => answer.As<JsonElement>()));
            case "allRooms":
                return Json((await host.IO.Adapter.AllRoomsAsync())
                    .Order(StringComparer.Ordinal));
            case "count":
                return Json(await host.IO.Adapter.CountServersAsync());
            case "flush":
                // Redis confirms subscriptions in their order.
                await redis.SubscribeAsync(RedisChannelKind.Channel, "flush", (_, _) => { });
                await redis.UnsubscribeAsync(RedisChannelKind.Channel, "flush");
                break;
            case "say":
                host.IO.ServerSideEmit("said", args);
                break;
            case "inquire":
                return Json((await host.IO.ServerSideEmitWithAckAsync("asked", args))
                    .Select(answer => answer.As<JsonElement>()));
            default:
                throw new InvalidOperationException(operation.Op);
        }

        return Json(null);
    }

    BroadcastOperator Pick(ClusterTarget options)
    {
        var to = host.IO.All.To(options.Rooms).Except(options.Except);
        if (options.Local)
            to = to.Local;
        return options.TimeoutMs is { } ms ? to.Timeout(TimeSpan.FromMilliseconds(ms)) : to;
    }

    static object? Revive(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("bytes", out var bytes)
            ? bytes.GetBytesFromBase64() : value;

    static JsonElement Json(object? value) => JsonSerializer.SerializeToElement(value);
}
