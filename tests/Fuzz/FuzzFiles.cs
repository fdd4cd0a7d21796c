namespace Sluice.Fuzz;

/// <summary>
/// The corpus (inputs to start from) and the cases (inputs that once failed) of each target, as
/// files below this project's folder: corpus/TARGET/* and cases/TARGET/*.
/// </summary>
public static class FuzzFiles
{
    static readonly string Root = FindRoot();

    /// <summary>The inputs to start from, in the order of their names.</summary>
    public static List<byte[]> Corpus(IFuzzTarget target) =>
        [.. Names("corpus", target).Select(File.ReadAllBytes)];

    /// <summary>The files of all inputs that every smoke run replays.</summary>
    public static List<string> Replays(IFuzzTarget target) =>
        [.. Names("corpus", target), .. Names("cases", target)];

    /// <summary>Keeps an input that failed, and answers its path.</summary>
    public static string WriteCase(IFuzzTarget target, string name, byte[] input)
    {
        var folder = Path.Combine(Root, "cases", target.Name);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, input);
        return path;
    }

    static string[] Names(string kind, IFuzzTarget target)
    {
        var folder = Path.Combine(Root, kind, target.Name);
        if (!Directory.Exists(folder)) return [];
        var names = Directory.GetFiles(folder);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    // The project's folder when it is built in its tree; otherwise the folder it was copied to.
    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "Fuzz");
            if (Directory.Exists(Path.Combine(candidate, "corpus"))) return candidate;
        }
        return AppContext.BaseDirectory;
    }
}
