using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sluice.Cli.Bench;

/// <summary>WebSocket frames (RFC 6455, section 5.2), as far as a load generator needs them.</summary>
static class Frame
{
    public const int HeaderMax = 14;

    /// <summary>Bytes of a masking key.</summary>
    public const int MaskLength = 4;

    const byte FinalBinary = 0x82;
    const byte MaskBit = 0x80;

    /// <summary>A masked binary message with this payload.</summary>
    public static byte[] Masked(ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[HeaderMax];
        var length = WriteHeader(header, payload.Length, MaskBit);
        var mask = header.Slice(length, 4);
        RandomNumberGenerator.Fill(mask);
        var frame = new byte[length + 4 + payload.Length];
        header[..(length + 4)].CopyTo(frame);
        payload.CopyTo(frame.AsSpan(length + 4));
        ApplyMask(frame.AsSpan(length + 4), BinaryPrimitives.ReadUInt32LittleEndian(mask), 0);
        return frame;
    }

    /// <summary>The header of an unmasked binary message; its length.</summary>
    public static int WriteServerHeader(Span<byte> target, int payloadLength) =>
        WriteHeader(target, payloadLength, mask: 0);

    /// <summary>
    /// XORs with the masking key, little-endian, beginning at this offset of the payload.
    /// </summary>
    public static void ApplyMask(Span<byte> bytes, uint key, int offset)
    {
        key = System.Numerics.BitOperations.RotateRight(key, offset % 4 * 8);
        var wide = key | ((ulong)key << 32);
        while (bytes.Length >= 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(
                bytes, BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ wide);
            bytes = bytes[8..];
        }
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] ^= (byte)(wide >> (i * 8));
    }

    /// <summary>
    /// Reads a header: its length, or 0 when more bytes are needed.
    /// </summary>
    public static int ReadHeader(ReadOnlySpan<byte> bytes, out long payloadLength, out uint mask)
    {
        payloadLength = 0;
        mask = 0;
        if (bytes.Length < 2)
            return 0;
        var length = 2;
        payloadLength = bytes[1] & 0x7F;
        if (payloadLength == 126)
            length = 4;
        else if (payloadLength == 127)
            length = 10;
        var isMasked = (bytes[1] & MaskBit) != 0;
        if (bytes.Length < length + (isMasked ? 4 : 0))
        {
            payloadLength = 0;
            return 0;
        }
        if (length == 4)
            payloadLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        else if (length == 10)
            payloadLength = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        if (!isMasked)
            return length;
        mask = BinaryPrimitives.ReadUInt32LittleEndian(bytes[length..]);
        return length + 4;
    }

    static int WriteHeader(Span<byte> target, int payloadLength, byte mask)
    {
        target[0] = FinalBinary;
        switch (payloadLength)
        {
            case < 126:
                target[1] = (byte)(mask | payloadLength);
                return 2;
            case <= ushort.MaxValue:
                target[1] = (byte)(mask | 126);
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payloadLength);
                return 4;
            default:
                target[1] = (byte)(mask | 127);
                BinaryPrimitives.WriteInt64BigEndian(target[2..], payloadLength);
                return 10;
        }
    }
}
