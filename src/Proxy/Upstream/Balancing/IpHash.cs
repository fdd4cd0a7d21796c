namespace Sluice.Proxy.Upstream;

/// <summary>
/// By the client's network: the first three octets of an IPv4 address or all of an IPv6
/// address, in nginx's arithmetic, so that a client keeps its peer when nginx is replaced.
/// </summary>
sealed class IpHash : Chooser
{
    const uint HashStart = 89;
    const int Ipv4OctetsCount = 3;

    static ReadOnlySpan<byte> NoAddress => [0, 0, 0];

    internal override Peer? Next(PeerSelection selection, in SelectionInput input)
    {
        var address = input.ClientAddress.Length switch
        {
            4 => input.ClientAddress[..Ipv4OctetsCount],
            16 => input.ClientAddress,
            _ => NoAddress,
        };
        if (selection.DrawsCount == 0 && selection.RehashCount == 0)
            selection.Hash = HashStart;
        var hash = selection.Hash;
        while (!IsDrawnOut(selection))
        {
            foreach (var octet in address)
                hash = (hash * 113 + octet) % 6271;
            var place = selection.Peers.AtWeight(hash % (uint)selection.Peers.TotalWeight);
            var peer = selection.TryTake(place, input.NowSeconds);
            if (peer is not null)
            {
                selection.Hash = hash;
                selection.RehashCount++;
                return peer;
            }
            selection.DrawsCount++;
        }
        return RoundRobin.Choose(selection, input.NowSeconds);
    }
}
