using System.Text;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// The format of @socket.io/redis-streams-adapter 0.3: broadcasts and operations on sockets are
/// entries of a stream, questions and answers go through channels. With connection state recovery
/// an entry's id is the offset of its event, and a client is recovered by any node.
/// </summary>
public sealed partial class RedisStreamsAdapter : ClusterAdapter, IStreamOrder
{
    readonly IRedisClient redis;
    readonly RedisAdapterOptions options;
    readonly RedisStreams streams;
    readonly StreamFollower follower;
    readonly StreamSender sender;
    readonly ClusterPublisher publisher;
    readonly ReadOnlyMemory<byte> stream;
    readonly string channel;
    readonly byte[] channelBytes;
    Task subscribed = Task.CompletedTask;

    /// <param name="host">The namespace.</param>
    /// <param name="redis">Shared by all namespaces; somebody else disposes of it.</param>
    /// <param name="options">They must not change any more.</param>
    /// <param name="streams">The streams that are read.</param>
    internal RedisStreamsAdapter(
        IAdapterHost host, IRedisClient redis, RedisAdapterOptions options, RedisStreams streams)
        : base(host, options.RequestsTimeout)
    {
        this.redis = redis;
        this.options = options;
        this.streams = streams;
        publisher = new ClusterPublisher(redis, Host, Log);
        channel = $"{options.Key}#{Host.Name}#";
        channelBytes = Encoding.UTF8.GetBytes(channel);
        var name = options.Streams.StreamOf(Host.Name);
        stream = Encoding.UTF8.GetBytes(name);
        follower = streams.Follow(name, Host.Time);
        sender = new StreamSender(redis, Host, options.RequestsTimeout, publisher, this);
    }

    public override string? Problem =>
        !redis.IsConnected || !follower.IsConnected ? "Redis is out of reach."
        : follower.Position is null ? "The stream in Redis cannot be read." : null;

    /// <summary>
    /// With recovery this node does its own part in the stream's order, as offsets must rise.
    /// </summary>
    bool IsRecovering => Host.Options.ConnectionStateRecovery is not null;

    RedisChannelKind Kind => options.Streams.UseShardedPubSub
        ? RedisChannelKind.Sharded : RedisChannelKind.Channel;

    string PublishCommand => options.Streams.UseShardedPubSub ? "SPUBLISH" : "PUBLISH";

    public override async ValueTask StartAsync()
    {
        follower.Add(Host.Name, this);
        subscribed = SubscribeAsync();
        await subscribed;
    }

    public override async ValueTask DisposeAsync()
    {
        follower.Remove(Host.Name, this);
        await redis.UnsubscribeAsync(Kind, channel);
        await redis.UnsubscribeAsync(Kind, channel + Uid + "#");
        await SessionsSavedAsync();
        await streams.ReleaseAsync(follower);
        sender.Dispose();
        await base.DisposeAsync();
    }

    public override async ValueTask<int> CountServersAsync(CancellationToken cancel = default)
    {
        // Who is not subscribed yet is not counted, and takes the others for none.
        await subscribed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var count = await redis.ExecuteAsync(
            "PUBSUB",
            [
                options.Streams.UseShardedPubSub
                    ? "SHARDNUMSUB"u8.ToArray() : "NUMSUB"u8.ToArray(), channelBytes,
            ], cancel);
        return count.Items is [_, var subscribers, ..]
            ? (int)Math.Max(1, subscribers.AsNumber() ?? 1) : 1;
    }

    public override void Broadcast(Packet packet, BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(options);
        if (options.IsLocal || !IsRecovering)
            base.Broadcast(packet, options);
        else
            Add(Outgoing(packet, options), id => Deliver(packet, options, id));
    }

    public override void Follow(Action send)
    {
        ArgumentNullException.ThrowIfNull(send);
        if (IsRecovering)
            sender.Follow(send);
        else
            send();
    }

    public override void AddSockets(BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.IsLocal || !IsRecovering)
        {
            base.AddSockets(options, rooms);
            return;
        }

        string[] all = [.. rooms];
        Add(Joining(options, all), _ => AddHere(options, all));
    }

    public override void RemoveSockets(
        BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.IsLocal || !IsRecovering)
        {
            base.RemoveSockets(options, rooms);
            return;
        }

        string[] all = [.. rooms];
        Add(Leaving(options, all), _ => RemoveHere(options, all));
    }

    public override void DisconnectSockets(BroadcastOptions options, bool close)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.IsLocal || !IsRecovering)
            base.DisconnectSockets(options, close);
        else
            Add(Disconnecting(options, close), _ => DisconnectHere(options, close));
    }

    /// <summary>An entry of the stream, in its turn.</summary>
    internal void OnEntry(StreamEntry entry)
    {
        try
        {
            if (entry.Uid == Uid)
                Do(sender.Take(entry.Id, entry.Data.Span));
            else
                OnEntryOfOther(entry);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.RedisHandlerFailed(e);
        }
    }

    /// <summary>Does what need not wait for the stream any more, in its turn.</summary>
    internal void DoDue() => Do(sender.TakeDue());

    internal void Tick() => sender.Tick();

    private protected override void Publish(ClusterOutgoing message)
    {
        if (message.IsEphemeral)
            publisher.Publish(
                PublishCommand, channelBytes, message.MessagePack(Uid, Host.Name));
        else
            publisher.Publish("XADD", Arguments(message));
    }

    private protected override Task PublishAsync(
        ClusterOutgoing message, CancellationToken cancel) => redis.ExecuteAsync(
        PublishCommand, [channelBytes, message.MessagePack(Uid, Host.Name)], cancel);

    private protected override void Respond(string uid, ClusterOutgoing message) =>
        publisher.Publish(
            PublishCommand, Encoding.UTF8.GetBytes(channel + uid + "#"),
            message.MessagePack(Uid, Host.Name));

    StreamId? IStreamOrder.Position => follower.Position;

    async Task<bool> IStreamOrder.CatchUpAsync() => await follower.InTurnAfterAsync(
        await LastAsync(), options.RequestsTimeout, static () => { }) is not null;

    void IStreamOrder.OnDue() => _ = follower.InTurnAsync(DoDue);

    async Task SubscribeAsync()
    {
        // Whom others count reads already, if it can.
        await follower.InTurnAfterAsync(default, options.RequestsTimeout, static () => { });
        await Task.WhenAll(
            redis.SubscribeAsync(Kind, channel, (_, message) => OnMessage(message)),
            redis.SubscribeAsync(Kind, channel + Uid + "#", (_, message) => OnMessage(message)));
    }

    ReadOnlyMemory<byte>[] Arguments(ClusterOutgoing message) => StreamEntry.Arguments(
        options.Streams, Uid, Host.Name, message.Type, StreamEntry.DataOf(message));

    void Add(ClusterOutgoing message, Action<StreamId?> act) =>
        sender.Send(Arguments(message), act);

    void OnEntryOfOther(StreamEntry entry)
    {
        if (entry.Parse() is not { } message)
        {
            Log.ClusterMessageIgnored(Host.Name, "an entry that nobody can read");
            return;
        }

        var data = message.Root;
        var id = ClusterMessage.Text(data, "requestId");
        if (entry.Type != ClusterMessageType.Broadcast || id is not null)
            Serve(entry.Type, entry.Uid, id, message, data);
        else if (message.Packet(ClusterMessage.Member(data, "packet"), Host.Name) is { } packet)
            Deliver(packet, ClusterMessage.Options(ClusterMessage.Member(data, "opts")), entry.Id);
        else
            Log.ClusterMessageIgnored(Host.Name, "a broadcast without an event");
    }

    /// <summary>To this node's clients, with the offset when it has one.</summary>
    void Deliver(Packet packet, BroadcastOptions options, StreamId? id) => BroadcastHere(
        IsRecovering && id is { } offset && RecoverablePacket.Is(packet, options)
            ? RecoverablePacket.WithOffset(packet, offset.ToString()) : packet, options);

    void Do(List<StreamStep> steps)
    {
        while (steps.Count > 0)
        {
            foreach (var step in steps)
            {
                try
                {
                    step.Do(step.Id);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    Log.RedisHandlerFailed(e);
                }
            }

            sender.Done(steps.Count);
            steps = sender.TakeDue();
        }
    }
}
