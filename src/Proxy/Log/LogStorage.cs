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
}
