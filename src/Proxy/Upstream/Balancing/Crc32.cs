namespace Sluice.Proxy.Upstream;

/// <summary>
/// CRC-32 (IEEE 802.3, reflected polynomial EDB88320), piece by piece: starts with
/// <see cref="Start"/>, ends with <see cref="Finish"/>.
/// </summary>
static class Crc32
{
    internal const uint Start = 0xFFFFFFFF;

    static readonly uint[] Table = MakeTable();

    internal static uint Of(ReadOnlySpan<byte> bytes) => Finish(Update(Start, bytes));

    internal static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    internal static uint Finish(uint crc) => ~crc;

    static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }
        return table;
    }
}
