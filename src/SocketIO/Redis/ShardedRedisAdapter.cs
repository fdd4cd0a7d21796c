using System.Text;
using Sluice.SocketIO.Adapters;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// The format of createShardedAdapter in @socket.io/redis-adapter 8: sharded channels of Redis 7,
/// one for each room that this node has, so that a node is spared the rooms of others.
/// </summary>
public sealed class ShardedRedisAdapter : ClusterAdapter
{
    readonly IRedisClient redis;
    readonly RedisSubscriptionMode mode;
    readonly ClusterPublisher publisher;
    readonly string channel;
    readonly byte[] channelBytes;
    readonly Lock sync = new();

    /// <summary>Rooms whose channels are subscribed to.</summary>
    readonly HashSet<string> subscribedRooms = new(StringComparer.Ordinal);
    Task subscribed = Task.CompletedTask;

    /// <param name="host">The namespace.</param>
    /// <param name="redis">Shared by all namespaces; somebody else disposes of it.</param>
    /// <param name="options">They must not change any more.</param>
    public ShardedRedisAdapter(
        IAdapterHost host, IRedisClient redis, RedisAdapterOptions options)
        : base(host, options.RequestsTimeout)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.redis = redis;
        mode = options.SubscriptionMode;
        publisher = new ClusterPublisher(redis, Host, Log);
        channel = $"{options.Key}#{Host.Name}#";
        channelBytes = Encoding.UTF8.GetBytes(channel);
        if (mode == RedisSubscriptionMode.Static)
            return;
        RoomCreated += Follow;
        RoomDeleted += Follow;
    }

    public override string? Problem => redis.IsConnected ? null : "Redis is out of reach.";

    public override async ValueTask StartAsync()
    {
        subscribed = Task.WhenAll(
            SubscribeAsync(channel), SubscribeAsync(channel + Uid + "#"));
        await subscribed;
    }

    public override async ValueTask DisposeAsync()
    {
        string[] rooms;
        lock (sync)
            rooms = [.. subscribedRooms];
        foreach (var name in (string[])["", Uid + "#", .. rooms.Select(room => room + "#")])
            await redis.UnsubscribeAsync(RedisChannelKind.Sharded, channel + name);
        await base.DisposeAsync();
    }

    public override async ValueTask<int> CountServersAsync(CancellationToken cancel = default)
    {
        // Who is not subscribed yet is not counted, and takes the others for none.
        await subscribed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var count = await redis.ExecuteAsync(
            "PUBSUB", [Encoding.UTF8.GetBytes("SHARDNUMSUB"), channelBytes], cancel);
        return count.Items is [_, var subscribers, ..]
            ? (int)Math.Max(1, subscribers.AsNumber() ?? 1) : 1;
    }

    private protected override void Publish(ClusterOutgoing message)
    {
        var room = message.Room;
        var isSeparate = room is not null && (mode == RedisSubscriptionMode.DynamicPrivate
            || (mode == RedisSubscriptionMode.Dynamic && !LooksLikeSocketId(room)));
        publisher.Publish(
            "SPUBLISH",
            isSeparate ? Encoding.UTF8.GetBytes(channel + room + "#") : channelBytes,
            message.Message(Uid, Host.Name));
    }

    private protected override Task PublishAsync(
        ClusterOutgoing message, CancellationToken cancel) => redis.ExecuteAsync(
        "SPUBLISH", [channelBytes, message.Message(Uid, Host.Name)], cancel);

    private protected override void Respond(string uid, ClusterOutgoing message) =>
        publisher.Publish(
            "SPUBLISH", Encoding.UTF8.GetBytes(channel + uid + "#"),
            message.Message(Uid, Host.Name));

    /// <summary>As the official adapter tells a socket's own room from others.</summary>
    static bool LooksLikeSocketId(string room) => room.Length == 20;

    Task SubscribeAsync(string name) => redis.SubscribeAsync(
        RedisChannelKind.Sharded, name, (_, message) => OnMessage(message));

    /// <summary>
    /// A room has come or gone on this node. Asked anew under the lock, because two threads may
    /// tell of it in the wrong order.
    /// </summary>
    void Follow(string room)
    {
        lock (sync)
        {
            var isWanted = HasRoom(room)
                && (mode == RedisSubscriptionMode.DynamicPrivate || RoomsOf(room) is null);
            if (isWanted && subscribedRooms.Add(room))
                // It stands whether Redis confirms it in time or not.
                _ = SubscribeAsync(channel + room + "#").ContinueWith(
                    static done => _ = done.Exception, TaskScheduler.Default);
            else if (!isWanted && subscribedRooms.Remove(room))
                _ = redis.UnsubscribeAsync(RedisChannelKind.Sharded, channel + room + "#");
        }
    }
}
