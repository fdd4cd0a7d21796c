using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>
/// accepted.json beside the cases: where Sluice.SocketIO may differ from the official server,
/// exactly how, and why. A difference that is not listed fails its case, and so does a listed one
/// that no longer occurs.
/// </summary>
static class AcceptedGolden
{
    static readonly JsonSerializerOptions format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>One part of a transcript that is not the same.</summary>
    public sealed record Difference(string Case, string Part, string Official, string Sluice);

    /// <summary>
    /// A difference and the reason it is right. What hangs on chance, such as whether a buffer is
    /// free, is so <paramref name="Sometimes"/>.
    /// </summary>
    public sealed record Entry(
        string Case, string Part, string Reason, string Official, string Sluice,
        bool Sometimes = false)
    {
        /// <summary>As the part: the whole case waits for what is not implemented yet.</summary>
        public const string Pending = "*";

        [JsonIgnore]
        public Difference Difference => new(Case, Part, Official, Sluice);
    }

    public static IReadOnlyList<Entry> All { get; } = JsonSerializer.Deserialize<Entry[]>(
        File.ReadAllText(Path.Combine(
            Repository.EndToEnd, "SocketIO", "Golden", "accepted.json")), format)!;

    public static List<Difference> Differences(string name, Transcript official, Transcript sluice)
    {
        var found = new List<Difference>();
        foreach (var part in official.Parts.Keys.Union(sluice.Parts.Keys))
        {
            var (one, other) = (Text(official, part), Text(sluice, part));
            if (one != other)
                found.Add(new Difference(name, part, one, other));
        }
        return found;
    }

    public static void Verify(string name, List<Difference> found)
    {
        if (All.Any(entry => entry.Case == name && entry.Part == Entry.Pending))
        {
            Assert.True(found.Count > 0, $"{name}: pending in accepted.json, but it is the same");
            return;
        }
        var accepted = All.Where(entry => entry.Case == name).ToList();
        var unlisted = found.Except(accepted.Select(entry => entry.Difference)).ToList();
        var gone = accepted.Where(entry => !entry.Sometimes).Select(entry => entry.Difference)
            .Except(found).ToList();
        Assert.True(unlisted.Count == 0,
            $"{name}: differs from the official server:\n{Draft(unlisted)}");
        Assert.True(gone.Count == 0,
            $"{name}: in accepted.json, but no longer so:\n{Draft(gone)}");
    }

    /// <summary>An entry as it would stand in the file, for people to paste and to reason.</summary>
    static string Draft(IEnumerable<Difference> differences) => JsonSerializer.Serialize(
        differences.Select(one => new Entry(one.Case, one.Part, "WHY", one.Official, one.Sluice)),
        format);

    static string Text(Transcript transcript, string part) =>
        transcript.Parts.TryGetValue(part, out var lines) ? string.Join('\n', lines) : "";
}
