using System.Numerics;

namespace Sluice.Proxy;

/// <summary>
/// The byte buffers of one worker, by size class (powers of two from 1 KB to 64 KB; larger ones
/// are not kept). Belongs to the loop's thread.
/// </summary>
public sealed class BufferPool
{
    const int SmallestShift = 10;
    const int Classes = 7;

    readonly Stack<byte[]>[] free = new Stack<byte[]>[Classes];

    public BufferPool()
    {
        for (var i = 0; i < Classes; i++)
            free[i] = new();
    }

    /// <summary>Buffers that are rented and not yet returned: zero when every exchange has ended.</summary>
    public int OutCount { get; private set; }

    /// <summary>Bytes of those buffers: what all that is under way holds.</summary>
    public long OutBytes { get; private set; }

    /// <summary>A buffer of at least <paramref name="bytes"/> bytes, with whatever was in it.</summary>
    public byte[] Rent(int bytes)
    {
        var index = ClassOf(bytes);
        var length = index < Classes ? 1 << (index + SmallestShift) : bytes;
        OutCount++;
        OutBytes += length;
        return index < Classes && free[index].TryPop(out var buffer)
            ? buffer
            : GC.AllocateUninitializedArray<byte>(length);
    }

    public void Return(byte[] buffer)
    {
        OutCount--;
        OutBytes -= buffer.Length;
        var index = ClassOf(buffer.Length);
        if (index < Classes && free[index].Count < Limits.PooledBuffers)
            free[index].Push(buffer);
    }

    static int ClassOf(int bytes) =>
        Math.Max(0, 32 - BitOperations.LeadingZeroCount((uint)(bytes - 1)) - SmallestShift);
}
