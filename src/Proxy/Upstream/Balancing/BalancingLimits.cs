namespace Sluice.Proxy.Upstream;

/// <summary>The bounds of choosing a peer: unit, and what happens at the limit.</summary>
public static class BalancingLimits
{
    /// <summary>
    /// Peers that a hash or a random draw may name in vain over all tries of one exchange;
    /// beyond them round robin decides. nginx's number.
    /// </summary>
    public const int DrawsMax = 20;

    /// <summary>
    /// Points that one unit of weight has on the ring of a consistent hash (8 bytes each).
    /// nginx's number, and that of Cache::Memcached::Fast, so that keys stay where they are.
    /// </summary>
    public const int PointsPerWeight = 160;

    /// <summary>Peers of a set whose tried marks fit into one word; more rent an array once.</summary>
    public const int PeersInWord = 64;
}
