using System.Text.RegularExpressions;

namespace Sluice.Unit.Tidy;

/// <summary>Documents point at things that are there.</summary>
public static partial class DocumentRules
{
    /// <summary>Relative links of a document whose target is missing.</summary>
    /// <param name="file">The document.</param>
    /// <param name="exists">Whether a path from the root exists.</param>
    public static IEnumerable<string> BrokenLinks(TreeFile file, Func<string, bool> exists) =>
        from Match match in Link().Matches(CodeBlock().Replace(file.Text, ""))
        let target = match.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains(':')
        where !exists(Resolve(file.Path, target))
        select $"{file.Path}: {target} does not exist";

    /// <summary>
    /// Where the map of ARCHITECTURE.md and the tree disagree: a folder that the tree has and the
    /// map does not name, or the other way round. The map is the table of folders, and the list
    /// of the folders of src/Proxy.
    /// </summary>
    public static IEnumerable<string> MapMistakes(
        string map, IEnumerable<string> folders, Func<string, bool> exists)
    {
        var named = MapPath().Matches(map).Select(match => match.Groups[1].Value.TrimEnd('/'))
            .Concat(ProxyFolder().Matches(map)
                .Select(match => $"src/Proxy/{match.Groups[1].Value}"))
            .ToHashSet(StringComparer.Ordinal);
        return folders.Where(folder => !named.Contains(folder))
            .Select(folder => $"{folder} is not on the map")
            .Concat(named.Where(path => !exists(path)).Select(path => $"{path} does not exist"));
    }

    /// <summary>Projects missing from the solution, and entries of it without a project.</summary>
    public static IEnumerable<string> SolutionMistakes(
        string solution, IEnumerable<string> projects)
    {
        var listed = Project().Matches(solution).Select(match => match.Groups[1].Value).ToList();
        var present = projects.ToList();
        return present.Except(listed).Select(path => $"{path} is not in the solution")
            .Concat(listed.Except(present).Select(path => $"{path} does not exist"));
    }

    /// <summary>Packages that the build names and the decision about dependencies does not.</summary>
    public static IEnumerable<string> PackagesWithoutReason(string packages, string decision) =>
        Package().Matches(packages).Select(match => match.Groups[1].Value)
            .Where(package => !decision.Contains(package, StringComparison.Ordinal))
            .Select(package => $"{package} has no reason");

    static string Resolve(string from, string target)
    {
        string folder = from.Contains('/') ? from[..from.LastIndexOf('/')] : "";
        string path = target.StartsWith('/') ? target[1..] : $"{folder}/{target}";
        return Path.GetRelativePath("/", Path.GetFullPath(path, "/")).Replace('\\', '/');
    }

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    /// <summary>A path in backticks that begins a row of a table.</summary>
    [GeneratedRegex(@"^\|\s*`([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex MapPath();

    /// <summary>A line of the list of the data path's folders.</summary>
    [GeneratedRegex(@"^([A-Z]\w+)/ ", RegexOptions.Multiline)]
    private static partial Regex ProxyFolder();

    [GeneratedRegex("<PackageVersion Include=\"([^\"]+)\"")]
    private static partial Regex Package();

    [GeneratedRegex("<Project Path=\"([^\"]+)\"")]
    private static partial Regex Project();
}
