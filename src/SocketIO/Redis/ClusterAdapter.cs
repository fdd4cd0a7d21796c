using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Adapters;
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
    readonly ClusterQuestions questions;
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
        questions = new ClusterQuestions(Host.Time);
        Log = Host.LoggerFactory.CreateLogger("Sluice.SocketIO.Redis");
    }

    private protected ILogger Log { get; }

    /// <summary>This node in this namespace.</summary>
    private protected string Uid { get; } = NewId();

    /// <summary>Says something to all other nodes, without waiting.</summary>
    private protected abstract void Publish(ClusterOutgoing message);

    /// <summary>Asks all other nodes.</summary>
    /// <exception cref="RedisException">The question could not be sent.</exception>
    private protected abstract Task PublishAsync(
        ClusterOutgoing message, CancellationToken cancel);

    /// <summary>Answers one node.</summary>
    private protected abstract void Respond(string uid, ClusterOutgoing message);

    // ---- what this node does ----

    public override void Broadcast(Packet packet, BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsLocal)
            Publish(Outgoing(packet, options));
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
            Publish(new(ClusterMessageType.Broadcast, packet.Attachments, data =>
            {
                WritePacket(data, packet);
                data.WriteString("requestId", id);
                WriteOptions(data, options);
            })
            {
                IsEphemeral = true,
            });
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
            ClusterMessageType.Fetch, (data, id) =>
            {
                WriteOptions(data, options);
                data.WriteString("requestId", id);
            }, cancel);
        return [.. found, .. answers.SelectMany(answer => RemoteSockets(answer))];
    }

    /// <summary>There is no question for rooms alone: it asks for the sockets.</summary>
    public override async Task<IReadOnlySet<string>> AllRoomsAsync(
        CancellationToken cancel = default) =>
        (await FetchSocketsAsync(new BroadcastOptions(), cancel))
            .SelectMany(socket => socket.Rooms).ToHashSet(StringComparer.Ordinal);

    public override void AddSockets(BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        Tell(Joining(options, rooms), options);
        base.AddSockets(options, rooms);
    }

    public override void RemoveSockets(
        BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        Tell(Leaving(options, rooms), options);
        base.RemoveSockets(options, rooms);
    }

    public override void DisconnectSockets(BroadcastOptions options, bool close)
    {
        Tell(Disconnecting(options, close), options);
        base.DisconnectSockets(options, close);
    }

    public override void ServerSideEmit(ReadOnlyMemory<byte> json) => Publish(
        new(ClusterMessageType.ServerSideEmit, [], data => WriteRaw(data, "packet", json))
        {
            IsEphemeral = true,
        });

    public override async Task<IReadOnlyList<ReadOnlyMemory<byte>>> ServerSideEmitWithAckAsync(
        ReadOnlyMemory<byte> json, CancellationToken cancel = default)
    {
        var answers = await AskAsync(
            ClusterMessageType.ServerSideEmit, (data, id) =>
            {
                data.WriteString("requestId", id);
                WriteRaw(data, "packet", json);
            }, cancel);
        return [.. answers.Select(answer =>
            ClusterMessage.Member(DataOf(answer), "packet") is { } packet
                ? ClusterMessage.Raw(packet) : "null"u8.ToArray())];
    }

    // ---- messages ----

    // ---- this node's part alone ----

    private protected void BroadcastHere(Packet packet, BroadcastOptions options) =>
        base.Broadcast(packet, options);

    private protected void AddHere(BroadcastOptions options, IReadOnlyCollection<string> rooms) =>
        base.AddSockets(options, rooms);

    private protected void RemoveHere(
        BroadcastOptions options, IReadOnlyCollection<string> rooms) =>
        base.RemoveSockets(options, rooms);

    private protected void DisconnectHere(BroadcastOptions options, bool close) =>
        base.DisconnectSockets(options, close);

    private protected static ClusterOutgoing Outgoing(Packet packet, BroadcastOptions options) =>
        new(ClusterMessageType.Broadcast, packet.Attachments, data =>
        {
            WritePacket(data, packet);
            WriteOptions(data, options);
        })
        {
            Room = options.Rooms.Count == 1 ? options.Rooms.First() : null,
        };

    private protected static ClusterOutgoing Joining(
        BroadcastOptions options, IReadOnlyCollection<string> rooms) =>
        Operation(ClusterMessageType.Join, options, data =>
            ClusterWriter.WriteTexts(data, "rooms", rooms));

    private protected static ClusterOutgoing Leaving(
        BroadcastOptions options, IReadOnlyCollection<string> rooms) =>
        Operation(ClusterMessageType.Leave, options, data =>
            ClusterWriter.WriteTexts(data, "rooms", rooms));

    private protected static ClusterOutgoing Disconnecting(BroadcastOptions options, bool close) =>
        Operation(ClusterMessageType.Disconnect, options, data =>
            data.WriteBoolean("close", close));

    static ClusterOutgoing Operation(
        ClusterMessageType type, BroadcastOptions options, Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new(type, [], data =>
        {
            WriteOptions(data, options);
            write(data);
        });
    }

    void Tell(ClusterOutgoing message, BroadcastOptions options)
    {
        if (!options.IsLocal)
            Publish(message);
    }

    async Task<IReadOnlyList<ClusterMessage>> AskAsync(
        ClusterMessageType type, Action<Utf8JsonWriter, string> write, CancellationToken cancel)
    {
        var others = await CountServersAsync(cancel) - 1;
        var id = NewId();
        var question = new ClusterOutgoing(type, [], data => write(data, id))
        {
            IsEphemeral = true,
        };
        return await requests.AskAsync(
            id, others, () => PublishAsync(question, cancel), requestsTimeout, cancel);
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
