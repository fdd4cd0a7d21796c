using System.Buffers.Binary;
using System.Text;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// hash KEY consistent: a ketama ring with the points of nginx and Cache::Memcached::Fast.
/// A peer that fails leaves its keys to the next points of the ring, the others keep theirs.
/// An empty key names nobody: round robin.
/// </summary>
/// <remarks>
/// A point belongs to a server text; several peers may share one (a name with many addresses),
/// and take turns by weighted round robin.
/// </remarks>
sealed class ConsistentHash : Chooser
{
    /// <summary>The points in ascending order, each different.</summary>
    readonly uint[] points;

    /// <summary>For each point the number of its server.</summary>
    readonly int[] owners;

    /// <summary>For each server the places of its peers.</summary>
    readonly int[][] places;

    internal ConsistentHash(PeerSet primaries)
    {
        var servers = new List<string>();
        var peersOf = new List<List<int>>();
        var ring = new List<(uint Point, int Owner)>();
        for (var place = 0; place < primaries.Peers.Length; place++)
        {
            var peer = primaries.Peers[place];
            var owner = servers.IndexOf(peer.Server.Text);
            if (owner < 0)
            {
                owner = servers.Count;
                servers.Add(peer.Server.Text);
                peersOf.Add([]);
            }
            peersOf[owner].Add(place);
            AddPoints(ring, peer, owner);
        }
        places = [.. peersOf.Select(list => list.ToArray())];
        // Of equal points the first stays; OrderBy is stable.
        var sorted = ring.OrderBy(entry => entry.Point).DistinctBy(entry => entry.Point).ToArray();
        points = [.. sorted.Select(entry => entry.Point)];
        owners = [.. sorted.Select(entry => entry.Owner)];
    }

    internal override Peer? Next(PeerSelection selection, in SelectionInput input)
    {
        if (selection.RehashCount++ == 0)
            selection.Hash = FirstPoint(Crc32.Of(input.Key));
        while (!input.Key.IsEmpty && !IsDrawnOut(selection))
        {
            var owner = owners[selection.Hash % (uint)points.Length];
            var peer = ChooseAmong(places[owner], selection, input.NowSeconds);
            if (peer is not null)
                return peer;
            selection.Hash++;
            selection.DrawsCount++;
        }
        return RoundRobin.Choose(selection, input.NowSeconds);
    }

    /// <summary>The index of the first point that is not below; one past the end if none is.</summary>
    uint FirstPoint(uint hash)
    {
        var index = Array.BinarySearch(points, hash);
        return (uint)(index < 0 ? ~index : index);
    }

    static Peer? ChooseAmong(int[] places, PeerSelection selection, long nowSeconds)
    {
        var turn = default(Turn);
        selection.Group.Gate.Enter();
        foreach (var place in places)
        {
            var peer = selection.Peers.Peers[place];
            if (!selection.IsTried(place) && peer.IsEligible(nowSeconds))
                turn.Join(peer, place);
        }
        turn.End(nowSeconds);
        selection.Group.Gate.Leave();
        if (turn.Best is not null)
            selection.MarkTried(turn.Place);
        return turn.Best;
    }

    /// <summary>crc32(host \0 port, point before): 160 of them for each unit of weight.</summary>
    static void AddPoints(List<(uint Point, int Owner)> ring, Peer peer, int owner)
    {
        var (host, port) = Split(peer.Server.Text);
        var start = Crc32.Update(Crc32.Start, Encoding.Latin1.GetBytes(host + "\0" + port));
        Span<byte> before = stackalloc byte[4];
        before.Clear();
        for (var i = 0; i < peer.Weight * BalancingLimits.PointsPerWeight; i++)
        {
            var point = Crc32.Finish(Crc32.Update(start, before));
            ring.Add((point, owner));
            BinaryPrimitives.WriteUInt32LittleEndian(before, point);
        }
    }

    /// <summary>A port is digits after the last colon; "unix:" is no part of a path.</summary>
    static (string Host, string Port) Split(string server)
    {
        if (server.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
            return (server[5..], "");
        var colon = server.LastIndexOf(':');
        if (colon < 0 || server.AsSpan(colon + 1).ContainsAnyExceptInRange('0', '9'))
            return (server, "");
        return (server[..colon], server[(colon + 1)..]);
    }
}
