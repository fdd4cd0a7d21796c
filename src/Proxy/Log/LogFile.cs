using System.IO.Compression;
using Sluice.Config.Model;

namespace Sluice.Proxy.Log;

/// <summary>One log file. What cannot be written stays, up to a bound, and is tried again.</summary>
public sealed class LogFile : LogTarget
{
    readonly string? root;
    LogHandle? replacement;
    readonly Lock gate = new();

    // The writer's own.
    LogHandle? handle;
    int failure;
    int rootFailure;

    /// <summary>The batch as it is written, compressed.</summary>
    readonly ByteBuilder member = new(0);
    int memberFrom;

    /// <param name="writer">Whose thread writes the file.</param>
    /// <param name="path">The full path; null is standard error.</param>
    /// <param name="root">
    /// A directory without which nothing is written; null for none.
    /// </param>
    /// <param name="variableKey">What the writer knows a path with variables by.</param>
    internal LogFile(
        LogWriter writer, string? path, string? root = null, byte[]? variableKey = null)
        : base(writer, path ?? "")
    {
        Path = path;
        VariableKey = variableKey;
        this.root = root;
    }

    /// <summary>The full path, one char a byte; null is standard error.</summary>
    public string? Path { get; }

    internal byte[]? VariableKey { get; }

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

    internal override void Write(LogStorage storage, long nowMs, bool isAll)
    {
        TakeReplacement();
        if (nowMs < RetryAtMs)
            return;
        // What was left of the last round, and what came since.
        for (int round = 0; round < 2 && TakeDue(nowMs, isAll); round++)
        {
            if (!WriteBatch(storage, nowMs))
                return;
        }
        Recover();
        Trim();
    }

    bool WriteBatch(LogStorage storage, long nowMs)
    {
        UsedMs = nowMs;
        if (root is not null && !HasRoot(storage, root))
            return true;
        if (handle is null && (handle = storage.Open(Path, out int error)) is null)
            return Fail(error, "open()", nowMs);
        if (member.Length == 0 && GzipLevel is var level and > 0)
            Compress(level);
        while (Batch.Length > 0)
        {
            var bytes = member.Length > 0 ? member.From(memberFrom) : Batch;
            int count = handle.Write(bytes);
            if (count <= 0)
                return Fail(count, "write() to", nowMs);
            if (member.Length == 0)
                Advance(count);
            else if ((memberFrom += count) == member.Length)
                EndMember();
        }
        return true;
    }

    /// <summary>
    /// Every batch is a gzip file of its own (RFC 1952, section 2.2): those who read know that
    /// several may follow each other.
    /// </summary>
    void Compress(int level)
    {
        var bytes = new MemoryStream();
        var options = new ZLibCompressionOptions { CompressionLevel = level };
        using (var gzip = new GZipStream(bytes, options, leaveOpen: true))
            gzip.Write(Batch);
        member.Append(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    void EndMember()
    {
        Advance(Batch.Length);
        member.Clear();
        memberFrom = 0;
    }

    internal override void Reopen(LogStorage storage)
    {
        if (Path is null || (root is not null && handle is null))
            return;
        if (storage.Open(Path, out int error) is not { } next)
        {
            Writer.Report($"open() \"{Path}\" failed", -error);
            return;
        }
        handle?.Close();
        handle = next;
        RetryAtMs = 0;
    }

    internal override void Close()
    {
        TakeReplacement();
        handle?.Close();
        handle = null;
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
        RetryAtMs = 0;
    }

    /// <summary>
    /// Without its root a line gets no file: a client that chooses a host name does not choose
    /// names of files (ngx_http_log_script_write). The lines are gone, as in nginx.
    /// </summary>
    bool HasRoot(LogStorage storage, string directory)
    {
        int error = storage.TestDirectory(directory);
        if (error != 0)
        {
            Advance(Batch.Length);
            if (rootFailure != error)
                Writer.Report(
                    $"testing \"{directory}\" existence failed", -error, LogLevel.Error);
        }
        rootFailure = error;
        return error == 0;
    }

    /// <summary>What could not be written stays; it is tried again after a while.</summary>
    bool Fail(int error, string call, long nowMs)
    {
        RetryAtMs = nowMs + LogLimits.RetryMs;
        if (failure != error)
            Writer.Report($"{call} \"{Path ?? "stderr"}\" failed", -error);
        failure = error;
        return false;
    }

    void Recover()
    {
        RetryAtMs = 0;
        failure = 0;
        long dropped = TakeDropped();
        if (dropped > 0)
            Writer.Report($"{dropped} lines for \"{Path ?? "stderr"}\" were dropped", 0);
    }
}
