namespace Sluice.Proxy.Log;

/// <summary>
/// One log file: a bounded buffer that any thread appends lines to, and what the writer's
/// thread needs for bringing them to the disk. Shared by all who name the same path.
/// </summary>
public sealed class LogFile
{
    readonly LogWriter writer;

    // The lock is held for a copy of one line or a swap of two arrays, never during a write.
    readonly Lock gate = new();
    byte[] pending = [];
    int pendingCount;
    long droppedCount;
    LogHandle? replacement;

    // The writer's own.
    byte[] batch = [];
    int batchCount;
    int batchFrom;
    LogHandle? handle;
    long retryAtMs;
    int failure;

    internal LogFile(LogWriter writer, string? path)
    {
        this.writer = writer;
        Path = path;
    }

    /// <summary>The full path, one char a byte; null is standard error.</summary>
    public string? Path { get; }

    /// <summary>Lines that were not taken since the last report, for want of room.</summary>
    public long DroppedCount
    {
        get
        {
            lock (gate)
                return droppedCount;
        }
    }

    /// <summary>Snapshots that name the file; under the writer's lock.</summary>
    internal int Holders { get; set; }

    /// <summary>The writer looks at this file; under the writer's lock.</summary>
    internal bool IsListed { get; set; }

    /// <summary>When the writer last had something to write here.</summary>
    internal long UsedMs { get; private set; }

    /// <summary>When the next attempt is due after a failure; 0 when there was none.</summary>
    internal long RetryAtMs => retryAtMs;

    /// <summary>
    /// Appends a line that ends in a line feed. Never blocks: a line that finds no room is
    /// dropped and counted. From any thread.
    /// </summary>
    public void Append(ReadOnlySpan<byte> line)
    {
        int before, after;
        lock (gate)
        {
            before = pendingCount;
            if (line.Length > LogLimits.PendingBytes - before)
            {
                droppedCount++;
                return;
            }
            if (line.Length > pending.Length - before)
                Grow(line.Length);
            line.CopyTo(pending.AsSpan(before));
            after = pendingCount = before + line.Length;
        }
        if (before == 0)
            writer.Wake(this);
        if (before < LogLimits.UrgentBytes && after >= LogLimits.UrgentBytes)
            writer.Hurry();
    }

    void Grow(int more)
    {
        int wanted = Math.Max(pending.Length * 2, pendingCount + more);
        Array.Resize(ref pending, Math.Clamp(wanted, 1024, LogLimits.PendingBytes));
    }

    /// <summary>Gives the writer another handle to go on with; the one before is closed.</summary>
    internal void Replace(LogHandle next)
    {
        LogHandle? unused;
        lock (gate)
        {
            unused = replacement;
            replacement = next;
        }
        unused?.Close();
    }

    /// <summary>
    /// Writes what was left of the last round and what came since. On the writer's thread alone.
    /// </summary>
    internal void Write(LogStorage storage, long nowMs)
    {
        TakeReplacement();
        if (nowMs < retryAtMs)
            return;
        if (batchFrom < batchCount && !WriteBatch(storage, nowMs))
            return;
        if (TakePending() && !WriteBatch(storage, nowMs))
            return;
        Recover();
        if (batch.Length > LogLimits.KeptBytes)
            batch = [];
    }

    bool WriteBatch(LogStorage storage, long nowMs)
    {
        UsedMs = nowMs;
        if (handle is null && (handle = storage.Open(Path, out int error)) is null)
            return Fail(error, "open()", nowMs);
        while (batchFrom < batchCount)
        {
            int count = handle.Write(batch.AsSpan(batchFrom, batchCount - batchFrom));
            if (count <= 0)
                return Fail(count, "write() to", nowMs);
            batchFrom += count;
        }
        return true;
    }

    /// <summary>Opens the path anew; what is under way goes to the file that was open.</summary>
    internal void Reopen(LogStorage storage)
    {
        if (Path is null)
            return;
        if (storage.Open(Path, out int error) is not { } next)
        {
            writer.Report($"open() \"{Path}\" failed", -error);
            return;
        }
        handle?.Close();
        handle = next;
        retryAtMs = 0;
    }

    internal void Close()
    {
        TakeReplacement();
        handle?.Close();
        handle = null;
    }

    /// <summary>Nothing waits, neither here nor with the writer.</summary>
    internal bool IsEmpty
    {
        get
        {
            lock (gate)
                return pendingCount == 0 && batchFrom == batchCount;
        }
    }

    void TakeReplacement()
    {
        LogHandle? next;
        lock (gate)
        {
            next = replacement;
            replacement = null;
        }
        if (next is null)
            return;
        handle?.Close();
        handle = next;
        retryAtMs = 0;
    }

    bool TakePending()
    {
        batchFrom = 0;
        lock (gate)
        {
            (batch, pending) = (pending, batch);
            batchCount = pendingCount;
            pendingCount = 0;
        }
        return batchCount > 0;
    }

    /// <summary>What could not be written stays; it is tried again after a while.</summary>
    bool Fail(int error, string call, long nowMs)
    {
        retryAtMs = nowMs + LogLimits.RetryMs;
        if (failure != error)
            writer.Report($"{call} \"{Path ?? "stderr"}\" failed", -error);
        failure = error;
        return false;
    }

    void Recover()
    {
        retryAtMs = 0;
        failure = 0;
        long dropped;
        lock (gate)
        {
            dropped = droppedCount;
            droppedCount = 0;
        }
        if (dropped > 0)
            writer.Report($"{dropped} lines for \"{Path ?? "stderr"}\" were dropped", 0);
    }
}
