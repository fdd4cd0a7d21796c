using Sluice.Config.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>One method of choosing. Holds what it computed at start, nothing of an exchange.</summary>
abstract class Chooser
{
    internal static Chooser Of(Balancer balancer, PeerSet primaries) => balancer switch
    {
        RoundRobinBalancer => new RoundRobin(),
        LeastConnBalancer => new LeastConn(),
        IpHashBalancer => new IpHash(),
        HashBalancer { Consistent: false } => new KeyHash(),
        HashBalancer { Consistent: true } => new ConsistentHash(primaries),
        RandomBalancer { Two: false } => new RandomDraw(primaries),
        RandomBalancer { Two: true } => new RandomTwo(primaries),
        _ => throw new ArgumentException("a way to balance that has no chooser"),
    };

    /// <summary>
    /// The next peer, taken and marked as tried; null when none is left, backups included.
    /// </summary>
    internal abstract Peer? Next(PeerSelection selection, in SelectionInput input);

    /// <summary>
    /// Whether a choice by hash or chance makes no sense (any more), so that round robin is to
    /// choose: one primary, or too many draws in vain.
    /// </summary>
    protected static bool IsDrawnOut(PeerSelection selection) =>
        selection.DrawsCount > BalancingLimits.DrawsMax || selection.Peers.Peers.Length < 2;
}
