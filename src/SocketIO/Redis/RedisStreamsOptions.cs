namespace Sluice.SocketIO.Redis;

/// <summary>
/// The options of <see cref="RedisAdapterKind.Streams"/>; names in quotes are those of
/// @socket.io/redis-streams-adapter. All nodes must agree on them, but for
/// <see cref="ReadCount"/> and <see cref="BlockTime"/>.
/// </summary>
public sealed class RedisStreamsOptions
{
    /// <summary>The stream's key: "streamName".</summary>
    public string StreamName { get; set; } = "socket.io";

    /// <summary>
    /// Streams that the namespaces are spread over, each with a connection of its own:
    /// "streamCount". With more than one, a number follows the stream's name.
    /// </summary>
    public int StreamCount { get; set; } = 1;

    /// <summary>
    /// Entries that a stream keeps, about: "maxLen". Who missed more than are kept cannot be
    /// recovered, and a node that Redis is away from for longer misses some.
    /// </summary>
    public int MaxLength { get; set; } = 10_000;

    /// <summary>Entries that are read at a time: "readCount".</summary>
    public int ReadCount { get; set; } = 100;

    /// <summary>How long a read waits for an entry: "blockTimeInMs".</summary>
    public TimeSpan BlockTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The first part of the keys of sessions that wait to be recovered: "sessionKeyPrefix".
    /// </summary>
    public string SessionKeyPrefix { get; set; } = "sio:session:";

    /// <summary>
    /// Questions and answers go through sharded channels (Redis 7): "useShardedPubSub".
    /// </summary>
    public bool UseShardedPubSub { get; set; }

    /// <exception cref="ArgumentException">One cannot be.</exception>
    internal void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(StreamName);
        ArgumentOutOfRangeException.ThrowIfLessThan(StreamCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadCount, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ReadCount, Limits.ReadCountMax);
        // Redis takes 0 for ever, and a connection that says nothing for long counts as dead.
        ArgumentOutOfRangeException.ThrowIfLessThan(BlockTime, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BlockTime, TimeSpan.FromHours(1));
    }

    /// <summary>The stream of a namespace, as the official adapter chooses it.</summary>
    internal string StreamOf(string name)
    {
        if (StreamCount == 1)
            return StreamName;
        var hash = 0;
        foreach (var unit in name)
            hash = unchecked(hash * 31 + unit);
        // The remainder keeps the sign, so there are streams such as socket.io--3.
        return $"{StreamName}-{hash % StreamCount}";
    }
}
