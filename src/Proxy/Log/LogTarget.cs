using Sluice.Config.Model;

namespace Sluice.Proxy.Log;

/// <summary>
/// Where log lines go: a bounded queue that any thread appends to, and what the writer's thread
/// needs for bringing it further. Shared by all who name the same file or server.
/// </summary>
public abstract class LogTarget
{
    // The lock is held for a copy of one line or a swap of two arrays, never during a write.
    readonly Lock gate = new();
    byte[] pending = [];
    int pendingCount;

    /// <summary>How many of the pending bytes may be written; the rest waits in its buffer.</summary>
    int dueCount;
    LogBuffer buffer;
    long droppedCount;

    // The writer's own.
    byte[] batch = [];
    int batchCount;
    int batchFrom;
    long bufferedSinceMs = Never;

    const long Never = -1;

    private protected LogTarget(LogWriter writer, string key)
    {
        Writer = writer;
        Key = key;
    }

    /// <summary>What the target is known by: a path, "" for standard error, or syslog:...</summary>
    public string Key { get; }

    /// <summary>Lines that were not taken since the last report, for want of room.</summary>
    public long DroppedCount
    {
        get
        {
            lock (gate)
                return droppedCount;
        }
    }

    private protected LogWriter Writer { get; }

    /// <summary>Snapshots that name the target; under the writer's lock.</summary>
    internal int Holders { get; set; }

    /// <summary>The writer looks at this target; under the writer's lock.</summary>
    internal bool IsListed { get; set; }

    /// <summary>When the writer last had something to write here.</summary>
    internal long UsedMs { get; private protected set; }

    /// <summary>When the next attempt is due after a failure; 0 when there was none.</summary>
    internal long RetryAtMs { get; private protected set; }

    /// <summary>
    /// Appends a line of an access log; it ends in a line feed. Never blocks: a line that finds
    /// no room is dropped and counted. From any thread.
    /// </summary>
    public virtual void Append(ReadOnlySpan<byte> line) => Enqueue(default, line, isUrgent: false);

    /// <summary>
    /// Appends a line of an error log. It takes along what waits in the buffer of an access log
    /// in the same file, so that lines keep their order.
    /// </summary>
    public virtual void Append(LogLevel level, ReadOnlySpan<byte> line) =>
        Enqueue(default, line, isUrgent: true);

    /// <summary>From now on lines of access logs gather so.</summary>
    internal void SetBuffer(LogBuffer next)
    {
        bool isDue;
        lock (gate)
        {
            if (next == buffer)
                return;
            buffer = next with { Bytes = Math.Min(next.Bytes, LogLimits.BufferBytes) };
            if (next.Bytes == 0)
                dueCount = pendingCount;
            isDue = pendingCount > 0;
        }
        if (isDue)
            Writer.Wake(this);
    }

    private protected void Enqueue(ReadOnlySpan<byte> head, ReadOnlySpan<byte> line, bool isUrgent)
    {
        int dueBefore, due;
        bool isFirst;
        lock (gate)
        {
            int length = head.Length + line.Length;
            if (length > LogLimits.PendingBytes + buffer.Bytes - pendingCount)
            {
                droppedCount++;
                return;
            }
            if (length > pending.Length - pendingCount)
                Grow(length);
            dueBefore = dueCount;
            isFirst = dueCount == pendingCount;
            if (length > buffer.Bytes - (pendingCount - dueCount))
                dueCount = pendingCount;
            head.CopyTo(pending.AsSpan(pendingCount));
            line.CopyTo(pending.AsSpan(pendingCount + head.Length));
            pendingCount += length;
            if (isUrgent || length > buffer.Bytes)
                dueCount = pendingCount;
            due = dueCount;
            // The writer notes when the first line of a buffer came.
            isFirst &= buffer.FlushMs > 0;
        }
        if (dueBefore == 0 && (due > 0 || isFirst))
            Writer.Wake(this);
        if (dueBefore < LogLimits.UrgentBytes && due >= LogLimits.UrgentBytes)
            Writer.Hurry();
    }

    void Grow(int more)
    {
        int wanted = Math.Max(pending.Length * 2, pendingCount + more);
        int most = LogLimits.PendingBytes + buffer.Bytes;
        Array.Resize(ref pending, Math.Clamp(wanted, 1024, Math.Max(most, pendingCount + more)));
    }

    // ---- the writer's thread ----

    /// <summary>Writes what was left of the last round and what has become due since.</summary>
    /// <param name="storage">What opens files and sockets.</param>
    /// <param name="nowMs">The writer's clock.</param>
    /// <param name="isAll">Buffers are written too: files are reopened, or the process ends.</param>
    internal abstract void Write(LogStorage storage, long nowMs, bool isAll);

    /// <summary>Opens the target anew; what is under way went to the one that was open.</summary>
    internal abstract void Reopen(LogStorage storage);

    internal abstract void Close();

    /// <summary>Nothing waits, neither here nor with the writer.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (gate)
                return pendingCount == 0 && batchFrom == batchCount;
        }
    }

    /// <summary>When the writer has to come again though nobody wakes it.</summary>
    internal long NextMs
    {
        get
        {
            if (RetryAtMs > 0)
                return RetryAtMs;
            long next = Holders == 0 ? UsedMs + LogLimits.VariableFileIdleMs : long.MaxValue;
            lock (gate)
                return Math.Min(next, FlushAtMs);
        }
    }

    /// <summary>What is to be written next; empty when nothing of the batch is left.</summary>
    private protected ReadOnlySpan<byte> Batch => batch.AsSpan(batchFrom, batchCount - batchFrom);

    private protected void Advance(int count) => batchFrom += count;

    /// <summary>Takes what is due for the next batch, when the last one is written.</summary>
    private protected bool TakeDue(long nowMs, bool isAll)
    {
        if (batchFrom < batchCount)
            return true;
        (batchFrom, batchCount) = (0, 0);
        lock (gate)
        {
            if (isAll || nowMs >= FlushAtMs)
                dueCount = pendingCount;
            if (dueCount > 0)
                Swap();
            if (pendingCount == 0)
                bufferedSinceMs = Never;
            else if (batchCount > 0 || bufferedSinceMs == Never)
                bufferedSinceMs = nowMs;
        }
        return batchCount > 0;
    }

    /// <summary>Lines that were dropped since the last call.</summary>
    private protected long TakeDropped()
    {
        lock (gate)
        {
            long dropped = droppedCount;
            droppedCount = 0;
            return dropped;
        }
    }

    private protected void CountDropped(int count)
    {
        lock (gate)
            droppedCount += count;
    }

    /// <summary>How the batch is compressed; 0 for not at all.</summary>
    private protected int GzipLevel
    {
        get
        {
            lock (gate)
                return buffer.GzipLevel;
        }
    }

    /// <summary>A burst's large array is given up once it is written.</summary>
    private protected void Trim()
    {
        if (batch.Length > Math.Max(LogLimits.KeptBytes, 2 * buffer.Bytes))
            batch = [];
    }

    long FlushAtMs => buffer.FlushMs > 0 && bufferedSinceMs != Never
        ? bufferedSinceMs + buffer.FlushMs
        : long.MaxValue;

    /// <summary>What is due becomes the batch; what gathers begins the other array.</summary>
    void Swap()
    {
        int rest = pendingCount - dueCount;
        (batch, pending) = (pending, batch);
        (batchCount, pendingCount, dueCount) = (dueCount, rest, 0);
        if (pending.Length < rest)
            pending = new byte[rest];
        batch.AsSpan(batchCount, rest).CopyTo(pending);
    }
}

/// <summary>How lines of access logs gather before they are written (access_log).</summary>
/// <param name="Bytes">buffer=: until the next would not fit; 0 for not at all.</param>
/// <param name="FlushMs">flush=: until the first has waited; 0 for as long as there is room.</param>
/// <param name="GzipLevel">gzip=: how a buffer is compressed; 0 for not at all.</param>
readonly record struct LogBuffer(int Bytes, long FlushMs, int GzipLevel);
