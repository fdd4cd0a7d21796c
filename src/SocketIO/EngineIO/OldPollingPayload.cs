using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The body of polling requests and answers in version 3 of the protocol, which clients of
/// Socket.IO 1 and 2 speak: every packet behind its length. Attachments carry the packet's type,
/// and so do those that <see cref="TryRead"/> gives: their first byte is 0 to 6.
/// </summary>
/// <remarks>
/// <code>
/// text:    LENGTH ':' PACKET ...             LENGTH in UTF-16 units; an attachment is "b4" BASE64
/// binary:  (0|1) DIGIT... 0xff PACKET ...    0: a text in UTF-8, 1: an attachment, its type first;
///                                            each digit is a byte 0 to 9 and counts bytes
/// </code>
/// </remarks>
static class OldPollingPayload
{
    const byte Message = 4;
    const byte EndOfLength = 0xff;

    /// <summary>More digits than the longest body has.</summary>
    const int DigitsMax = 10;

    /// <summary>One body of all packets: an octet stream when there is an attachment in it.</summary>
    /// <param name="packets">At least one.</param>
    /// <param name="takesBinary">False for a client that asked for base64.</param>
    public static PollBody Write(List<EngineMessage> packets, bool takesBinary)
    {
        var body = new ArrayBufferWriter<byte>(256);
        var isBinary = takesBinary && packets.Exists(static packet => packet.IsBinary);
        foreach (var packet in packets)
        {
            if (isBinary)
                AppendBinary(body, packet);
            else
                AppendText(body, packet.IsBinary ? Base64Text(packet.Bytes.Span) : packet.Bytes);
        }
        return new PollBody(body.WrittenSpan.ToArray(), isBinary);
    }

    /// <summary>An attachment as it stands in a text: "b", its type, base64.</summary>
    public static byte[] Base64Text(ReadOnlySpan<byte> attachment)
    {
        var text = new byte[2 + Base64.GetMaxEncodedToUtf8Length(attachment.Length)];
        "b4"u8.CopyTo(text);
        Base64.EncodeToUtf8(attachment, text.AsSpan(2), out _, out _);
        return text;
    }

    /// <summary>An attachment as it stands in a binary message: its type, its bytes.</summary>
    public static byte[] Typed(ReadOnlySpan<byte> attachment) => [Message, .. attachment];

    /// <summary>
    /// Takes the packets out of a body, in their order; false when what follows them is
    /// malformed, or there are too many.
    /// </summary>
    public static bool TryRead(
        ReadOnlySpan<byte> body, bool isBinary, List<EngineMessage> packets) =>
        isBinary ? TryReadBinary(body, packets) : TryReadText(body, packets);

    static void AppendText(ArrayBufferWriter<byte> body, ReadOnlyMemory<byte> packet)
    {
        var length = Encoding.UTF8.GetCharCount(packet.Span);
        length.TryFormat(body.GetSpan(DigitsMax), out int digits, default,
            CultureInfo.InvariantCulture);
        body.Advance(digits);
        body.Write(":"u8);
        body.Write(packet.Span);
    }

    static void AppendBinary(ArrayBufferWriter<byte> body, in EngineMessage packet)
    {
        var typeLength = packet.IsBinary ? 1 : 0;
        body.Write([(byte)typeLength]);
        var digits = body.GetSpan(DigitsMax);
        (packet.Bytes.Length + typeLength).TryFormat(digits, out int count, default,
            CultureInfo.InvariantCulture);
        foreach (ref var digit in digits[..count])
            digit -= (byte)'0';
        body.Advance(count);
        body.Write([EndOfLength]);
        if (packet.IsBinary)
            body.Write([Message]);
        body.Write(packet.Bytes.Span);
    }

    static bool TryReadText(ReadOnlySpan<byte> body, List<EngineMessage> packets)
    {
        // Lengths count UTF-16 units, so that is what is cut.
        var text = Encoding.UTF8.GetString(body).AsSpan();
        if (text.IsEmpty)
            return false;
        while (!text.IsEmpty)
        {
            var colon = text.IndexOf(':');
            // Parsing alone would let NULs stand behind the digits.
            if (colon is < 1 or > DigitsMax
                || text[..colon].ContainsAnyExceptInRange('0', '9')
                || !int.TryParse(
                    text[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length > text.Length - colon - 1
                || packets.Count == EngineLimits.PacketsPerPost)
                return false;
            var packet = text.Slice(colon + 1, length);
            text = text[(colon + 1 + length)..];
            if (packet.IsEmpty)
                continue;
            var bytes = new byte[Encoding.UTF8.GetByteCount(packet)];
            Encoding.UTF8.GetBytes(packet, bytes);
            AddText(bytes, packets);
        }
        return true;
    }

    static bool TryReadBinary(ReadOnlySpan<byte> body, List<EngineMessage> packets)
    {
        while (!body.IsEmpty)
        {
            // What marks an attachment may be any byte but 0.
            var end = body[1..].IndexOf(EndOfLength) + 1;
            if (end is < 2 or > DigitsMax || packets.Count == EngineLimits.PacketsPerPost)
                return false;
            long length = 0;
            foreach (var digit in body[1..end])
            {
                if (digit > 9)
                    return false;
                length = (length * 10) + digit;
            }
            if (length > body.Length - end - 1)
                return false;
            var packet = body.Slice(end + 1, (int)length);
            var isText = body[0] == 0;
            body = body[(end + 1 + (int)length)..];
            if (!isText)
                packets.Add(new EngineMessage(packet.ToArray(), IsBinary: true));
            else
                AddText(PollingPayload.CopyText(packet), packets);
        }
        return true;
    }

    static void AddText(byte[] packet, List<EngineMessage> packets)
    {
        if (packet is not [(byte)'b', ..])
            packets.Add(new EngineMessage(packet, IsBinary: false));
        else if (TryReadBase64(packet, out var typed))
            packets.Add(new EngineMessage(typed, IsBinary: true));
    }

    /// <summary>
    /// What <see cref="Base64Text"/> writes, as <see cref="Typed"/> has it; false for a type that
    /// does not exist, which has no meaning and is no mistake.
    /// </summary>
    public static bool TryReadBase64(
        ReadOnlySpan<byte> packet, [NotNullWhen(true)] out byte[]? typed)
    {
        typed = packet is [(byte)'b', >= (byte)'0' and <= (byte)'6' and var type, .. var text]
            ? [(byte)(type - '0'), .. PollingPayload.DecodeLeniently(text)]
            : null;
        return typed is not null;
    }
}
