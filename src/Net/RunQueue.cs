namespace Sluice.Net;

/// <summary>
/// Connections whose owners have yielded: each is called once more at the end of a turn. Holds
/// a connection at most once, so it is bounded by their number.
/// </summary>
sealed class RunQueue<TConnection>
    where TConnection : Connection
{
    TConnection[] waiting = new TConnection[16];
    TConnection[] running = new TConnection[16];
    int waitingCount;

    internal bool IsEmpty => waitingCount == 0;

    internal void Add(TConnection connection)
    {
        if (waitingCount == waiting.Length)
            Array.Resize(ref waiting, waiting.Length * 2);
        waiting[waitingCount++] = connection;
    }

    /// <summary>Hands out what waits now; what is added meanwhile waits for the next turn.</summary>
    internal Span<TConnection> TakeAll()
    {
        (running, waiting) = (waiting, running);
        int count = waitingCount;
        waitingCount = 0;
        return running.AsSpan(0, count);
    }
}
