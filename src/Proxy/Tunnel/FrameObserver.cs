using System.Buffers.Binary;

namespace Sluice.Proxy.Tunnel;

/// <summary>
/// Watches the WebSocket frames of one direction go by: it reads headers, never payloads, and
/// keeps nothing but what it counts. RFC 6455, section 5.2:
/// <code>
///  0               1               2 .. 3          4 .. 9
/// +-+-+-+-+-------+-+-------------+---------------+------------------+
/// |F|R|R|R|opcode |M| length (7)  | length 16, if | length 64, if    |
/// |I|S|S|S|  (4)  |A| 0..125 is   | (7) is 126    | (7) is 127       |
/// |N|V|V|V|       |S| itself      |               | (instead of 16)  |
/// |1|2|3|         |K|             |               |                  |
/// +-+-+-+-+-------+-+-------------+---------------+------------------+
/// | masking key (4), if M         | payload                          |
/// +-------------------------------+----------------------------------+
/// </code>
/// </summary>
public struct FrameObserver
{
    const byte OpcodeMask = 0x0F;
    const byte FinalBit = 0x80;
    const byte MaskBit = 0x80;
    const byte CloseOpcode = 8;
    const int HeaderBytesMax = 14;

    /// <summary>A header that was cut by the end of a read, and of a close frame its code.</summary>
    HeaderBytes header;
    byte headerCount;
    ulong payloadLeft;

    /// <summary>Messages that ended so far; control frames are not messages.</summary>
    public uint MessageCount { get; private set; }

    /// <summary>The code of the close frame: 0 while there was none, 1005 when it had none.</summary>
    public ushort CloseCode { get; private set; }

    /// <summary>True when the bytes so far end where a frame ends.</summary>
    public readonly bool IsAtFrameBoundary => headerCount == 0 && payloadLeft == 0;

    /// <summary>Looks at the next bytes of the direction.</summary>
    public void Observe(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (payloadLeft > 0)
            {
                var skip = (int)Math.Min(payloadLeft, (ulong)bytes.Length);
                payloadLeft -= (ulong)skip;
                bytes = bytes[skip..];
                continue;
            }
            bytes = headerCount == 0 && TakeWholeHeader(bytes, out var rest)
                ? rest
                : TakeHeaderByte(bytes);
        }
    }

    /// <summary>The usual case: the header lies in one piece.</summary>
    bool TakeWholeHeader(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (bytes.Length < 2)
            return false;
        var needed = HeaderLength(bytes[1]) + CloseCodeLength(bytes);
        if (bytes.Length < needed)
            return false;
        BeginPayload(bytes);
        rest = bytes[HeaderLength(bytes[1])..];
        return true;
    }

    ReadOnlySpan<byte> TakeHeaderByte(ReadOnlySpan<byte> bytes)
    {
        header[headerCount++] = bytes[0];
        ReadOnlySpan<byte> have = header;
        have = have[..headerCount];
        if (headerCount >= 2)
        {
            var length = HeaderLength(have[1]);
            var codeLength = CloseCodeLength(have);
            if (headerCount == length + codeLength)
            {
                BeginPayload(have);
                payloadLeft -= (ulong)codeLength;
                headerCount = 0;
            }
        }
        return bytes[1..];
    }

    void BeginPayload(ReadOnlySpan<byte> frame)
    {
        payloadLeft = PayloadLength(frame);
        var opcode = frame[0] & OpcodeMask;
        if (opcode < CloseOpcode)
        {
            if ((frame[0] & FinalBit) != 0)
                MessageCount++;
        }
        else if (opcode == CloseOpcode && CloseCode == 0)
        {
            CloseCode = ReadCloseCode(frame);
        }
    }

    static int HeaderLength(byte second) =>
        2
        + ((second & 0x7F) switch { 126 => 2, 127 => 8, _ => 0 })
        + ((second & MaskBit) != 0 ? 4 : 0);

    static ulong PayloadLength(ReadOnlySpan<byte> frame) =>
        (frame[1] & 0x7F) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
            127 => BinaryPrimitives.ReadUInt64BigEndian(frame[2..]),
            var length => (ulong)length,
        };

    /// <summary>How many bytes of payload a header waits for: the two of a close code.</summary>
    static int CloseCodeLength(ReadOnlySpan<byte> frame) =>
        (frame[0] & OpcodeMask) == CloseOpcode && (frame[1] & 0x7F) is >= 2 and <= 125 ? 2 : 0;

    static ushort ReadCloseCode(ReadOnlySpan<byte> frame)
    {
        const ushort NoStatus = 1005;
        if (CloseCodeLength(frame) == 0)
            return NoStatus;
        var code = BinaryPrimitives.ReadUInt16BigEndian(frame[HeaderLength(frame[1])..]);
        if ((frame[1] & MaskBit) != 0)
            code ^= BinaryPrimitives.ReadUInt16BigEndian(frame[2..]);
        return code;
    }

    [System.Runtime.CompilerServices.InlineArray(HeaderBytesMax + 2)]
    struct HeaderBytes
    {
        byte first;
    }
}
