using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>
/// accepted.json: where Sluice may differ from nginx, exactly how, and why. A difference that is
/// not listed fails its case, and so does a listed one that no longer occurs.
/// </summary>
static class AcceptedDifferences
{
    static readonly JsonSerializerOptions format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One case's differences and the reason they are right.</summary>
    /// <param name="Case">Its name.</param>
    /// <param name="Reason">A sentence.</param>
    /// <param name="Until">
    /// The first nginx that is known to do as Sluice does: the entry is for older ones. Null when
    /// none does.
    /// </param>
    /// <param name="Differences">All of them.</param>
    public sealed record Entry(
        string Case, string Reason, Version? Until, Difference[] Differences);

    public static IReadOnlyList<Entry> All { get; } = Load();

    /// <summary>Fails unless exactly the differences that the list has for the case were found.</summary>
    public static void Verify(string name, List<Difference> found)
    {
        var accepted = All.Where(entry => entry.Case == name)
            .SelectMany(entry => entry.Differences).ToList();
        var unlisted = found.Except(accepted).ToList();
        var gone = accepted.Except(found).ToList();
        Assert.True(
            unlisted.Count == 0, $"{name}: differs from nginx:\n{Draft(name, unlisted)}");
        Assert.True(
            gone.Count == 0,
            $"{name}: in accepted.json, but no longer so:\n{Draft(name, gone)}");
    }

    /// <summary>An entry as it would stand in the file, for people to paste and to reason.</summary>
    static string Draft(string name, IEnumerable<Difference> differences) =>
        JsonSerializer.Serialize(new Entry(name, "WHY", null, [.. differences]), format);

    /// <summary>With nginx in Sluice's place nothing may differ: so the suite checks itself.</summary>
    static Entry[] Load()
    {
        if (Path.GetFileName(Repository.Sluice) == "nginx")
            return [];
        var path = Path.Combine(Repository.EndToEnd, "accepted.json");
        var entries = JsonSerializer.Deserialize<Entry[]>(File.ReadAllText(path), format)!;
        return [.. entries.Where(entry => VersionBridge.IsOlderThan(entry.Until))];
    }
}
