using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The body of polling requests and answers: packets with a record separator between them, and
/// attachments in base64 behind a "b" (Engine.IO protocol, version 4).
/// </summary>
static class PollingPayload
{
    const byte Separator = 0x1e;
    const byte BinaryMark = (byte)'b';

    /// <summary>One body of all packets.</summary>
    public static PollBody Write(List<EngineMessage> packets)
    {
        var body = new ArrayBufferWriter<byte>(256);
        foreach (var packet in packets)
            Append(body, packet);
        return new PollBody(body.WrittenSpan.ToArray());
    }

    /// <summary>An attachment as it stands in a text: "b" and base64.</summary>
    public static byte[] Base64Text(ReadOnlySpan<byte> attachment)
    {
        var text = new byte[1 + Base64.GetMaxEncodedToUtf8Length(attachment.Length)];
        text[0] = BinaryMark;
        Base64.EncodeToUtf8(attachment, text.AsSpan(1), out _, out _);
        return text;
    }

    /// <summary>Appends a packet to a body.</summary>
    public static void Append(ArrayBufferWriter<byte> body, in EngineMessage message)
    {
        if (body.WrittenCount > 0)
            body.Write([Separator]);
        if (!message.IsBinary)
        {
            body.Write(message.Bytes.Span);
            return;
        }
        body.Write(Base64Text(message.Bytes.Span));
    }

    /// <summary>
    /// Takes the packets out of a body, in their order; false when what follows them is
    /// malformed, or there are too many.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> body, List<EngineMessage> packets)
    {
        foreach (var range in body.Split(Separator))
        {
            if (packets.Count == EngineLimits.PacketsPerPost)
                return false;
            var packet = body[range];
            packets.Add(packet is [BinaryMark, .. var text]
                ? new EngineMessage(DecodeLeniently(text), IsBinary: true)
                : new EngineMessage(CopyText(packet), IsBinary: false));
        }
        return true;
    }

    /// <summary>
    /// A text of its own. What is no UTF-8 becomes U+FFFD, as Node.js reads it: it may be sent on
    /// to a WebSocket, whose client would end the connection over it.
    /// </summary>
    public static byte[] CopyText(ReadOnlySpan<byte> text) => Utf8.IsValid(text)
        ? text.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text));

    /// <summary>
    /// Base64 as Node.js reads it, of which nothing is wrong: with or without padding (clients for
    /// Swift leave it out), in either alphabet, up to a padding. What is no digit is passed over.
    /// </summary>
    public static byte[] DecodeLeniently(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'=');
        if (end >= 0)
            text = text[..end];
        var bytes = new byte[(int)(text.Length * 3L / 4)];
        var length = 0;
        uint bits = 0;
        var bitsCount = 0;
        foreach (var letter in text)
        {
            if (DigitOf(letter) is not (>= 0 and var digit))
                continue;
            bits = bits << 6 | (uint)digit;
            bitsCount += 6;
            if (bitsCount < 8)
                continue;
            bitsCount -= 8;
            bytes[length++] = (byte)(bits >> bitsCount);
        }

        return length == bytes.Length ? bytes : bytes[..length];
    }

    static int DigitOf(byte letter) => letter switch
    {
        >= (byte)'A' and <= (byte)'Z' => letter - 'A',
        >= (byte)'a' and <= (byte)'z' => letter - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => letter - '0' + 52,
        (byte)'+' or (byte)'-' => 62,
        (byte)'/' or (byte)'_' => 63,
        _ => -1,
    };
}
