namespace Sluice.SocketIO.Redis;

/// <summary>How a namespace reaches itself on other nodes. All nodes must agree on it.</summary>
public sealed class RedisAdapterOptions
{
    /// <summary>The first part of all channels: "key" of @socket.io/redis-adapter.</summary>
    public string Key { get; set; } = "socket.io";

    /// <summary>How long the other nodes may take to answer a question.</summary>
    public TimeSpan RequestsTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Answers go to a channel of the node that asked instead of one that all nodes read.
    /// </summary>
    public bool PublishOnSpecificResponseChannel { get; set; }

    /// <summary>The client that the library makes itself.</summary>
    public RedisClientOptions Redis { get; } = new();

    /// <summary>
    /// Makes another client instead, such as one around StackExchange.Redis. It is disposed of
    /// with the server.
    /// </summary>
    public Func<IServiceProvider, IRedisClient>? ClientFactory { get; set; }
}
