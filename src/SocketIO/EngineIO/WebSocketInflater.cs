using System.Buffers;
using System.IO.Compression;

namespace Sluice.SocketIO.EngineIO;

/// <summary>What became of a compressed message.</summary>
enum InflateStatus
{
    Whole,

    /// <summary>It is no compressed data, or ends too early: close with 1007.</summary>
    Invalid,

    /// <summary>It becomes longer than it may be: close with 1009.</summary>
    TooBig,
}

/// <summary>
/// Makes a client's compressed messages long again (RFC 7692, section 7.2.2). Of earlier messages
/// it keeps what later ones may refer to and nothing else: no decompressor lives longer than a
/// message.
/// </summary>
/// <param name="isTakingOver">Messages may refer to earlier ones.</param>
/// <param name="bits">How far back.</param>
sealed class WebSocketInflater(bool isTakingOver, int bits)
{
    /// <summary>What was inflated last.</summary>
    byte[]? window;
    int windowLength;

    /// <summary>It holds memory between messages.</summary>
    public bool IsHolding => window is not null;

    /// <summary>Inflates one message. One call at a time.</summary>
    /// <param name="compressed">All its fragments.</param>
    /// <param name="bytesMax">Nothing beyond is inflated but a byte.</param>
    /// <param name="rented">The message is at its beginning; to be returned to the pool.</param>
    /// <param name="length">Of the message.</param>
    public InflateStatus Inflate(
        ReadOnlyMemory<byte> compressed, int bytesMax, out byte[] rented, out int length)
    {
        length = 0;
        rented = ArrayPool<byte>.Shared.Rent(EngineLimits.ReceiveBytes);
        var source = new InflateSource(window.AsMemory(0, windowLength), compressed);
        InflateStatus status;
        try
        {
            using var stream = new DeflateStream(source, CompressionMode.Decompress);
            for (var seen = 0; seen < windowLength;)
                seen += stream.Read(rented, 0, Math.Min(windowLength - seen, rented.Length));
            status = ReadAll(stream, bytesMax, ref rented, ref length);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException)
        {
            status = InflateStatus.Invalid;
        }

        // A last block within the message ends it; what follows is not looked at, as in ws.
        if (status == InflateStatus.Whole && source.IsOverrun)
            status = InflateStatus.Invalid;
        if (status == InflateStatus.Whole)
            Remember(rented.AsSpan(0, length));
        else
            ArrayPool<byte>.Shared.Return(rented);
        return status;
    }

    /// <summary>Nothing is inflated any more.</summary>
    public void Release()
    {
        if (window is not null)
            ArrayPool<byte>.Shared.Return(window);
        window = null;
        windowLength = 0;
    }

    static InflateStatus ReadAll(
        DeflateStream stream, int bytesMax, ref byte[] rented, ref int length)
    {
        var most = (int)Math.Min((long)bytesMax + 1, Array.MaxLength);
        while (true)
        {
            if (length == rented.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(length * 2L, most));
                rented.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(rented);
                rented = larger;
            }

            var read = stream.Read(rented, length, Math.Min(rented.Length, most) - length);
            length += read;
            if (length > bytesMax)
                return InflateStatus.TooBig;
            if (read == 0)
                return InflateStatus.Whole;
        }
    }

    void Remember(ReadOnlySpan<byte> message)
    {
        if (!isTakingOver)
            return;
        var size = 1 << bits;
        window ??= ArrayPool<byte>.Shared.Rent(size);
        if (message.Length >= size)
        {
            message[^size..].CopyTo(window);
            windowLength = size;
            return;
        }

        var kept = Math.Min(windowLength, size - message.Length);
        window.AsSpan(windowLength - kept, kept).CopyTo(window);
        message.CopyTo(window.AsSpan(kept));
        windowLength = kept + message.Length;
    }
}
