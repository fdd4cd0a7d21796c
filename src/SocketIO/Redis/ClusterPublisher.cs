using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Adapters;

namespace Sluice.SocketIO.Redis;

/// <summary>Says things to other nodes that nobody here waits for.</summary>
sealed class ClusterPublisher(IRedisClient redis, IAdapterHost host, ILogger log)
{
    /// <summary>One line for an outage's thousands of messages.</summary>
    static readonly TimeSpan complaintInterval = TimeSpan.FromSeconds(10);

    long complainedAt = long.MinValue;

    /// <param name="command">PUBLISH or SPUBLISH.</param>
    /// <param name="channel">Where.</param>
    /// <param name="message">What.</param>
    public void Publish(string command, byte[] channel, byte[] message) =>
        Publish(command, [channel, message]);

    /// <param name="command">Any command whose answer does not matter.</param>
    /// <param name="arguments">Its arguments.</param>
    public void Publish(string command, ReadOnlyMemory<byte>[] arguments) =>
        _ = PublishAsync(command, arguments);

    /// <summary>Tells of a failure, but not of every one of an outage.</summary>
    public void Complain(string reason)
    {
        var now = host.Time.GetTimestamp();
        var last = Interlocked.Read(ref complainedAt);
        if ((last == long.MinValue || host.Time.GetElapsedTime(last, now) > complaintInterval)
            && Interlocked.CompareExchange(ref complainedAt, now, last) == last)
            log.ClusterUnreachable(host.Name, reason);
    }

    async Task PublishAsync(string command, ReadOnlyMemory<byte>[] arguments)
    {
        try
        {
            await redis.ExecuteAsync(command, arguments);
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException)
        {
            Complain(e.Message);
        }
    }
}
