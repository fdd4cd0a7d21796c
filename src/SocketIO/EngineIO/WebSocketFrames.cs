using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Sluice.SocketIO.EngineIO;

/// <summary>What a frame is (RFC 6455, section 5.2).</summary>
enum WebSocketOpcode : byte
{
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// <summary>What became of the bytes of a frame.</summary>
enum WebSocketFrameStatus
{
    /// <summary>More bytes must come.</summary>
    NeedMore,

    /// <summary>A frame is complete, and unmasked.</summary>
    Complete,

    /// <summary>It breaks the protocol: close with 1002.</summary>
    ProtocolError,

    /// <summary>It is longer than it may be: close with 1009.</summary>
    TooBig,
}

/// <summary>A frame that a client has sent.</summary>
readonly ref struct WebSocketFrame
{
    public required WebSocketOpcode Opcode { get; init; }

    public required bool IsFinal { get; init; }

    /// <summary>
    /// The message that begins here is compressed (RSV1 of RFC 7692, section 6).
    /// </summary>
    public required bool IsCompressed { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }
}

/// <summary>
/// The frames of RFC 6455, section 5.2, as a server reads and writes them.
/// <code>
///  0               1               2               3
///  F R R R opcode | M length      | length of 16 or 64 bits, when length is 126 or 127
///  key of 32 bits, when M         | payload
/// </code>
/// </summary>
static class WebSocketFrames
{
    /// <summary>The longest head of a frame that a server sends.</summary>
    public const int HeadBytesMax = 10;

    /// <summary>A close frame without a status.</summary>
    public static ReadOnlyMemory<byte> EmptyClose { get; } = new byte[] { 0x88, 0 };

    /// <summary>Control frames are short (section 5.5).</summary>
    const int ControlBytesMax = 125;

    /// <summary>RSV1: the first frame of a compressed message (RFC 7692, section 6).</summary>
    const byte CompressedMark = 0x40;

    /// <summary>Reads the first frame; its payload is unmasked where it stands.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="payloadMax">The longest payload that is taken.</param>
    /// <param name="frame">The frame, when it is complete.</param>
    /// <param name="length">
    /// Of the frame with its head; when more must come, how many bytes are needed to go on.
    /// </param>
    /// <param name="takesCompressed">permessage-deflate was agreed on.</param>
    public static WebSocketFrameStatus Read(
        Span<byte> bytes, int payloadMax, out WebSocketFrame frame, out int length,
        bool takesCompressed = false)
    {
        frame = default;
        length = 2;
        if (bytes.Length < length)
            return WebSocketFrameStatus.NeedMore;
        var opcode = (WebSocketOpcode)(bytes[0] & 0x0f);
        var isFinal = (bytes[0] & 0x80) != 0;
        var isCompressed = (bytes[0] & CompressedMark) != 0;
        var isMasked = (bytes[1] & 0x80) != 0;
        int size = bytes[1] & 0x7f;
        if ((bytes[0] & 0x30) != 0 || !isMasked || !IsKnown(opcode)
            || (isCompressed && !(takesCompressed && IsFirst(opcode)))
            || (opcode >= WebSocketOpcode.Close && (!isFinal || size > ControlBytesMax)))
            return WebSocketFrameStatus.ProtocolError;
        var head = 2 + (size == 126 ? 2 : size == 127 ? 8 : 0);
        length = head + 4;
        if (bytes.Length < length)
            return WebSocketFrameStatus.NeedMore;
        var payload = size switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)size,
        };
        if (payload > (ulong)payloadMax && opcode < WebSocketOpcode.Close)
            return WebSocketFrameStatus.TooBig;
        length += (int)payload;
        if (bytes.Length < length)
            return WebSocketFrameStatus.NeedMore;
        var body = bytes[(head + 4)..length];
        Unmask(body, MemoryMarshal.Read<uint>(bytes[head..]));
        frame = new WebSocketFrame
        {
            Opcode = opcode,
            IsFinal = isFinal,
            IsCompressed = isCompressed,
            Payload = body,
        };
        return WebSocketFrameStatus.Complete;
    }

    /// <summary>How long the head of a frame with such a payload is.</summary>
    public static int HeadLength(int payloadLength) =>
        payloadLength <= ControlBytesMax ? 2 : payloadLength <= ushort.MaxValue ? 4 : 10;

    /// <summary>Writes the head of a whole message; its length.</summary>
    public static int WriteHead(Span<byte> target, WebSocketOpcode opcode, int payloadLength)
    {
        target[0] = (byte)(0x80 | (byte)opcode);
        switch (HeadLength(payloadLength))
        {
            case 2:
                target[1] = (byte)payloadLength;
                return 2;
            case 4:
                target[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payloadLength);
                return 4;
            default:
                target[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(target[2..], (ulong)payloadLength);
                return 10;
        }
    }

    /// <summary>Says of a frame, or of its head, that its payload is compressed.</summary>
    public static void MarkCompressed(Span<byte> frame) => frame[0] |= CompressedMark;

    /// <summary>A whole frame.</summary>
    public static byte[] Write(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeadLength(payload.Length) + payload.Length];
        payload.CopyTo(frame.AsSpan(WriteHead(frame, opcode, payload.Length)));
        return frame;
    }

    /// <summary>A close frame with a status and no reason.</summary>
    public static byte[] WriteClose(ushort status)
    {
        Span<byte> payload = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(payload, status);
        return Write(WebSocketOpcode.Close, payload);
    }

    /// <summary>
    /// A status that may stand in a close frame: those that RFC 6455, section 7.4, and the
    /// registry at IANA name, and those that are anybody's.
    /// </summary>
    public static bool IsCloseStatus(int status) => status switch
    {
        1004 or 1005 or 1006 => false,
        >= 1000 and <= 1014 => true,
        _ => status is >= 3000 and <= 4999,
    };

    static bool IsFirst(WebSocketOpcode opcode) =>
        opcode is WebSocketOpcode.Text or WebSocketOpcode.Binary;

    static bool IsKnown(WebSocketOpcode opcode) =>
        opcode is <= WebSocketOpcode.Binary or >= WebSocketOpcode.Close and <= WebSocketOpcode.Pong;

    /// <summary>Section 5.3, as many bytes at once as the processor can.</summary>
    static void Unmask(Span<byte> payload, uint key)
    {
        var keys = new Vector<uint>(key).As<uint, byte>();
        var wide = MemoryMarshal.Cast<byte, Vector<byte>>(payload);
        for (var i = 0; i < wide.Length; i++)
            wide[i] ^= keys;
        var done = wide.Length * Vector<byte>.Count;
        // The width is a multiple of the key's.
        for (var i = done; i < payload.Length; i++)
            payload[i] ^= (byte)(key >> 8 * (i & 3));
    }
}
