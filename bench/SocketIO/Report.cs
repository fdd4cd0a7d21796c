using System.Globalization;
using System.Text;

namespace Sluice.SocketIOBench;

/// <summary>Medians over the rounds, and their ratios to socket.io in the same run.</summary>
sealed class Report(IReadOnlyList<Cell> cells, string[] names)
{
    const string Judge = "socket.io";

    /// <summary>Sluice is above a target.</summary>
    public bool MissesTarget =>
        Rows().Any(row => row.Verdict.StartsWith("misses", StringComparison.Ordinal));

    public IReadOnlyList<Row> Rows() => [.. Scenario.All
        .Where(scenario => cells.Any(cell => cell.Scenario == scenario.Name))
        .Select(RowOf)];

    /// <summary>A table in Markdown: per server the median and, behind it, the ratio.</summary>
    public string Table()
    {
        var text = new StringBuilder();
        text.AppendLine("| per unit | " + string.Join(" | ", names) + " | target |");
        text.AppendLine("|---|" + string.Concat(names.Select(_ => "---|")) + "---|");
        foreach (var row in Rows())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Scenario} |");
            foreach (var name in names)
                text.Append(row.Values.TryGetValue(name, out var value)
                    ? Text(row, name, value) : " not measured |");
            text.AppendLine(CultureInfo.InvariantCulture, $" {row.Verdict} |");
        }
        return text.ToString();
    }

    /// <summary>Replaces what stands between the markers of a page.</summary>
    public void WriteInto(string page)
    {
        const string Begin = "<!-- bench socketio: written by ./dev bench socketio -->";
        const string End = "<!-- end -->";
        var text = File.ReadAllText(page);
        var from = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var to = text.IndexOf(End, StringComparison.Ordinal);
        if (from < Begin.Length || to < from)
            throw new InvalidOperationException($"{page} has no markers");
        File.WriteAllText(page, $"{text[..from]}\n{Table()}{text[to..]}");
    }

    static string Text(Row row, string name, Median value)
    {
        var main = value.Bytes > 0
            ? string.Create(CultureInfo.InvariantCulture, $" {value.Bytes / 1024:0.0} KB")
            : string.Create(CultureInfo.InvariantCulture, $" {value.CpuUs:0.0} us");
        var ratio = name != Judge && row.Ratios.TryGetValue(name, out var share)
            ? string.Create(CultureInfo.InvariantCulture, $" ({share:0.00})") : "";
        var rest = value.Bytes > 0
            ? string.Create(CultureInfo.InvariantCulture,
                $", {value.BytesBeforeGC / 1024:0.0} before a collection")
            : string.Create(CultureInfo.InvariantCulture,
                $", {value.UnitsPerSecond:N0}/s, p99 {value.P99Us / 1000.0:0.0} ms");
        return main + ratio + rest + " |";
    }

    Row RowOf(Scenario scenario)
    {
        var values = new Dictionary<string, Median>(StringComparer.Ordinal);
        foreach (var name in names)
            if (MedianOf(scenario, name) is { } median)
                values[name] = median;
        var ratios = values.TryGetValue(Judge, out var judge)
            ? values.ToDictionary(
                pair => pair.Key,
                pair => Math.Round(pair.Value.Main / judge.Main, 3), StringComparer.Ordinal)
            : [];
        return new Row(scenario.Name, values, ratios, VerdictOf(scenario, ratios));
    }

    static string VerdictOf(Scenario scenario, Dictionary<string, double> ratios)
    {
        if (scenario.Target is not { } target)
            return "none";
        if (!ratios.TryGetValue("sluice", out var ratio))
            return "not measured";
        var text = target.ToString("0.00", CultureInfo.InvariantCulture);
        return ratio <= target ? $"met: {text}" : $"misses {text}";
    }

    Median? MedianOf(Scenario scenario, string name)
    {
        var kept = cells
            .Where(cell => cell.Scenario == scenario.Name && cell.Server == name)
            .Where(cell => cell.Discarded is null)
            .OrderBy(cell => cell.BytesPerConnection + cell.CpuUsPerUnit)
            .ToList();
        if (kept.Count == 0)
            return null;
        var cell = kept[kept.Count / 2];
        return new Median(
            cell.CpuUsPerUnit, cell.UnitsPerSecond, cell.BytesPerConnection,
            cell.BytesBeforeGC, cell.P50Us, cell.P99Us);
    }
}

/// <summary>The round in the middle.</summary>
sealed record Median(
    double CpuUs, double UnitsPerSecond, double Bytes, double BytesBeforeGC,
    long P50Us, long P99Us)
{
    /// <summary>What is compared.</summary>
    public double Main => Bytes > 0 ? Bytes : CpuUs;
}

/// <summary>One scenario over all servers.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Values">The median of each server.</param>
/// <param name="Ratios">The same, divided by socket.io's.</param>
/// <param name="Verdict">Whether Sluice meets its target.</param>
sealed record Row(
    string Scenario, Dictionary<string, Median> Values, Dictionary<string, double> Ratios,
    string Verdict);
