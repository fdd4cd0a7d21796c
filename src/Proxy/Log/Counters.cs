namespace Sluice.Proxy.Log;

/// <summary>
/// What one worker counts, in plain fields that only its thread writes. Others read them as
/// they are and add up: a sum is never older than the question by more than a moment.
/// </summary>
public sealed class Counters
{
    /// <summary>The ways a tunnel can end are at most this many (TunnelEnd).</summary>
    public const int TunnelEndKinds = 16;

    readonly long[] tunnelsEnded = new long[TunnelEndKinds];

    /// <summary>Client connections that were accepted.</summary>
    public long Accepted { get; set; }

    /// <summary>Of those, the ones that were served and not shed for want of connections.</summary>
    public long Handled { get; set; }

    /// <summary>Requests that were begun.</summary>
    public long Requests { get; set; }

    /// <summary>Tunnels that were opened.</summary>
    public long TunnelsOpened { get; set; }

    /// <summary>Tunnels that are open now.</summary>
    public long TunnelsActive
    {
        get
        {
            long ended = 0;
            foreach (long count in tunnelsEnded)
                ended += count;
            return TunnelsOpened - ended;
        }
    }

    /// <summary>Tunnels that ended in one way.</summary>
    /// <param name="end">The number of a TunnelEnd.</param>
    public long TunnelsEnded(int end) => tunnelsEnded[end];

    /// <summary>Counts the end of a tunnel.</summary>
    /// <param name="end">The number of a TunnelEnd.</param>
    public void CountTunnelEnd(int end) => tunnelsEnded[end]++;

    /// <summary>Adds what another worker counted: for the sum over all of them.</summary>
    public void Add(Counters other)
    {
        Accepted += other.Accepted;
        Handled += other.Handled;
        Requests += other.Requests;
        TunnelsOpened += other.TunnelsOpened;
        for (int end = 0; end < TunnelEndKinds; end++)
            tunnelsEnded[end] += other.tunnelsEnded[end];
    }
}
