using System.Text.RegularExpressions;

namespace Sluice.Unit.Tidy;

/// <summary>Which way the arrows point between projects, and between the folders of the data path.</summary>
public static partial class LayerRules
{
    /// <summary>What each project may refer to; everything in brackets but the base library.</summary>
    static readonly Dictionary<string, string[]> references = new(StringComparer.Ordinal)
    {
        ["Config"] = [],
        ["Net"] = [],
        ["Proxy"] = ["Config", "Net"],
        ["Doctor"] = ["Config", "Proxy"],
        ["SocketIO"] = [],
        ["SocketIO.Generators"] = ["Microsoft.CodeAnalysis.CSharp"],
        ["Cli"] = ["Config", "Net", "Proxy", "Doctor", "System.CommandLine", "Spectre.Console"],
    };

    /// <summary>
    /// The order of the data path. A folder may use those with a higher number, and its own. The
    /// root (Gateway, Worker, Exchange) stands above all of them. Http1 comes third on the way of
    /// a request and last here: it is pure, so everybody may parse with it and it uses nobody.
    /// So are Matching and Variables, the evaluation of expressions and texts; a log line is a
    /// text with variables, but a log does not know that.
    /// </summary>
    static readonly Dictionary<string, int> order = new(StringComparer.Ordinal)
    {
        ["Admin"] = 0,
        ["Http2"] = 0,
        ["Listen"] = 1,
        ["Client"] = 2,
        ["Static"] = 3,
        ["Routing"] = 4,
        ["Upstream"] = 5,
        ["Tunnel"] = 6,
        ["Variables"] = 7,
        ["Log"] = 8,
        ["Matching"] = 9,
        ["Http1"] = 10,
    };

    /// <summary>References of a project file of src/ that its layer does not allow.</summary>
    public static IEnumerable<string> Projects(TreeFile file)
    {
        string name = Path.GetFileNameWithoutExtension(file.Path);
        string[] allowed = references.GetValueOrDefault(name, []);
        return Reference().Matches(file.Text)
            .Select(match => match.Groups[1].Value)
            .Select(include => include.EndsWith(".csproj")
                ? Path.GetFileNameWithoutExtension(include)
                : include)
            .Where(used => !allowed.Contains(used))
            .Select(used => $"{file.Path}: {name} may not refer to {used}");
    }

    /// <summary>
    /// A namespace that does not follow the folder hides a file from the rule below. A folder
    /// inside a folder of the data path may share its namespace.
    /// </summary>
    public static IEnumerable<string> Namespaces(TreeFile file)
    {
        var declared = Namespace().Match(file.Code);
        string folder = file.Path[..file.Path.LastIndexOf('/')];
        string expected = "Sluice." + folder[(folder.IndexOf('/') + 1)..].Replace('/', '.');
        string actual = declared.Groups[1].Value;
        bool isShared = actual.Count('.') >= 2 && expected.StartsWith(actual + ".");
        return declared.Success && actual != expected && !isShared
            ? [$"{file.Path}: namespace {actual}, expected {expected}"]
            : [];
    }

    /// <summary>Uses in a file of src/Proxy that point up.</summary>
    public static IEnumerable<string> Folders(TreeFile file)
    {
        if (file.Path.Split('/') is not ["src", "Proxy", var folder, _, ..])
        {
            return [];
        }
        if (!order.TryGetValue(folder, out int own))
        {
            return [$"{file.Path}: {folder} has no place in the order of the data path"];
        }
        return ProxyUse().Matches(file.Code)
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .Where(used => used != folder && order.TryGetValue(used, out int other) && other <= own)
            .Select(used => $"{file.Path}: {folder} ({own}) may not use {used} ({order[used]})");
    }

    [GeneratedRegex("<(?:Project|Package)Reference Include=\"([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\bProxy\.([A-Z]\w+)")]
    private static partial Regex ProxyUse();
}
