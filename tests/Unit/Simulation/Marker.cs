namespace Sluice.Unit.Simulation;

/// <summary>
/// Streams of bytes in which every byte says whose it is and where it belongs: what arrives can
/// be checked without having been kept, and a foreign, lost, repeated or moved byte is noticed.
/// </summary>
static class Marker
{
    internal static byte[] Bytes(long stream, long offset, int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i++)
            bytes[i] = At(stream, offset + i);
        return bytes;
    }

    /// <summary>Fails when the bytes are not those of the stream from this offset on.</summary>
    internal static void Check(long stream, long offset, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != At(stream, offset + i))
                Assert.Fail($"byte {offset + i} of stream {stream} is not what was sent");
        }
    }

    /// <summary>SplitMix64 over stream and place, eight bytes a number.</summary>
    static byte At(long stream, long offset)
    {
        ulong mixed = ((ulong)stream * 0x9E3779B97F4A7C15) + (ulong)(offset >> 3);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (byte)(mixed >> (int)((offset & 7) * 8));
    }
}
