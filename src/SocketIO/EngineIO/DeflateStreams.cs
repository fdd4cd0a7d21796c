using System.Buffers;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// What is to be inflated: what earlier messages end with, a message, and an end by which it can
/// be seen whether the message was whole.
/// </summary>
sealed class InflateSource : Stream
{
    /// <summary>
    /// What the sender left out (RFC 7692, section 7.2.2), and a last block, which is only seen as
    /// one when everything before it was complete.
    /// </summary>
    static readonly byte[] tail = [0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff];

    readonly ReadOnlyMemory<byte>[] pieces;
    int piece;

    /// <param name="window">The end of what was inflated before, at most 32 KB.</param>
    /// <param name="message">As it came.</param>
    public InflateSource(ReadOnlyMemory<byte> window, ReadOnlyMemory<byte> message)
    {
        pieces = window.IsEmpty
            ? [message, tail] : [StoredHead(window.Length), window, message, tail];
    }

    /// <summary>More was asked for than there is: the last block has not been seen.</summary>
    public bool IsOverrun { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var taken = 0;
        while (piece < pieces.Length && taken < buffer.Length)
        {
            var left = pieces[piece];
            var length = Math.Min(left.Length, buffer.Length - taken);
            left.Span[..length].CopyTo(buffer[taken..]);
            taken += length;
            pieces[piece] = left[length..];
            if (pieces[piece].IsEmpty)
                piece++;
        }

        IsOverrun |= taken == 0;
        return taken;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException();

    /// <summary>A block that stands as it is (RFC 1951, section 3.2.4).</summary>
    static byte[] StoredHead(int length) =>
        [0, (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8)];
}

/// <summary>Takes what a compressor writes, in a rented buffer.</summary>
sealed class DeflateSink : Stream
{
    byte[] buffer = [];
    int length;

    /// <summary>What was written since <see cref="Open"/>.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    /// <summary>What is written is kept until <see cref="Shut"/>, and dropped at other times.</summary>
    public void Open(int bytes) => buffer = ArrayPool<byte>.Shared.Rent(bytes);

    /// <summary>Forgets what was written last.</summary>
    public void Truncate(int bytes) => length = bytes;

    public void Shut()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        length = 0;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) =>
        Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length == 0)
            return;
        if (length + bytes.Length > buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(
                Math.Max(length + bytes.Length, buffer.Length * 2));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
