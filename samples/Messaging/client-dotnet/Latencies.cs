namespace Sluice.Samples.Messaging.Client;

/// <summary>Percentiles of the latest latencies.</summary>
/// <param name="Count">How many there were in all.</param>
/// <param name="P50">Half of the latest took no longer than these milliseconds.</param>
/// <param name="P95">19 of 20 took no longer than these milliseconds.</param>
/// <param name="Max">The longest of the latest, in milliseconds.</param>
public sealed record LatencySummary(long Count, double P50, double P95, double Max);

/// <summary>The latest latencies; older ones make room for newer. Safe to use from any thread.</summary>
/// <param name="keptMax">How many are kept; the percentiles are of these.</param>
public sealed class Latencies(int keptMax = 500)
{
    readonly double[] kept = new double[keptMax];
    readonly Lock access = new();
    long count;

    public void Add(TimeSpan latency)
    {
        lock (access)
        {
            kept[count++ % keptMax] = latency.TotalMilliseconds;
        }
    }

    public LatencySummary Summary()
    {
        double[] sorted;
        long all;
        lock (access)
        {
            all = count;
            sorted = kept[..(int)Math.Min(all, keptMax)];
        }
        Array.Sort(sorted);
        return new LatencySummary(all, At(0.5), At(0.95), At(1));

        double At(double share) => sorted.Length == 0
            ? 0
            : Math.Round(sorted[(int)Math.Ceiling(share * sorted.Length) - 1], 3);
    }
}
