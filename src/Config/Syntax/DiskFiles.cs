using System.Text;
using Sluice.Config.Text;

namespace Sluice.Config.Syntax;

/// <summary>
/// The file system. Contents and names are bytes, one char each; the system's own names are
/// UTF-8.
/// </summary>
public sealed class DiskFiles : IConfigFiles
{
    public FileRead Read(string path)
    {
        string name = ToSystem(path);
        try
        {
            if (Directory.Exists(name))
                return new FileRead(null, "pread()", "21: Is a directory");

            using var file = new FileStream(name, FileMode.Open, FileAccess.Read);
            return ReadAll(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return File.Exists(Path.GetDirectoryName(name))
                ? new FileRead(null, "open()", "20: Not a directory")
                : FileRead.Missing;
        }
        catch (UnauthorizedAccessException)
        {
            return new FileRead(null, "open()", "13: Permission denied");
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return new FileRead(null, "open()", e.Message);
        }
    }

    public IReadOnlyList<string> Glob(string pattern) => GlobPattern.Expand(pattern, List);

    static FileRead ReadAll(FileStream file)
    {
        // nginx goes by the size of the file, and a pipe has none.
        if (!file.CanSeek)
            return FileRead.Good("");
        if (file.Length > ConfigLimits.FileBytes)
            return new FileRead(null, "open()", "27: File too large");

        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return FileRead.Good(Encoding.Latin1.GetString(bytes));
    }

    static string[] List(string directory)
    {
        try
        {
            var entries = Directory.EnumerateFileSystemEntries(ToSystem(directory));
            return [.. entries.Select(entry => FromSystem(Path.GetFileName(entry)))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    static string ToSystem(string name) =>
        Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(name));

    static string FromSystem(string name) =>
        Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(name));
}
