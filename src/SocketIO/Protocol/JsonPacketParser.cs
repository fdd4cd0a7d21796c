using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sluice.SocketIO.EngineIO;

namespace Sluice.SocketIO.Protocol;

/// <summary>
/// The default parser: <c>[type][attachments-][namespace,][id][JSON]</c> in one text message, and
/// each attachment in a binary message behind it.
/// </summary>
public sealed class JsonPacketParser : IPacketParser
{
    /// <summary>It has no state.</summary>
    public static JsonPacketParser Instance { get; } = new();

    public EngineMessage[] Encode(Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var count = packet.Attachments.Count;
        var messages = new EngineMessage[1 + count];
        messages[0] = EncodeHeader(packet);
        for (var i = 0; i < count; i++)
            messages[i + 1] = new EngineMessage(packet.Attachments[i], IsBinary: true);
        return messages;
    }

    public IPacketDecoder CreateDecoder() => new JsonPacketDecoder();

    /// <summary>The type that stands on the wire: with attachments it is a binary one.</summary>
    static PacketType WireType(Packet packet) => (packet.Type, packet.Attachments.Count) switch
    {
        (PacketType.Event, > 0) => PacketType.BinaryEvent,
        (PacketType.Ack, > 0) => PacketType.BinaryAck,
        (PacketType.BinaryEvent, 0) => PacketType.Event,
        (PacketType.BinaryAck, 0) => PacketType.Ack,
        _ => packet.Type,
    };

    static EngineMessage EncodeHeader(Packet packet)
    {
        // The longest a header gets: digits, two numbers, and what separates them.
        const int fixedMax = 2 + 11 + 1 + 20;
        var nameMax = packet.Namespace == "/"
            ? 0 : Encoding.UTF8.GetMaxByteCount(packet.Namespace.Length) + 1;
        var rented = ArrayPool<byte>.Shared.Rent(fixedMax + nameMax);
        var head = rented.AsSpan();
        var length = 0;
        head[length++] = (byte)'4';
        head[length++] = (byte)('0' + (int)WireType(packet));
        if (packet.Attachments.Count > 0)
        {
            Utf8Formatter.TryFormat(packet.Attachments.Count, head[length..], out var digits);
            length += digits;
            head[length++] = (byte)'-';
        }

        if (nameMax > 0)
        {
            length += Encoding.UTF8.GetBytes(packet.Namespace, head[length..]);
            head[length++] = (byte)',';
        }

        if (packet.Id is { } id)
        {
            Utf8Formatter.TryFormat(id, head[length..], out var digits);
            length += digits;
        }

        var message = EngineMessage.Create(
            length + packet.Json.Length, isBinary: false, out var bytes);
        head[..length].CopyTo(bytes);
        packet.Json.Span.CopyTo(bytes[length..]);
        ArrayPool<byte>.Shared.Return(rented);
        return message;
    }
}
