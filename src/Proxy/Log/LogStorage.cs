using Sluice.Config.Model;

namespace Sluice.Proxy.Log;

/// <summary>Where log files are: the file system, or memory in simulations and tests.</summary>
public abstract class LogStorage
{
    /// <summary>
    /// Opens a file for appending and creates it when it is not there. Failure is a value: null,
    /// with a <c>-errno</c> in <paramref name="error"/>.
    /// </summary>
    /// <param name="path">A full path, one char a byte; null is standard error.</param>
    /// <param name="error">Zero, or the <c>-errno</c>.</param>
    public abstract LogHandle? Open(string? path, out int error);

    /// <summary>
    /// Opens a socket that sends each write as one datagram and never blocks. Failure as with
    /// files.
    /// </summary>
    public abstract LogHandle? OpenSyslog(SyslogConfig config, out int error);

    /// <summary>0 when a path is a directory, else a <c>-errno</c>.</summary>
    public abstract int TestDirectory(string path);
}

/// <summary>An open log file.</summary>
public abstract class LogHandle
{
    /// <summary>How many bytes were appended, possibly fewer than given; or -errno. May block.</summary>
    public abstract int Write(ReadOnlySpan<byte> bytes);

    public abstract void Close();
}

/// <summary>Log files in memory: for the simulated loop and for tests.</summary>
public sealed class MemoryLogStorage : LogStorage
{
    readonly Dictionary<string, MemoryStream> files = [];

    /// <summary>The name under which standard error is kept.</summary>
    public const string StandardError = "stderr";

    /// <summary>What the next calls to Open answer instead of a file; zero opens.</summary>
    public int OpenError { get; set; }

    /// <summary>Directories that are not there; every other one is.</summary>
    public HashSet<string> MissingDirectories { get; } = [];

    /// <summary>What the next calls to Write answer instead of taking bytes; zero takes them.</summary>
    public int WriteError { get; set; }

    /// <summary>Bytes a single write takes at most.</summary>
    public int WriteMax { get; set; } = int.MaxValue;

    /// <summary>Called at the beginning of every write, where it may wait.</summary>
    public Action? OnWrite { get; set; }

    /// <summary>How many handles are open.</summary>
    public int OpenCount { get; private set; }

    /// <summary>The paths that were ever opened.</summary>
    public IEnumerable<string> Paths => files.Keys;

    public override LogHandle? Open(string? path, out int error)
    {
        error = OpenError;
        if (error != 0)
            return null;
        path ??= StandardError;
        if (!files.TryGetValue(path, out var file))
            files[path] = file = new();
        OpenCount++;
        return new Handle(this, file);
    }

    /// <summary>Messages to a syslog server are kept as a file of its name, a line each.</summary>
    public override LogHandle? OpenSyslog(SyslogConfig config, out int error) =>
        Open(config.Source, out error) is { } handle ? new Lines(handle) : null;

    public override int TestDirectory(string path) => MissingDirectories.Contains(path) ? -2 : 0;

    /// <summary>What was written to a file; nothing for one that was never opened.</summary>
    public byte[] Bytes(string path) => files.TryGetValue(path, out var file) ? file.ToArray() : [];

    /// <summary>The same, one char a byte.</summary>
    public string Text(string path) => System.Text.Encoding.Latin1.GetString(Bytes(path));

    /// <summary>Takes a file away, as logrotate does: whoever has it open writes to the old one.</summary>
    public void Move(string path) => files.Remove(path);

    sealed class Handle(MemoryLogStorage storage, MemoryStream file) : LogHandle
    {
        public override int Write(ReadOnlySpan<byte> bytes)
        {
            storage.OnWrite?.Invoke();
            if (storage.WriteError != 0)
                return storage.WriteError;
            int count = Math.Min(bytes.Length, storage.WriteMax);
            file.Write(bytes[..count]);
            return count;
        }

        public override void Close() => storage.OpenCount--;
    }

    sealed class Lines(LogHandle handle) : LogHandle
    {
        public override int Write(ReadOnlySpan<byte> bytes)
        {
            int count = handle.Write(bytes);
            if (count > 0)
                handle.Write("\n"u8);
            return count;
        }

        public override void Close() => handle.Close();
    }
}
