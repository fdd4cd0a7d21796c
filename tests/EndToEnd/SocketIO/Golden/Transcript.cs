using System.Text.RegularExpressions;

namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>What a server did in a case: named lists of lines, made comparable.</summary>
sealed partial class Transcript
{
    readonly SortedDictionary<string, List<string>> parts = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> saved = [];

    /// <summary>"http", "log", "ws" and the names of further WebSockets.</summary>
    public IReadOnlyDictionary<string, List<string>> Parts => parts;

    public void Add(string part, string line)
    {
        if (!parts.TryGetValue(part, out var lines))
            parts[part] = lines = [];
        lines.Add(line);
    }

    /// <summary>A value of this run alone, which reads <c>&lt;NAME></c> in the transcript.</summary>
    public void Save(string name, string value) => saved[name] = value;

    public string Expand(string text) => saved.Aggregate(
        text, (result, one) => result.Replace("$" + one.Key, one.Value, StringComparison.Ordinal));

    /// <summary>Ids, offsets and times of this run replaced by their names, in every line.</summary>
    public void Normalize()
    {
        foreach (var lines in parts.Values)
            for (var at = 0; at < lines.Count; at++)
                lines[at] = Normal(lines[at]);
    }

    string Normal(string text)
    {
        foreach (var (name, value) in saved.OrderByDescending(one => one.Value.Length))
            text = text.Replace(value, $"<{name}>", StringComparison.Ordinal);
        text = HexId().Replace(text, match => match.Groups[1].Value
            + string.Concat(Enumerable.Repeat("3c", 20)));
        text = Offset().Replace(text, "\"<offset>\"]");
        return Id().Replace(text, "$1<20>$2");
    }

    /// <summary>A 20-character id between quotes or after a cookie's equals sign.</summary>
    [GeneratedRegex(@"([""=#])[A-Za-z0-9_-]{20}([""\\;])")]
    private static partial Regex Id();

    /// <summary>The same inside a MessagePack value: a string of 20 bytes after "sid".</summary>
    [GeneratedRegex(@"(a3736964b4)[0-9a-f]{40}")]
    private static partial Regex HexId();

    /// <summary>
    /// The offset of connection state recovery, the last element of an event. With a count behind
    /// a saved one it is another of the same millisecond.
    /// </summary>
    [GeneratedRegex(@"""([0-9A-Za-z_-]{7,8}(\.\d+)?|<\w+>\.\d+)""\]$")]
    private static partial Regex Offset();
}
