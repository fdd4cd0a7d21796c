namespace Sluice.SocketIO.Redis;

/// <summary>In which of the official formats nodes talk to each other.</summary>
public enum RedisAdapterKind
{
    /// <summary>createAdapter of @socket.io/redis-adapter, which its emitter knows too.</summary>
    Classic,

    /// <summary>
    /// createShardedAdapter of @socket.io/redis-adapter: sharded channels, Redis 7 and later.
    /// </summary>
    Sharded,

    /// <summary>
    /// createAdapter of @socket.io/redis-streams-adapter 0.3: what is sent goes through a stream,
    /// which outlives a Redis that is away for a while, and connection state recovery works on
    /// every node.
    /// </summary>
    Streams,
}

/// <summary>Which rooms have a channel of their own with the sharded adapter.</summary>
public enum RedisSubscriptionMode
{
    /// <summary>All but those of single sockets: a node gets what its rooms need.</summary>
    Dynamic,

    /// <summary>None: two channels, and every node gets everything.</summary>
    Static,

    /// <summary>All, those of single sockets too.</summary>
    DynamicPrivate,
}

/// <summary>How a namespace reaches itself on other nodes. All nodes must agree on it.</summary>
public sealed class RedisAdapterOptions
{
    /// <summary>The format.</summary>
    public RedisAdapterKind Kind { get; set; }

    /// <summary>For <see cref="RedisAdapterKind.Sharded"/> alone.</summary>
    public RedisSubscriptionMode SubscriptionMode { get; set; }

    /// <summary>The first part of all channels: "key", or "channelPrefix", of the official adapters.</summary>
    public string Key { get; set; } = "socket.io";

    /// <summary>How long the other nodes may take to answer a question.</summary>
    public TimeSpan RequestsTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Answers go to a channel of the node that asked instead of one that all nodes read. For
    /// <see cref="RedisAdapterKind.Classic"/> alone; with the other kinds answers always do.
    /// </summary>
    public bool PublishOnSpecificResponseChannel { get; set; }

    /// <summary>For <see cref="RedisAdapterKind.Streams"/> alone.</summary>
    public RedisStreamsOptions Streams { get; } = new();

    /// <summary>The client that the library makes itself.</summary>
    public RedisClientOptions Redis { get; } = new();

    /// <summary>
    /// Makes another client instead, such as one around StackExchange.Redis. It is disposed of
    /// with the server.
    /// </summary>
    public Func<IServiceProvider, IRedisClient>? ClientFactory { get; set; }
}
