using System.Text;
using Sluice.Net;
using Sluice.Proxy.Log;

namespace Sluice.Proxy.Variables;

/// <summary>
/// What a worker knows of roots without symbolic links ($realpath_root). nginx asks the file
/// system for every request, which may block the loop; and a value kept for as long as the
/// configuration would miss the links that a deployment switches. So a root is asked on the loop
/// once, when a worker first meets it, and later by the hand-off: a request that finds the value
/// older than a second takes it, and has it looked up anew for those that follow.
/// </summary>
sealed class RealRoots(Loop loop, Offload offload)
{
    readonly Dictionary<byte[], Entry> entries = new(ByteKeyComparer.Instance);

    /// <summary>The real path; null when there is no such path.</summary>
    public byte[]? Of(ReadOnlySpan<byte> root)
    {
        if (!entries.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(root, out var entry))
        {
            if (entries.Count >= Limits.RealRoots)
                entries.Clear();
            byte[] key = root.ToArray();
            entry = new Entry(key) { Real = RealPath.Of(key), AskedMs = loop.NowMs };
            entries.Add(key, entry);
        }
        else
        {
            Refresh(entry);
        }
        return entry.Real;
    }

    void Refresh(Entry entry)
    {
        if (entry.Question is { IsDone: true } answered)
        {
            entry.Real = answered.Real;
            entry.Question = null;
        }
        if (entry.Question is not null || loop.NowMs - entry.AskedMs < Limits.RealRootMs)
            return;
        entry.AskedMs = loop.NowMs;
        // Nobody waits: the answer lies here until the next request looks for it.
        entry.Question = new RealRootWork(new Wakeup(loop), entry.Root);
        offload.Start(entry.Question, loop);
    }

    sealed class Entry(byte[] root)
    {
        public byte[] Root { get; } = root;

        public byte[]? Real { get; set; }

        /// <summary>The loop's clock when the file system was last asked.</summary>
        public long AskedMs { get; set; }

        public RealRootWork? Question { get; set; }
    }

    sealed class RealRootWork(Wakeup wakeup, byte[] root) : OffloadedWork(wakeup)
    {
        public byte[]? Real { get; private set; }

        public override void Execute() => Real = RealPath.Of(root);
    }
}

/// <summary>A path without symbolic links, dots and doubled slashes (realpath(3)).</summary>
static class RealPath
{
    /// <summary>Links that are followed, as Linux's MAXSYMLINKS; then there is no such path.</summary>
    const int LinksMax = 40;

    /// <summary>Null when the path does not exist.</summary>
    public static byte[]? Of(byte[] path)
    {
        try
        {
            return Resolve(Path.GetFullPath(Encoding.UTF8.GetString(path))) is { } real
                ? Encoding.UTF8.GetBytes(real)
                : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            return null;
        }
    }

    static string? Resolve(string path)
    {
        int links = 0;
        string root = Path.GetPathRoot(path)!;
        string real = root;
        var left = new Stack<string>(Split(path[root.Length..]).Reverse());
        while (left.TryPop(out string? name))
        {
            string next = Path.Combine(real, name);
            var info = new DirectoryInfo(next);
            if (!info.Exists && !File.Exists(next))
                return null;
            if (info.LinkTarget is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > LinksMax)
                return null;
            string full = Path.GetFullPath(target, real);
            real = root;
            foreach (string part in Split(full[root.Length..]).Reverse())
                left.Push(part);
        }
        return real;
    }

    static string[] Split(string path) => path.Split(
        Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
}
