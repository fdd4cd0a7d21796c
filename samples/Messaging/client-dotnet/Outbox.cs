using System.Threading.Channels;

namespace Sluice.Samples.Messaging.Client;

/// <summary>
/// Messages that wait to be sent. The first stays until it is known to be sent, so that a
/// connection that breaks meanwhile does not take it along.
/// </summary>
internal sealed class Outbox(int queueMax)
{
    readonly Channel<string> queue = Channel.CreateBounded<string>(
        new BoundedChannelOptions(queueMax) { SingleReader = true });

    long sentCount;
    long refusedCount;

    public long SentCount => Volatile.Read(ref sentCount);

    public long RefusedCount => Volatile.Read(ref refusedCount);

    public int Count => queue.Reader.Count;

    /// <summary>False when it is full or completed.</summary>
    public bool Add(string message)
    {
        if (queue.Writer.TryWrite(message))
        {
            return true;
        }
        Interlocked.Increment(ref refusedCount);
        return false;
    }

    /// <summary>The first message, once there is one; null when there will be none.</summary>
    public async ValueTask<string?> PeekAsync(CancellationToken cancel) =>
        await queue.Reader.WaitToReadAsync(cancel).ConfigureAwait(false)
        && queue.Reader.TryPeek(out string? first)
            ? first
            : null;

    /// <summary>The first message was sent.</summary>
    public void Sent()
    {
        queue.Reader.TryRead(out _);
        Interlocked.Increment(ref sentCount);
    }

    public void Complete() => queue.Writer.TryComplete();
}
