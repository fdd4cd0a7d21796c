using System.Buffers.Text;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// hash KEY: ((crc32([rehash] key) >> 16) and 7FFF) plus the hash before, as Cache::Memcached
/// distributes its keys and nginx after it. The rehash is a decimal count, left out at first.
/// An empty key names nobody: round robin.
/// </summary>
sealed class KeyHash : Chooser
{
    internal override Peer? Next(PeerSelection selection, in SelectionInput input)
    {
        while (!input.Key.IsEmpty && !IsDrawnOut(selection))
        {
            selection.Hash += HashOf(selection.RehashCount++, input.Key);
            var weight = (uint)selection.Peers.TotalWeight;
            var place = selection.Peers.AtWeight(selection.Hash % weight);
            var peer = selection.TryTake(place, input.NowSeconds);
            if (peer is not null)
                return peer;
            selection.DrawsCount++;
        }
        return RoundRobin.Choose(selection, input.NowSeconds);
    }

    static uint HashOf(int rehash, ReadOnlySpan<byte> key)
    {
        var crc = Crc32.Start;
        if (rehash > 0)
        {
            Span<byte> digits = stackalloc byte[11];
            Utf8Formatter.TryFormat(rehash, digits, out var length);
            crc = Crc32.Update(crc, digits[..length]);
        }
        return Crc32.Finish(Crc32.Update(crc, key)) >> 16 & 0x7FFF;
    }
}
