using System.Buffers;
using System.Buffers.Text;

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
            if (packet is not [BinaryMark, .. var text])
                packets.Add(new EngineMessage(packet.ToArray(), IsBinary: false));
            else if (DecodeLeniently(text) is { } bytes)
                packets.Add(new EngineMessage(bytes, IsBinary: true));
            else
                return false;
        }
        return true;
    }

    /// <summary>
    /// Base64 with or without padding and in either alphabet, as Node.js reads it; clients for
    /// Swift leave the padding out. Null when it is neither.
    /// </summary>
    public static byte[]? DecodeLeniently(ReadOnlySpan<byte> text)
    {
        var usual = text.TrimEnd((byte)'=').ToArray();
        for (int i = 0; i < usual.Length; i++)
        {
            usual[i] = usual[i] switch
            {
                (byte)'+' => (byte)'-',
                (byte)'/' => (byte)'_',
                var letter => letter,
            };
        }
        return Base64Url.IsValid(usual) ? Base64Url.DecodeFromUtf8(usual) : null;
    }
}
