namespace Sluice.Proxy.Upstream;

/// <summary>
/// Smooth weighted round robin as nginx does it: every eligible peer gains its effective
/// weight, the richest is chosen and pays the sum. A peer that failed starts again with little
/// and gains one at each choice it takes part in.
/// </summary>
sealed class RoundRobin : Chooser
{
    internal override Peer? Next(PeerSelection selection, in SelectionInput input) =>
        Choose(selection, input.NowSeconds);

    /// <summary>Among the primaries, then among the backups.</summary>
    internal static Peer? Choose(PeerSelection selection, long nowSeconds)
    {
        do
        {
            var peer = ChooseInSet(selection, nowSeconds);
            if (peer is not null)
                return peer;
        }
        while (selection.TryUseBackups());
        return null;
    }

    static Peer? ChooseInSet(PeerSelection selection, long nowSeconds)
    {
        var peers = selection.Peers.Peers;
        var turn = default(Turn);
        selection.Group.Gate.Enter();
        for (var place = 0; place < peers.Length; place++)
        {
            if (!selection.IsTried(place) && peers[place].IsEligible(nowSeconds))
                turn.Join(peers[place], place);
        }
        turn.End(nowSeconds);
        selection.Group.Gate.Leave();
        if (turn.Best is not null)
            selection.MarkTried(turn.Place);
        return turn.Best;
    }
}

/// <summary>One step of smooth weighted round robin; lives inside the group's gate.</summary>
struct Turn
{
    int total;

    internal Peer? Best { get; private set; }

    /// <summary>The place of <see cref="Best"/> in its set.</summary>
    internal int Place { get; private set; }

    /// <summary>The peer takes part; of equally rich ones the first is chosen.</summary>
    internal void Join(Peer peer, int place)
    {
        peer.CurrentWeight += peer.EffectiveWeight;
        total += peer.EffectiveWeight;
        if (peer.EffectiveWeight < peer.Weight)
            peer.EffectiveWeight++;
        if (Best is null || peer.CurrentWeight > Best.CurrentWeight)
            Choose(peer, place);
    }

    /// <summary>The peer is the best known without having taken part.</summary>
    internal void Choose(Peer peer, int place)
    {
        Best = peer;
        Place = place;
    }

    /// <summary>The chosen peer pays, and is taken.</summary>
    internal readonly void End(long nowSeconds)
    {
        if (Best is null)
            return;
        Best.CurrentWeight -= total;
        Best.Take(nowSeconds);
    }
}
