namespace Sluice.Proxy.Upstream;

/// <summary>random: a peer by chance, its share of the draws by weight.</summary>
class RandomDraw : Chooser
{
    /// <summary>Where the share of each peer ends.</summary>
    readonly int[] ends;

    internal RandomDraw(PeerSet primaries)
    {
        ends = new int[primaries.Peers.Length];
        var end = 0;
        for (var place = 0; place < ends.Length; place++)
            ends[place] = end += primaries.Peers[place].Weight;
    }

    internal override Peer? Next(PeerSelection selection, in SelectionInput input)
    {
        while (!IsDrawnOut(selection))
        {
            var peer = selection.TryTake(Draw(input.Random), input.NowSeconds);
            if (peer is not null)
                return peer;
            selection.DrawsCount++;
        }
        return RoundRobin.Choose(selection, input.NowSeconds);
    }

    /// <summary>The place of a peer.</summary>
    protected int Draw(Random random)
    {
        var index = Array.BinarySearch(ends, random.Next(ends[^1]));
        return index < 0 ? ~index : index + 1;
    }
}

/// <summary>random two least_conn: of two peers the one with fewer connections.</summary>
sealed class RandomTwo(PeerSet primaries) : RandomDraw(primaries)
{
    const int None = -1;

    internal override Peer? Next(PeerSelection selection, in SelectionInput input)
    {
        var peers = selection.Peers.Peers;
        var first = None;
        while (!IsDrawnOut(selection))
        {
            var place = Draw(input.Random);
            if (place != first && !selection.IsTried(place))
            {
                if (first == None)
                {
                    if (IsEligible(selection, peers[place], input.NowSeconds))
                        first = place;
                }
                else if (TakeBetter(selection, first, place, input.NowSeconds) is { } peer)
                {
                    return peer;
                }
            }
            selection.DrawsCount++;
        }
        return RoundRobin.Choose(selection, input.NowSeconds);
    }

    static bool IsEligible(PeerSelection selection, Peer peer, long nowSeconds)
    {
        selection.Group.Gate.Enter();
        var isEligible = peer.IsEligible(nowSeconds);
        selection.Group.Gate.Leave();
        return isEligible;
    }

    /// <summary>
    /// Takes the second unless the first has fewer connections for its weight; null when the
    /// second is not eligible.
    /// </summary>
    static Peer? TakeBetter(PeerSelection selection, int first, int second, long nowSeconds)
    {
        var peers = selection.Peers.Peers;
        var place = second;
        selection.Group.Gate.Enter();
        var isEligible = peers[second].IsEligible(nowSeconds);
        if (isEligible)
        {
            // Between the two looks another worker may have filled the first.
            if (LeastConn.Compare(peers[second], peers[first]) > 0
                && peers[first].IsEligible(nowSeconds))
                place = first;
            peers[place].Take(nowSeconds);
        }
        selection.Group.Gate.Leave();
        if (!isEligible)
            return null;
        selection.MarkTried(place);
        return peers[place];
    }
}
