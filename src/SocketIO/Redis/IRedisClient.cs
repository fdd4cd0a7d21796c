namespace Sluice.SocketIO.Redis;

/// <summary>How a channel is subscribed to.</summary>
public enum RedisChannelKind
{
    /// <summary>SUBSCRIBE: one channel.</summary>
    Channel,

    /// <summary>PSUBSCRIBE: the channels that match a pattern.</summary>
    Pattern,

    /// <summary>SSUBSCRIBE: one sharded channel (Redis 7).</summary>
    Sharded,
}

/// <summary>
/// What the adapters need of Redis. <see cref="RedisClient"/> is the library's own; an
/// application that has a client already implements this with it.
/// </summary>
public interface IRedisClient : IAsyncDisposable
{
    /// <summary>Redis answers.</summary>
    bool IsConnected { get; }

    /// <summary>
    /// Runs a command. It must not wait: commands go out in the order of the calls.
    /// </summary>
    /// <param name="command">Such as PUBLISH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancel">
    /// Stops waiting for the answer; a command that has not gone out yet does not any more.
    /// </param>
    /// <exception cref="RedisException">There was no answer, or an error.</exception>
    Task<RedisValue> ExecuteAsync(
        string command, IReadOnlyList<ReadOnlyMemory<byte>> arguments,
        CancellationToken cancel = default);

    /// <summary>Subscribes, and again whenever the connection comes back.</summary>
    /// <param name="kind">What the name means.</param>
    /// <param name="name">A channel or a pattern.</param>
    /// <param name="onMessage">
    /// The channel and the message: one call at a time, in the order in which they came. It must
    /// not block, and the bytes are its own.
    /// </param>
    Task SubscribeAsync(
        RedisChannelKind kind, string name, Action<string, ReadOnlyMemory<byte>> onMessage);

    /// <summary>
    /// Another client of the same Redis, for commands that keep their answer back (XREAD BLOCK)
    /// and would hold up all others behind them. The streams adapter alone asks for it, once for
    /// each stream, and disposes of it. It needs no subscriptions.
    /// </summary>
    /// <param name="longest">How long an answer may be kept back.</param>
    /// <exception cref="NotSupportedException">This client has none to give.</exception>
    IRedisClient OpenBlocking(TimeSpan longest) => throw new NotSupportedException(
        "The streams adapter reads on a connection of its own (XREAD BLOCK), which this "
        + "IRedisClient does not give: implement OpenBlocking, for example with another "
        + "multiplexer whose timeout is longer than the time that a read may take.");

    /// <summary>Ends a subscription.</summary>
    Task UnsubscribeAsync(RedisChannelKind kind, string name);
}
