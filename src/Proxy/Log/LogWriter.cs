using System.Collections.Concurrent;
using System.Text;
using Sluice.Config.Model;

namespace Sluice.Proxy.Log;

/// <summary>
/// The hand-off to the disk: workers append lines to files, one background thread writes them.
/// A full disk, a vanished directory or a slow file costs lines, which are counted and reported,
/// and never a worker's time.
/// </summary>
public sealed class LogWriter : IDisposable
{
    readonly LogStorage storage;
    readonly bool isInline;
    readonly Lock gate = new();
    readonly Dictionary<string, LogTarget> held = [];
    readonly ConcurrentDictionary<byte[], LogFile> variable = new(ByteKeyComparer.Instance);
    readonly AutoResetEvent wake = new(false);
    readonly AutoResetEvent hurry = new(false);
    volatile LogTarget[] targets = [];
    volatile bool isStopping;
    volatile bool isReopening;
    bool isWriting;
    bool hasReported;
    long tooManyCount;
    Thread? thread;

    public LogWriter(LogStorage storage) : this(storage, isInline: false) { }

    LogWriter(LogStorage storage, bool isInline)
    {
        this.storage = storage;
        this.isInline = isInline;
    }

    /// <summary>
    /// A writer without a thread, each line is written as it is appended: for the simulated
    /// loop, where all happens on one thread.
    /// </summary>
    public static LogWriter Inline(LogStorage storage, TimeProvider clock) =>
        new(storage, isInline: true) { Clock = clock };

    /// <summary>The clock of messages that belong to no loop.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where failures to write are told; it may be one of the failing files.</summary>
    public ErrorLog? Reports { get; set; }

    /// <summary>Starts the background thread; until then lines gather.</summary>
    public void Start()
    {
        thread = new(Run) { IsBackground = true, Name = "log writer" };
        thread.Start();
    }

    /// <summary>
    /// Opens a file, or opens it anew when it is open already: a reload begins with the file that
    /// the path names now. Failure is a value: null, with a <c>-errno</c> in
    /// <paramref name="error"/>. Every file that is got here is given back by
    /// <see cref="Release"/>.
    /// </summary>
    /// <param name="path">A full path, one char a byte; null is standard error.</param>
    /// <param name="error">Zero, or the <c>-errno</c>.</param>
    public LogFile? Open(string? path, out int error)
    {
        if (storage.Open(path, out error) is not { } handle)
            return null;
        var file = (LogFile)Hold(path ?? "", () => new LogFile(this, path));
        file.Replace(handle);
        if (isInline)
            WriteAll(0);
        return file;
    }

    /// <summary>
    /// The sender of a <c>syslog:</c> log. Its socket is opened by the first message: a server
    /// that is not there is no reason not to start, as in nginx.
    /// </summary>
    public LogTarget Open(SyslogConfig config) =>
        Hold(config.Source, () => new SyslogSender(this, config));

    LogTarget Hold(string key, Func<LogTarget> make)
    {
        lock (gate)
        {
            if (!held.TryGetValue(key, out var target))
                held[key] = target = make();
            target.Holders++;
            List(target);
            return target;
        }
    }

    /// <summary>
    /// Gives a file back. Who still has it may append to it: it stays open until it has not been
    /// used for a while, and is opened again when it must be.
    /// </summary>
    public void Release(LogTarget target)
    {
        lock (gate)
        {
            if (--target.Holders > 0)
                return;
            held.Remove(target.Key);
        }
        // Nobody fills its buffer up any more.
        target.SetBuffer(default);
    }

    /// <summary>
    /// The file of a path that was evaluated for one request; it is opened when the first line
    /// is written. Null when too many of them are open, or the path is too long: the line is
    /// dropped and counted.
    /// </summary>
    /// <param name="path">The directory that has to exist, a zero, and the path.</param>
    public LogFile? ForPath(ReadOnlySpan<byte> path)
    {
        var byPath = variable.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (byPath.TryGetValue(path, out var file))
            return file;
        int rootEnd = path.IndexOf((byte)0);
        if (Math.Max(rootEnd, path.Length - rootEnd - 1) > LogLimits.PathBytes
            || variable.Count >= LogLimits.VariableFiles)
        {
            Interlocked.Increment(ref tooManyCount);
            return null;
        }
        return variable.GetOrAdd(path.ToArray(), MakeVariable, this);
    }

    static LogFile MakeVariable(byte[] key, LogWriter writer)
    {
        int rootEnd = Array.IndexOf(key, (byte)0);
        return new(
            writer, Encoding.Latin1.GetString(key.AsSpan(rootEnd + 1)),
            rootEnd < 0 ? null : Encoding.Latin1.GetString(key.AsSpan(0, rootEnd)), key);
    }

    /// <summary>Opens every file anew (USR1, after a rotation).</summary>
    public void Reopen()
    {
        isReopening = true;
        if (isInline)
            WriteAll(0);
        else
            Hurry();
    }

    /// <summary>
    /// Writes what is there and ends the thread; answers false when the disk did not take it
    /// within <see cref="LogLimits.StopMs"/>.
    /// </summary>
    public bool Stop()
    {
        isStopping = true;
        if (thread is null)
        {
            WriteAll(NowMs(), isLast: true);
            return true;
        }
        Hurry();
        return thread.Join(LogLimits.StopMs);
    }

    /// <summary>Stops, when that was not done; nothing is appended any more.</summary>
    public void Dispose()
    {
        if (!Stop())
            return;
        wake.Dispose();
        hurry.Dispose();
    }

    /// <summary>
    /// A file that had no line waiting has one now. Under the lock, so that a file that is just
    /// being closed for want of use is looked at again.
    /// </summary>
    internal void Wake(LogTarget target)
    {
        lock (gate)
            List(target);
        if (isInline)
            WriteAll(0);
        else
            wake.Set();
    }

    internal void Hurry()
    {
        if (isInline)
            return;
        hurry.Set();
        wake.Set();
    }

    internal void Report(string message, int errno, LogLevel level = LogLevel.Alert)
    {
        hasReported = true;
        Reports?.Write(level, message, errno);
    }

    /// <summary>
    /// One round over all files, and another when the first had something to report. On the
    /// thread, or by hand when there is none.
    /// </summary>
    internal void WriteAll(long nowMs, bool isLast = false)
    {
        if (isWriting)
            return;
        isWriting = true;
        hasReported = false;
        WriteRound(nowMs, isLast);
        if (hasReported)
            WriteRound(nowMs, isLast);
        isWriting = false;
    }

    void WriteRound(long nowMs, bool isLast)
    {
        bool reopen = isReopening;
        isReopening = false;
        bool isUnheld = false;
        foreach (var target in targets)
        {
            target.Write(storage, nowMs, isAll: reopen || isLast);
            if (reopen)
                target.Reopen(storage);
            isUnheld |= target.Holders == 0;
        }
        if (isUnheld)
            CloseUnused(nowMs);
        ReportTooMany();
    }

    void Run()
    {
        while (!isStopping)
        {
            wake.WaitOne(WaitMs(NowMs()));
            if (!isStopping)
                hurry.WaitOne(LogLimits.GatherMs);
            WriteAll(NowMs());
        }
        // Once more, also for a file that is being left alone after a failure.
        WriteAll(NowMs() + LogLimits.RetryMs, isLast: true);
        foreach (var target in targets)
            target.Close();
    }

    long NowMs() => (long)(Clock.GetTimestamp() * 1000.0 / Clock.TimestampFrequency);

    /// <summary>Until a file is due: after a failure, for its buffer, or for being unused.</summary>
    int WaitMs(long nowMs)
    {
        long due = long.MaxValue;
        foreach (var target in targets)
            due = Math.Min(due, target.NextMs);
        return due == long.MaxValue
            ? Timeout.Infinite
            : (int)Math.Clamp(due - nowMs, 0, int.MaxValue);
    }

    void List(LogTarget target)
    {
        if (target.IsListed)
            return;
        target.IsListed = true;
        targets = [.. targets, target];
    }

    /// <summary>
    /// Closes files that no snapshot names: those unused for a while, and the least recently
    /// used while more than half of the allowed number are there.
    /// </summary>
    void CloseUnused(long nowMs)
    {
        List<LogTarget> unused = [];
        lock (gate)
        {
            var unheld = targets.Where(target => target.Holders == 0 && target.IsEmpty)
                .OrderBy(target => target.UsedMs).ToArray();
            int excess = variable.Count - (LogLimits.VariableFiles / 2);
            foreach (var target in unheld)
            {
                if (excess <= 0 && nowMs - target.UsedMs < LogLimits.VariableFileIdleMs)
                    break;
                excess--;
                unused.Add(target);
                target.IsListed = false;
                if (target is LogFile { VariableKey: { } key })
                    variable.TryRemove(key, out _);
            }
            targets = [.. targets.Where(target => target.IsListed)];
        }
        foreach (var target in unused)
            target.Close();
    }

    void ReportTooMany()
    {
        long count = Interlocked.Exchange(ref tooManyCount, 0);
        if (count > 0)
            Report($"{count} lines were dropped: too many access_log files with variables", 0);
    }
}
