using Microsoft.Extensions.Logging;

namespace Sluice.SocketIO.Redis;

/// <summary>The streams that this node reads: one follower for all namespaces of a stream.</summary>
/// <param name="redis">Gives the connections.</param>
/// <param name="options">They must not change any more.</param>
/// <param name="log">Where followers tell of failures.</param>
sealed class RedisStreams(IRedisClient redis, RedisAdapterOptions options, ILogger log)
{
    readonly Lock sync = new();
    readonly Dictionary<string, (StreamFollower Follower, int Users)> followers =
        new(StringComparer.Ordinal);

    /// <summary>Begins to read a stream, or goes on; to be released once.</summary>
    public StreamFollower Follow(string stream, TimeProvider time)
    {
        lock (sync)
        {
            var users = 0;
            if (followers.TryGetValue(stream, out var found))
                users = found.Users;
            else
                found.Follower = new StreamFollower(
                    redis.OpenBlocking(options.Streams.BlockTime), stream, options, time, log);
            followers[stream] = (found.Follower, users + 1);
            return found.Follower;
        }
    }

    public ValueTask ReleaseAsync(StreamFollower follower)
    {
        lock (sync)
        {
            foreach (var (stream, used) in followers)
            {
                if (used.Follower != follower)
                    continue;
                if (used.Users > 1)
                {
                    followers[stream] = (follower, used.Users - 1);
                    return ValueTask.CompletedTask;
                }

                followers.Remove(stream);
                break;
            }
        }

        return follower.DisposeAsync();
    }
}
