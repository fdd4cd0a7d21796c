using Microsoft.Win32.SafeHandles;
using Sluice.Net;

namespace Sluice.Proxy.Static;

/// <summary>What a path turned out to be.</summary>
enum FileKind
{
    /// <summary>Nothing is there (ENOENT, ENOTDIR, ENAMETOOLONG).</summary>
    Missing,

    /// <summary>Something is there that may not be read.</summary>
    Forbidden,

    /// <summary>It could not be asked for.</summary>
    Failed,
    File,
    Directory,
}

/// <summary>Looks at a path, and opens it when it is a file that is to be sent. Off the loop.</summary>
sealed class FileWork(Wakeup wakeup, string path, bool opens) : OffloadedWork(wakeup)
{
    public FileKind Kind { get; private set; }

    public string? Error { get; private set; }

    /// <summary>The open file; the caller's to close.</summary>
    public SafeFileHandle? Handle { get; private set; }

    public long Length { get; private set; }

    /// <summary>When the file was last changed, in whole seconds since 1970.</summary>
    public long ModifiedSeconds { get; private set; }

    /// <summary>Why nothing is there: ENOENT, or ENOTDIR when a file stands in the way.</summary>
    public int Errno { get; private set; } = 2;

    public override void Execute()
    {
        try
        {
            if (Directory.Exists(path))
            {
                Kind = FileKind.Directory;
                return;
            }
            if (!File.Exists(path))
            {
                Kind = FileKind.Missing;
                if (LeadsThroughFile())
                    Errno = 20;
                return;
            }
            Kind = FileKind.File;
            if (!opens)
                return;
            Handle = File.OpenHandle(path);
            Length = RandomAccess.GetLength(Handle);
            var modified = new DateTimeOffset(File.GetLastWriteTimeUtc(Handle));
            ModifiedSeconds = modified.ToUnixTimeSeconds();
        }
        catch (UnauthorizedAccessException e)
        {
            Kind = FileKind.Forbidden;
            Error = e.Message;
        }
        catch (Exception e) when (
            e is FileNotFoundException or DirectoryNotFoundException or PathTooLongException)
        {
            Kind = FileKind.Missing;
        }
        catch (IOException e)
        {
            Kind = FileKind.Failed;
            Error = e.Message;
        }
    }

    /// <summary>The nearest thing on the way that exists is no directory.</summary>
    bool LeadsThroughFile()
    {
        var way = Path.GetDirectoryName(path);
        while (way is not null && !File.Exists(way) && !Directory.Exists(way))
            way = Path.GetDirectoryName(way);
        return File.Exists(way);
    }
}

/// <summary>Reads the next piece of an open file. Off the loop.</summary>
sealed class FileReadWork(Wakeup wakeup, SafeFileHandle handle, byte[] into, long offset)
    : OffloadedWork(wakeup)
{
    /// <summary>Bytes read; 0 at the end; -1 when the file cannot be read.</summary>
    public int Count { get; private set; }

    public override void Execute()
    {
        try
        {
            Count = RandomAccess.Read(handle, into, offset);
        }
        catch (IOException)
        {
            Count = -1;
        }
    }
}
