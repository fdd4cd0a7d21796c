using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>
/// accepted.json: where Sluice may differ from Debian's nginx, exactly how, and why. A difference
/// that is not listed fails its case, and so does a listed one that no longer occurs.
/// </summary>
static class AcceptedDifferences
{
    static readonly JsonSerializerOptions format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One case's differences and the reason they are right.</summary>
    public sealed record Entry(string Case, string Reason, Difference[] Differences);

    public static IReadOnlyList<Entry> All { get; } = Load();

    /// <summary>The differences accepted for one case.</summary>
    public static IEnumerable<Difference> For(string name) =>
        All.Where(entry => entry.Case == name).SelectMany(entry => entry.Differences);

    /// <summary>An entry as it would stand in the file, for people to paste and to reason.</summary>
    public static string Draft(string name, IEnumerable<Difference> differences) =>
        JsonSerializer.Serialize(new Entry(name, "WHY", [.. differences]), format);

    static Entry[] Load()
    {
        var path = Path.Combine(Repository.EndToEnd, "Differential", "accepted.json");
        return JsonSerializer.Deserialize<Entry[]>(File.ReadAllText(path), format)!;
    }
}
