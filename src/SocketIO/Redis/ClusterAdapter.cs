using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>What nodes say to each other, by its number in socket.io-adapter.</summary>
enum ClusterMessageType
{
    Broadcast = 3,
    Join = 4,
    Leave = 5,
    Disconnect = 6,
    Fetch = 7,
    FetchResponse = 8,
    ServerSideEmit = 9,
    ServerSideEmitResponse = 10,
    BroadcastClientCount = 11,
    BroadcastAck = 12,
}

/// <summary>
/// The messages of ClusterAdapter in socket.io-adapter 2.5, which the official adapters for sharded
/// Redis and others share; how they travel is theirs. What concerns this node happens at once.
/// </summary>
public abstract partial class ClusterAdapter : InMemoryAdapter
{
    readonly ClusterRequests requests;
    readonly ConcurrentDictionary<string, Asked> asked = new(StringComparer.Ordinal);
    readonly TimeSpan requestsTimeout;

    /// <summary>A broadcast of this node whose acknowledgements come from others.</summary>
    sealed record Asked(Action<int> OnClientCount, Action<Packet> OnAck);

    /// <param name="host">The namespace.</param>
    /// <param name="requestsTimeout">How long others may take to answer.</param>
    private protected ClusterAdapter(IAdapterHost host, TimeSpan requestsTimeout)
        : base(host)
    {
        this.requestsTimeout = requestsTimeout;
        requests = new ClusterRequests(Host.Time);
        Log = Host.LoggerFactory.CreateLogger("Sluice.SocketIO.Redis");
    }

    private protected ILogger Log { get; }

    /// <summary>This node in this namespace.</summary>
    private protected string Uid { get; } = NewId();

    /// <summary>Says something to all other nodes, without waiting.</summary>
    /// <param name="message">JSON, or MessagePack when there are attachments.</param>
    /// <param name="room">The only room that a broadcast without acknowledgement is for.</param>
    private protected abstract void Publish(byte[] message, string? room);

    /// <summary>Asks all other nodes.</summary>
    /// <exception cref="RedisException">The question could not be sent.</exception>
    private protected abstract Task PublishAsync(byte[] message, CancellationToken cancel);

    /// <summary>Answers one node.</summary>
    private protected abstract void Respond(string uid, byte[] message);

    // ---- what this node does ----

    public override void Broadcast(Packet packet, BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsLocal)
            Publish(
                Encode(ClusterMessageType.Broadcast, packet.Attachments, data =>
                {
                    WritePacket(data, packet);
                    WriteOptions(data, options);
                }), options.Rooms.Count == 1 ? options.Rooms.First() : null);
        base.Broadcast(packet, options);
    }

    public override void BroadcastWithAck(
        Packet packet, BroadcastOptions options, Action<int> onClientCount, Action<Packet> onAck,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsLocal)
        {
            var id = NewId();
            asked[id] = new Asked(onClientCount, onAck);
            cancel.UnsafeRegister(_ => asked.TryRemove(id, out Asked? _), null);
            Publish(
                Encode(ClusterMessageType.Broadcast, packet.Attachments, data =>
                {
                    WritePacket(data, packet);
                    data.WriteString("requestId", id);
                    WriteOptions(data, options);
                }), room: null);
        }

        base.BroadcastWithAck(packet, options, onClientCount, onAck, cancel);
    }

    public override async Task<IReadOnlySet<string>> SocketsAsync(
        BroadcastOptions options, CancellationToken cancel = default) =>
        (await FetchSocketsAsync(options, cancel))
            .Select(socket => socket.Id).ToHashSet(StringComparer.Ordinal);

    public override async Task<IReadOnlyList<RemoteSocketData>> FetchSocketsAsync(
        BroadcastOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var found = await base.FetchSocketsAsync(options, cancel);
        if (options.IsLocal)
            return found;
        var answers = await AskAsync(
            ClusterMessageType.Fetch, data => WriteOptions(data, options), cancel);
        return [.. found, .. answers.SelectMany(answer => RemoteSockets(answer))];
    }

    /// <summary>There is no question for rooms alone: it asks for the sockets.</summary>
    public override async Task<IReadOnlySet<string>> AllRoomsAsync(
        CancellationToken cancel = default) =>
        (await FetchSocketsAsync(new BroadcastOptions(), cancel))
            .SelectMany(socket => socket.Rooms).ToHashSet(StringComparer.Ordinal);

    public override void AddSockets(BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        Tell(ClusterMessageType.Join, options, data =>
            ClusterWriter.WriteTexts(data, "rooms", rooms));
        base.AddSockets(options, rooms);
    }

    public override void RemoveSockets(
        BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        Tell(ClusterMessageType.Leave, options, data =>
            ClusterWriter.WriteTexts(data, "rooms", rooms));
        base.RemoveSockets(options, rooms);
    }

    public override void DisconnectSockets(BroadcastOptions options, bool close)
    {
        Tell(ClusterMessageType.Disconnect, options, data => data.WriteBoolean("close", close));
        base.DisconnectSockets(options, close);
    }

    public override void ServerSideEmit(ReadOnlyMemory<byte> json) => Publish(
        Encode(ClusterMessageType.ServerSideEmit, [], data => WriteRaw(data, "packet", json)),
        room: null);

    public override async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ServerSideEmitWithAckAsync(
        ReadOnlyMemory<byte> json, CancellationToken cancel = default)
    {
        var answers = await AskAsync(
            ClusterMessageType.ServerSideEmit, data => WriteRaw(data, "packet", json), cancel);
        return [.. answers.Select(answer =>
            ClusterMessage.Member(DataOf(answer), "packet") is { } packet
                ? ClusterMessage.Raw(packet) : "null"u8.ToArray())];
    }

    // ---- messages ----

    void Tell(ClusterMessageType type, BroadcastOptions options, Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsLocal)
            Publish(
                Encode(type, [], data =>
                {
                    WriteOptions(data, options);
                    write(data);
                }), room: null);
    }

    async Task<IReadOnlyList<ClusterMessage>> AskAsync(
        ClusterMessageType type, Action<Utf8JsonWriter> write, CancellationToken cancel)
    {
        var others = await CountServersAsync(cancel) - 1;
        var id = NewId();
        var question = Encode(type, [], data =>
        {
            write(data);
            data.WriteString("requestId", id);
        });
        return await requests.AskAsync(
            id, others, () => PublishAsync(question, cancel), requestsTimeout, cancel);
    }

    /// <summary>{type, data, uid, nsp}: JSON, unless something in it is binary.</summary>
    byte[] Encode(
        ClusterMessageType type, IReadOnlyList<ReadOnlyMemory<byte>> attachments,
        Action<Utf8JsonWriter> writeData)
    {
        var message = ClusterWriter.Json(json =>
        {
            json.WriteNumber("type", (int)type);
            json.WriteStartObject("data");
            writeData(json);
            json.WriteEndObject();
            json.WriteString("uid", Uid);
            json.WriteString("nsp", Host.Name);
        });
        if (attachments.Count == 0)
            return message;
        var output = new ArrayBufferWriter<byte>(message.Length);
        JsonToMessagePack.Write(new MessagePackWriter(output), message, attachments);
        return output.WrittenSpan.ToArray();
    }

    static void WritePacket(Utf8JsonWriter data, Packet packet)
    {
        data.WriteStartObject("packet");
        data.WriteNumber("type", (int)PacketType.Event);
        WriteRaw(data, "data", packet.Json);
        data.WriteEndObject();
    }

    static void WriteOptions(Utf8JsonWriter data, BroadcastOptions options)
    {
        data.WriteStartObject("opts");
        ClusterWriter.WriteTexts(data, "rooms", options.Rooms);
        ClusterWriter.WriteTexts(data, "except", options.Except);
        data.WriteStartObject("flags");
        if (options.IsVolatile)
            data.WriteBoolean("volatile", true);
        if (options.Compress is { } compress)
            data.WriteBoolean("compress", compress);
        if (options.Timeout is { } timeout)
            data.WriteNumber("timeout", (long)timeout.TotalMilliseconds);
        data.WriteEndObject();
        data.WriteEndObject();
    }

    static void WriteRaw(Utf8JsonWriter data, string name, ReadOnlyMemory<byte> json)
    {
        data.WritePropertyName(name);
        data.WriteRawValue(json.Span, skipInputValidation: true);
    }

    static IEnumerable<RemoteSocketData> RemoteSockets(ClusterMessage answer) =>
        ClusterMessage.RemoteSockets(DataOf(answer));

    static JsonElement DataOf(ClusterMessage message) =>
        ClusterMessage.Member(message.Root, "data") ?? default;

    static string NewId() => RandomNumberGenerator.GetHexString(16, lowercase: true);
}
