using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Eng;

/// <summary>The working tree: where things are, and whether they changed since they were built.</summary>
internal sealed class Repository(string root)
{
    static readonly string[] SourceFolders = ["src", "tests", "bench", "samples", "eng"];

    /// <summary>Folders that builds and package managers fill; nothing in them is a source.</summary>
    static readonly HashSet<string> BuiltFolders =
        new(StringComparer.Ordinal) { "bin", "obj", "node_modules", "artifacts", ".git" };

    /// <summary>The absolute path of the tree's root.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>The absolute path of something named from the root.</summary>
    public string At(params ReadOnlySpan<string> parts) =>
        Path.Combine(Root, Path.Combine(parts));

    /// <summary>True when <paramref name="stamp"/> was written for these very sources.</summary>
    public bool IsCurrent(string stamp, string fingerprint) =>
        File.Exists(stamp) && File.ReadAllText(stamp) == fingerprint;

    /// <summary>Remembers that what <paramref name="stamp"/> stands for was built.</summary>
    public void Remember(string stamp, string fingerprint)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
        File.WriteAllText(stamp, fingerprint);
    }

    /// <summary>
    /// A digest of the names, sizes and times of all sources in <paramref name="folders"/>
    /// (all folders when none is named) and of the build's settings at the root. Names and times
    /// instead of contents: it is taken before every command and has to cost milliseconds.
    /// </summary>
    public string Fingerprint(params ReadOnlySpan<string> folders)
    {
        var lines = new List<string>();
        foreach (var folder in folders.IsEmpty ? SourceFolders : folders)
        {
            if (Directory.Exists(At(folder)))
            {
                Collect(new DirectoryInfo(At(folder)), lines);
            }
        }
        foreach (var file in new DirectoryInfo(Root).EnumerateFiles())
        {
            if (file.Extension is ".props" or ".slnx"
                || file.Name is "global.json" or ".editorconfig")
            {
                lines.Add(Describe(file));
            }
        }
        lines.Sort(StringComparer.Ordinal);
        byte[] list = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        return Convert.ToHexString(SHA256.HashData(list));
    }

    static void Collect(DirectoryInfo folder, List<string> lines)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry is FileInfo file)
            {
                lines.Add(Describe(file));
            }
            else if (entry is DirectoryInfo child && !BuiltFolders.Contains(child.Name))
            {
                Collect(child, lines);
            }
        }
    }

    static string Describe(FileInfo file) => string.Create(
        CultureInfo.InvariantCulture,
        $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}");
}
