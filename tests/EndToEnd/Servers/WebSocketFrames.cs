using System.Buffers.Binary;

namespace Sluice.EndToEnd.Servers;

/// <summary>Frames of RFC 6455, as far as echoing needs them: unfragmented, up to 64 KB.</summary>
public static class WebSocketFrames
{
    /// <summary>A handshake as a browser sends it.</summary>
    public static string Handshake(string path) =>
        $"GET {path} HTTP/1.1\r\nHost: load.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    /// <summary>The answer to <see cref="Handshake"/>.</summary>
    public const string Accepted =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    /// <summary>Writes a binary frame; masked when <paramref name="mask"/> is not 0.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> payload, uint mask)
    {
        target[0] = 0x82;
        var at = 2;
        if (payload.Length < 126)
            target[1] = (byte)payload.Length;
        else
        {
            target[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payload.Length);
            at = 4;
        }
        if (mask != 0)
        {
            target[1] |= 0x80;
            BinaryPrimitives.WriteUInt32BigEndian(target[at..], mask);
            at += 4;
        }
        payload.CopyTo(target[at..]);
        Mask(target.Slice(at, payload.Length), mask);
        return at + payload.Length;
    }

    /// <summary>Takes one frame's payload, unmasked in place; false when it is not all there.</summary>
    public static bool TryRead(Span<byte> bytes, out Span<byte> payload, out int frameBytes)
    {
        payload = default;
        frameBytes = 0;
        if (bytes.Length < 2)
            return false;
        var length = bytes[1] & 0x7f;
        var at = 2;
        if (length == 126)
        {
            if (bytes.Length < 4)
                return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            at = 4;
        }
        var masked = (bytes[1] & 0x80) != 0;
        if (bytes.Length < at + (masked ? 4 : 0) + length)
            return false;
        var mask = masked ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : 0;
        at += masked ? 4 : 0;
        payload = bytes.Slice(at, length);
        Mask(payload, mask);
        frameBytes = at + length;
        return true;
    }

    static void Mask(Span<byte> payload, uint mask)
    {
        for (var at = 0; at < payload.Length; at++)
            payload[at] ^= (byte)(mask >> (24 - at % 4 * 8));
    }
}
