namespace Sluice.Proxy;

/// <summary>
/// What a socket did not take at once, in a rented buffer: empty almost always. Whoever holds
/// bytes reads no more from their source until they are gone, which bounds it.
/// </summary>
struct HeldBytes
{
    byte[]? bytes;
    int start;

    public int Length { get; private set; }

    public readonly bool IsEmpty => Length == 0;

    public readonly ReadOnlySpan<byte> Span => bytes.AsSpan(start, Length);

    /// <summary>Adds to what is held.</summary>
    public void Add(ReadOnlySpan<byte> more, BufferPool buffers)
    {
        if (more.IsEmpty)
            return;
        if (bytes is null)
            bytes = buffers.Rent(more.Length);
        else if (start + Length + more.Length > bytes.Length)
            MakeRoom(more.Length, buffers);
        more.CopyTo(bytes.AsSpan(start + Length));
        Length += more.Length;
    }

    /// <summary>The socket has taken more; the last byte gives the buffer back.</summary>
    public void Remove(int taken, BufferPool buffers)
    {
        start += taken;
        Length -= taken;
        if (Length == 0)
            Drop(buffers);
    }

    public void Drop(BufferPool buffers)
    {
        if (bytes is not null)
            buffers.Return(bytes);
        bytes = null;
        start = 0;
        Length = 0;
    }

    void MakeRoom(int more, BufferPool buffers)
    {
        var old = bytes!;
        var target = Length + more <= old.Length ? old : buffers.Rent(Length + more);
        old.AsSpan(start, Length).CopyTo(target);
        if (target != old)
            buffers.Return(old);
        bytes = target;
        start = 0;
    }
}
