using System.Globalization;
using System.Text;

namespace Sluice.Peers;

/// <summary>Medians over the rounds, and their ratios to nginx in the same run.</summary>
sealed class Report(IReadOnlyList<Cell> cells, string[] names)
{
    /// <summary>Sluice on epoll is above a target, or above HAProxy.</summary>
    public bool MissesTarget =>
        Rows().Any(row => row.Verdict.StartsWith("misses", StringComparison.Ordinal));

    public IReadOnlyList<Row> Rows() => [.. Scenario.All
        .Where(scenario => cells.Any(cell => cell.Scenario == scenario.Name))
        .Select(RowOf)];

    /// <summary>A table in Markdown: per proxy the median and, behind it, the ratio to nginx.</summary>
    public string Table()
    {
        var text = new StringBuilder();
        text.AppendLine("| per unit | " + string.Join(" | ", names) + " | target |");
        text.AppendLine("|---|" + string.Concat(names.Select(_ => "---|")) + "---|");
        foreach (var row in Rows())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Scenario} |");
            foreach (var name in names)
            {
                var value = row.Values.GetValueOrDefault(name);
                text.Append(CultureInfo.InvariantCulture,
                    $" {(row.Unit == "us" ? $"{value:0.00} us" : $"{value / 1024:0.0} KB")}");
                if (name != "nginx" && row.Ratios.TryGetValue(name, out var ratio))
                    text.Append(CultureInfo.InvariantCulture, $" ({ratio:0.00})");
                text.Append(" |");
            }
            text.AppendLine(CultureInfo.InvariantCulture, $" {row.Verdict} |");
        }
        return text.ToString();
    }

    Row RowOf(Scenario scenario)
    {
        var values = names.ToDictionary(name => name, name => MedianOf(scenario, name));
        var nginx = values.GetValueOrDefault("nginx");
        var ratios = values.Where(pair => nginx > 0 && pair.Value > 0)
            .ToDictionary(pair => pair.Key, pair => Math.Round(pair.Value / nginx, 3));
        return new Row(
            scenario.Name, scenario.IsMemory ? "bytes" : "us",
            values, ratios, VerdictOf(scenario, values, ratios));
    }

    static string VerdictOf(
        Scenario scenario, Dictionary<string, double> values, Dictionary<string, double> ratios)
    {
        if (!values.TryGetValue("sluice-epoll", out var ours) || ours == 0)
            return "not measured";
        if (scenario.IsMemory)
            return ours <= Scenario.IdleTunnelBytesTarget ? "met: 1.5 KB" : "misses 1.5 KB";
        var isAboveHaProxy = values.TryGetValue("haproxy", out var haproxy)
            && haproxy > 0 && ours > haproxy;
        if (scenario.Target is not { } target || !ratios.TryGetValue("sluice-epoll", out var ratio))
            return isAboveHaProxy ? "misses HAProxy" : "none";
        var text = target.ToString("0.00", CultureInfo.InvariantCulture);
        return ratio <= target && !isAboveHaProxy ? $"met: {text}"
            : ratio > target ? $"misses {text}" : "misses HAProxy";
    }

    double MedianOf(Scenario scenario, string name)
    {
        var kept = cells
            .Where(cell => cell.Scenario == scenario.Name && cell.Proxy == name)
            .Where(cell => cell.Discarded is null)
            .Select(cell => scenario.IsMemory ? cell.BytesPerTunnel : cell.CpuUsPerUnit)
            .Order()
            .ToList();
        return kept.Count == 0 ? 0 : Math.Round(kept[kept.Count / 2], 3);
    }
}

/// <summary>One scenario over all proxies.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Unit">us of CPU per unit, or bytes of memory per tunnel.</param>
/// <param name="Values">The median of each proxy.</param>
/// <param name="Ratios">The same, divided by nginx's.</param>
/// <param name="Verdict">Whether Sluice on epoll meets its target.</param>
sealed record Row(
    string Scenario, string Unit,
    Dictionary<string, double> Values, Dictionary<string, double> Ratios, string Verdict);
