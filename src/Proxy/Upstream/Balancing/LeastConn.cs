namespace Sluice.Proxy.Upstream;

/// <summary>
/// The peer with the fewest connections for its weight; round robin among those that are
/// equal, as nginx does it.
/// </summary>
sealed class LeastConn : Chooser
{
    internal override Peer? Next(PeerSelection selection, in SelectionInput input)
    {
        do
        {
            var peer = ChooseInSet(selection, input.NowSeconds);
            if (peer is not null)
                return peer;
        }
        while (selection.TryUseBackups());
        return null;
    }

    /// <summary>
    /// Below, equal or above zero as <paramref name="one"/> has fewer, as many or more
    /// connections for its weight than <paramref name="other"/>.
    /// </summary>
    internal static int Compare(Peer one, Peer other) =>
        ((long)one.State.Conns * other.Weight).CompareTo((long)other.State.Conns * one.Weight);

    static Peer? ChooseInSet(PeerSelection selection, long nowSeconds)
    {
        var peers = selection.Peers.Peers;
        var turn = default(Turn);
        selection.Group.Gate.Enter();
        var hasEquals = FindLeast(selection, nowSeconds, ref turn);
        if (hasEquals)
        {
            for (var place = turn.Place; place < peers.Length; place++)
            {
                if (!selection.IsTried(place)
                    && peers[place].IsEligible(nowSeconds)
                    && Compare(peers[place], turn.Best!) == 0)
                    turn.Join(peers[place], place);
            }
        }
        turn.End(nowSeconds);
        selection.Group.Gate.Leave();
        if (turn.Best is not null)
            selection.MarkTried(turn.Place);
        return turn.Best;
    }

    /// <summary>The first of the least; true when a later one may be equal to it.</summary>
    static bool FindLeast(PeerSelection selection, long nowSeconds, ref Turn turn)
    {
        var peers = selection.Peers.Peers;
        var hasEquals = false;
        for (var place = 0; place < peers.Length; place++)
        {
            var peer = peers[place];
            if (selection.IsTried(place) || !peer.IsEligible(nowSeconds))
                continue;
            var order = turn.Best is null ? -1 : Compare(peer, turn.Best);
            if (order < 0)
            {
                turn.Choose(peer, place);
                hasEquals = false;
            }
            else if (order == 0)
            {
                hasEquals = true;
            }
        }
        return hasEquals;
    }
}
