namespace Sluice.Unit.Tidy;

/// <summary>A file of the repository as the rules see it.</summary>
/// <param name="Path">From the root, with forward slashes.</param>
/// <param name="Text">The whole content.</param>
public sealed record TreeFile(string Path, string Text)
{
    string? code;

    /// <summary>The content of a C# file without comments and literals, line for line.</summary>
    public string Code => code ??= CSharpText.Blank(Text);

    public string[] Lines => Text.Split('\n');
}

/// <summary>The files of the repository that somebody writes: nothing built, nothing installed.</summary>
public static class Tree
{
    static readonly HashSet<string> builtFolders =
        new(StringComparer.Ordinal) { "bin", "obj", "node_modules", "artifacts", ".git" };

    static readonly HashSet<string> binaryExtensions =
        new(StringComparer.Ordinal) { ".png", ".ico", ".woff2", ".gz", ".bin", ".pfx" };

    static readonly Lazy<TreeFile[]> files = new(Read);

    /// <summary>The absolute path of the repository.</summary>
    public static string Root { get; } = FindRoot();

    public static IEnumerable<TreeFile> Files => files.Value;

    public static IEnumerable<TreeFile> Sources => Files.Where(file => file.Path.EndsWith(".cs"));

    public static bool Exists(string path) =>
        File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    /// <summary>The folders directly below <paramref name="path"/> that hold files.</summary>
    public static IEnumerable<string> Folders(string path) => Files
        .Where(file => file.Path.StartsWith(path + "/"))
        .Select(file => file.Path[(path.Length + 1)..].Split('/'))
        .Where(parts => parts.Length > 1)
        .Select(parts => $"{path}/{parts[0]}")
        .Distinct();

    static TreeFile[] Read() =>
    [
        .. Find(new DirectoryInfo(Root))
            .Where(file => !binaryExtensions.Contains(file.Extension))
            .Select(file => new TreeFile(
                Path.GetRelativePath(Root, file.FullName).Replace('\\', '/'),
                File.ReadAllText(file.FullName)))
            .OrderBy(file => file.Path, StringComparer.Ordinal),
    ];

    static IEnumerable<FileInfo> Find(DirectoryInfo folder) => folder.EnumerateFiles()
        .Concat(folder.EnumerateDirectories()
            .Where(child => !builtFolders.Contains(child.Name))
            .SelectMany(Find))
        .Where(file => file.LinkTarget is null);

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Sluice.slnx")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("not inside the repository");
    }
}
