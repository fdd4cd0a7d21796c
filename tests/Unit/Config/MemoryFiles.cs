using Sluice.Config.Syntax;

namespace Sluice.Unit.Config;

/// <summary>Files in memory, for configurations of several files.</summary>
sealed class MemoryFiles : IConfigFiles
{
    readonly Dictionary<string, string> files = [];

    public string this[string path]
    {
        set => files[path] = value;
    }

    public FileRead Read(string path)
    {
        if (files.TryGetValue(path, out string? text))
            return FileRead.Good(text);

        bool isDirectory = files.Keys.Any(name => name.StartsWith(path + "/"));
        return isDirectory ? new FileRead(null, "pread()", "21: Is a directory") : FileRead.Missing;
    }

    public IReadOnlyList<string> Glob(string pattern) => GlobPattern.Expand(pattern, List);

    string[] List(string directory) =>
        [.. files.Keys
            .Where(name => name.StartsWith(directory, StringComparison.Ordinal))
            .Select(name => name[directory.Length..].Split('/')[0])
            .Distinct()];
}
