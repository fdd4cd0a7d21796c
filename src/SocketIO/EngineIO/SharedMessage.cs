using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The bytes of a message for many connections, and what the first of them that compressed it has
/// made of it. Memory of this kind goes where any other goes, so that a message costs nobody
/// anything who does not compress.
/// </summary>
sealed class SharedMessage(ReadOnlyMemory<byte> bytes) : MemoryManager<byte>
{
    readonly Lock sync = new();

    /// <summary>By how far back they refer.</summary>
    readonly EngineMessage?[] deflated =
        new EngineMessage?[DeflateAgreement.BitsMax - DeflateAgreement.BitsMin + 1];

    /// <summary>
    /// The message compressed, alone, or as it is when that is not shorter. The others wait for
    /// the one that compresses, which is less than doing it again.
    /// </summary>
    /// <param name="message">Of these bytes.</param>
    /// <param name="bits">How far back it may refer.</param>
    /// <param name="level">The same for all of a server.</param>
    public EngineMessage Deflate(in EngineMessage message, int bits, CompressionLevel level)
    {
        lock (sync)
        {
            ref var made = ref deflated[bits - DeflateAgreement.BitsMin];
            return made ??= WebSocketDeflater.DeflateAlone(message, bits, level);
        }
    }

    public override Span<byte> GetSpan() => MemoryMarshal.AsMemory(bytes).Span;

    public override MemoryHandle Pin(int elementIndex = 0) => bytes[elementIndex..].Pin();

    public override void Unpin()
    {
    }

    /// <summary>The array, so that the head of a frame is found in front of the bytes.</summary>
    protected override bool TryGetArray(out ArraySegment<byte> segment) =>
        MemoryMarshal.TryGetArray(bytes, out segment);

    protected override void Dispose(bool disposing)
    {
    }
}
