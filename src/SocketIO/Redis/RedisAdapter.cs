using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>What one node asks of the others, by its number on the wire.</summary>
enum RedisRequest
{
    Sockets = 0,
    AllRooms = 1,
    Join = 2,
    Leave = 3,
    Disconnect = 4,
    Fetch = 5,
    ServerSideEmit = 6,
    Broadcast = 7,
    BroadcastClientCount = 8,
    BroadcastAck = 9,
}

/// <summary>
/// The wire format of @socket.io/redis-adapter 8, so that nodes of .NET and of Node.js are one
/// cluster and @socket.io/redis-emitter reaches all clients. What concerns this node happens at
/// once, whether Redis is there or not; the others learn of it through Redis.
/// </summary>
public sealed partial class RedisAdapter : InMemoryAdapter
{
    readonly IRedisClient redis;
    readonly RedisAdapterOptions options;
    readonly ILogger log;
    readonly ClusterRequests requests;
    readonly ClusterQuestions questions;
    readonly ClusterPublisher publisher;
    readonly ConcurrentDictionary<string, Asked> asked = new(StringComparer.Ordinal);
    readonly string uid = ClusterWriter.NewId(6);
    readonly string channel;
    readonly byte[] requestChannel;
    readonly string responseChannel;
    Task subscribed = Task.CompletedTask;

    /// <summary>A broadcast of this node whose acknowledgements come from others.</summary>
    sealed record Asked(Action<int> OnClientCount, Action<Packet> OnAck);

    /// <param name="host">The namespace.</param>
    /// <param name="redis">Shared by all namespaces; somebody else disposes of it.</param>
    /// <param name="options">They must not change any more.</param>
    public RedisAdapter(IAdapterHost host, IRedisClient redis, RedisAdapterOptions options)
        : base(host)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.redis = redis;
        this.options = options;
        log = Host.LoggerFactory.CreateLogger("Sluice.SocketIO.Redis");
        requests = new ClusterRequests(Host.Time);
        questions = new ClusterQuestions(Host.Time);
        publisher = new ClusterPublisher(redis, Host, log);
        channel = $"{options.Key}#{Host.Name}#";
        requestChannel = Encoding.UTF8.GetBytes($"{options.Key}-request#{Host.Name}#");
        responseChannel = $"{options.Key}-response#{Host.Name}#";
    }

    public override string? Problem => redis.IsConnected ? null : "Redis is out of reach.";

    public override async ValueTask StartAsync()
    {
        // All four at once, and all of them made when Redis comes later.
        subscribed = Task.WhenAll(
            redis.SubscribeAsync(RedisChannelKind.Pattern, channel + "*", OnBroadcast),
            redis.SubscribeAsync(
                RedisChannelKind.Channel, Encoding.UTF8.GetString(requestChannel), OnRequest),
            redis.SubscribeAsync(RedisChannelKind.Channel, responseChannel, OnResponse),
            redis.SubscribeAsync(
                RedisChannelKind.Channel, responseChannel + uid + "#", OnResponse));
        await subscribed;
    }

    public override async ValueTask DisposeAsync()
    {
        await redis.UnsubscribeAsync(RedisChannelKind.Pattern, channel + "*");
        await redis.UnsubscribeAsync(
            RedisChannelKind.Channel, Encoding.UTF8.GetString(requestChannel));
        await redis.UnsubscribeAsync(RedisChannelKind.Channel, responseChannel);
        await redis.UnsubscribeAsync(RedisChannelKind.Channel, responseChannel + uid + "#");
        await base.DisposeAsync();
    }

    // ---- what this node does ----

    public override async ValueTask<int> CountServersAsync(CancellationToken cancel = default)
    {
        // Who is not subscribed yet is not counted, and takes the others for none. When it takes
        // too long, the question itself says so.
        await subscribed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var count = await redis.ExecuteAsync(
            "PUBSUB", [Encoding.UTF8.GetBytes("NUMSUB"), requestChannel], cancel);
        return count.Items is [_, var subscribers, ..]
            ? (int)Math.Max(1, subscribers.AsNumber() ?? 1) : 1;
    }

    public override void Broadcast(Packet packet, BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsLocal)
            Publish(
                options.Rooms.Count == 1 ? channel + options.Rooms.First() + "#" : channel,
                EncodeBroadcast(packet, options));
        base.Broadcast(packet, options);
    }

    public override void BroadcastWithAck(
        Packet packet, BroadcastOptions options, Action<int> onClientCount, Action<Packet> onAck,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsLocal)
        {
            var id = ClusterWriter.NewId(6);
            asked[id] = new Asked(onClientCount, onAck);
            cancel.UnsafeRegister(_ => asked.TryRemove(id, out Asked? _), null);
            Publish(requestChannel, EncodeQuestion(id, packet, options));
        }

        base.BroadcastWithAck(packet, options, onClientCount, onAck, cancel);
    }

    public override async Task<IReadOnlySet<string>> SocketsAsync(
        BroadcastOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Except.Count > 0)
            // The question for ids knows no exceptions.
            return (await FetchSocketsAsync(options, cancel))
                .Select(socket => socket.Id).ToHashSet(StringComparer.Ordinal);
        var found = new HashSet<string>(
            await base.SocketsAsync(options, cancel), StringComparer.Ordinal);
        if (options.IsLocal)
            return found;
        foreach (var answer in await AskAsync(
            RedisRequest.Sockets, json => ClusterWriter.WriteTexts(json, "rooms", options.Rooms),
            cancel))
            found.UnionWith(ClusterMessage.Texts(
                ClusterMessage.Member(answer.Root, "sockets")));
        return found;
    }

    public override async Task<IReadOnlyList<RemoteSocketData>> FetchSocketsAsync(
        BroadcastOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var found = await base.FetchSocketsAsync(options, cancel);
        if (options.IsLocal)
            return found;
        var answers = await AskAsync(
            RedisRequest.Fetch, json => ClusterWriter.WriteOptions(json, options), cancel);
        return [.. found, .. answers.SelectMany(
            answer => ClusterMessage.RemoteSockets(answer.Root))];
    }

    public override async Task<IReadOnlySet<string>> AllRoomsAsync(
        CancellationToken cancel = default)
    {
        var found = new HashSet<string>(await base.AllRoomsAsync(cancel), StringComparer.Ordinal);
        foreach (var answer in await AskAsync(RedisRequest.AllRooms, _ => { }, cancel))
            found.UnionWith(ClusterMessage.Texts(ClusterMessage.Member(answer.Root, "rooms")));
        return found;
    }

    public override void AddSockets(BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        Tell(RedisRequest.Join, options, json => ClusterWriter.WriteTexts(json, "rooms", rooms));
        base.AddSockets(options, rooms);
    }

    public override void RemoveSockets(
        BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        Tell(RedisRequest.Leave, options, json => ClusterWriter.WriteTexts(json, "rooms", rooms));
        base.RemoveSockets(options, rooms);
    }

    public override void DisconnectSockets(BroadcastOptions options, bool close)
    {
        Tell(RedisRequest.Disconnect, options, json => json.WriteBoolean("close", close));
        base.DisconnectSockets(options, close);
    }

    public override void ServerSideEmit(ReadOnlyMemory<byte> json) =>
        Publish(requestChannel, ClusterWriter.Json(request =>
        {
            request.WriteString("uid", uid);
            request.WriteNumber("type", (int)RedisRequest.ServerSideEmit);
            request.WritePropertyName("data");
            request.WriteRawValue(json.Span, skipInputValidation: true);
        }));

    public override async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ServerSideEmitWithAckAsync(
        ReadOnlyMemory<byte> json, CancellationToken cancel = default)
    {
        var answers = await AskAsync(
            RedisRequest.ServerSideEmit, request =>
            {
                request.WritePropertyName("data");
                request.WriteRawValue(json.Span, skipInputValidation: true);
            }, cancel);
        return [.. answers.Select(answer =>
            ClusterMessage.Member(answer.Root, "data") is { } data
                ? ClusterMessage.Raw(data) : "null"u8.ToArray())];
    }

    // ---- messages ----

    /// <summary>Tells all nodes to do something with their sockets.</summary>
    void Tell(RedisRequest type, BroadcastOptions options, Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.IsLocal)
            return;
        Publish(requestChannel, ClusterWriter.Json(json =>
        {
            json.WriteString("uid", uid);
            json.WriteNumber("type", (int)type);
            ClusterWriter.WriteOptions(json, options);
            write(json);
        }));
    }

    /// <summary>Asks all other nodes.</summary>
    async Task<IReadOnlyList<ClusterMessage>> AskAsync(
        RedisRequest type, Action<Utf8JsonWriter> write, CancellationToken cancel)
    {
        var others = await CountServersAsync(cancel) - 1;
        var id = ClusterWriter.NewId(6);
        var question = ClusterWriter.Json(json =>
        {
            json.WriteString("uid", uid);
            json.WriteString("requestId", id);
            json.WriteNumber("type", (int)type);
            write(json);
        });
        return await requests.AskAsync(
            id, others, () => redis.ExecuteAsync("PUBLISH", [requestChannel, question], cancel),
            options.RequestsTimeout, cancel);
    }

    byte[] EncodeBroadcast(Packet packet, BroadcastOptions options)
    {
        var output = new ArrayBufferWriter<byte>(128 + packet.Json.Length);
        var writer = new MessagePackWriter(output);
        writer.WriteArray(3);
        writer.Write(uid);
        ClusterWriter.WritePacket(writer, packet, hasNamespace: true);
        ClusterWriter.WriteOptions(writer, options);
        return output.WrittenSpan.ToArray();
    }

    byte[] EncodeQuestion(string id, Packet packet, BroadcastOptions options)
    {
        var output = new ArrayBufferWriter<byte>(128 + packet.Json.Length);
        var writer = new MessagePackWriter(output);
        writer.WriteMap(5);
        writer.WriteString("uid"u8);
        writer.Write(uid);
        writer.WriteString("requestId"u8);
        writer.Write(id);
        writer.WriteString("type"u8);
        writer.Write((long)RedisRequest.Broadcast);
        writer.WriteString("packet"u8);
        ClusterWriter.WritePacket(writer, packet, hasNamespace: true);
        writer.WriteString("opts"u8);
        ClusterWriter.WriteOptions(writer, options);
        return output.WrittenSpan.ToArray();
    }

    void Publish(string target, byte[] message) => Publish(Encoding.UTF8.GetBytes(target), message);

    void Publish(byte[] target, byte[] message) => publisher.Publish("PUBLISH", target, message);
}
