using System.Numerics;

namespace Sluice.Cli.Bench;

/// <summary>
/// Latencies in microseconds, counted in buckets that are about 1.5 % wide: enough for
/// percentiles, and recording one is an addition.
/// </summary>
sealed class LatencyHistogram
{
    /// <summary>Each power of two has 64 buckets; values up to 2^40 us (12 days) are told apart.</summary>
    const int SubBits = 6;
    const int Powers = 40;

    readonly long[] counts = new long[(Powers - SubBits + 1) << SubBits];

    public long Count { get; private set; }

    public long MaxUs { get; private set; }

    public void Record(long us)
    {
        us = Math.Max(us, 0);
        counts[Math.Min(IndexOf(us), counts.Length - 1)]++;
        Count++;
        MaxUs = Math.Max(MaxUs, us);
    }

    /// <summary>The latency that this share of all samples did not exceed, in microseconds.</summary>
    public long Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(Count * share);
        var seen = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= wanted && counts[i] > 0)
                return Math.Min(UpperBoundOf(i), MaxUs);
        }
        return MaxUs;
    }

    public void Clear()
    {
        Array.Clear(counts);
        Count = 0;
        MaxUs = 0;
    }

    static int IndexOf(long us)
    {
        var power = 63 - BitOperations.LeadingZeroCount((ulong)us | 1);
        if (power < SubBits)
            return (int)us;
        var shift = power - SubBits;
        return ((shift + 1) << SubBits) + (int)((us >> shift) & ((1 << SubBits) - 1));
    }

    static long UpperBoundOf(int index)
    {
        var group = index >> SubBits;
        if (group == 0)
            return index;
        var shift = group - 1;
        var sub = (index & ((1 << SubBits) - 1)) | (1 << SubBits);
        return ((long)(sub + 1) << shift) - 1;
    }
}
