using System.Buffers;
using System.Text;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.MessagePack;

/// <summary>
/// The official socket.io-msgpack-parser: each packet is one binary message, a map of type, data,
/// nsp and id. Clients must be given the same parser.
/// </summary>
public sealed class MessagePackPacketParser : IPacketParser
{
    /// <summary>It has no state.</summary>
    public static MessagePackPacketParser Instance { get; } = new();

    public EngineMessage[] Encode(Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var output = new ArrayBufferWriter<byte>(32 + packet.Json.Length);
        var writer = new MessagePackWriter(output);
        writer.WriteMap(2 + (packet.Json.IsEmpty ? 0 : 1) + (packet.Id is null ? 0 : 1));
        writer.WriteString("type"u8);
        // The format has no types for packets with attachments: they are in the data.
        writer.Write(packet.Type switch
        {
            PacketType.BinaryEvent => (long)PacketType.Event,
            PacketType.BinaryAck => (long)PacketType.Ack,
            _ => (long)packet.Type,
        });
        if (!packet.Json.IsEmpty)
        {
            writer.WriteString("data"u8);
            JsonToMessagePack.Write(writer, packet.Json.Span, packet.Attachments);
        }

        if (packet.Id is { } id)
        {
            writer.WriteString("id"u8);
            writer.Write(id);
        }

        writer.WriteString("nsp"u8);
        writer.Write(packet.Namespace);
        return [new EngineMessage(output.WrittenMemory, IsBinary: true)];
    }

    public IPacketDecoder CreateDecoder() => MessagePackPacketDecoder.Instance;
}

/// <summary>One message is one packet, so that there is nothing to remember.</summary>
sealed class MessagePackPacketDecoder : IPacketDecoder
{
    public static readonly MessagePackPacketDecoder Instance = new();

    public DecodeStatus Decode(
        ReadOnlySpan<byte> payload, bool isBinary, out Packet? packet, out string? error)
    {
        packet = null;
        error = isBinary ? Read(payload, out packet) : "got plaintext data";
        return error is null ? DecodeStatus.Complete : DecodeStatus.Rejected;
    }

    /// <summary>The packet, or what is wrong with it in the official parser's words.</summary>
    static string? Read(ReadOnlySpan<byte> payload, out Packet? packet)
    {
        packet = null;
        long? type = null;
        long? id = null;
        string? name = null;
        ReadOnlyMemory<byte> json = default;
        ReadOnlyMemory<byte>[] attachments = [];
        var reader = new MessagePackReader(payload);
        if (!reader.TryRead(out var map) || map.Kind != MessagePackKind.Map)
            return "invalid packet type";
        for (var i = 0; i < map.Count; i++)
        {
            if (!reader.TryRead(out var key) || key.Kind != MessagePackKind.String)
                return "invalid packet";
            var value = reader;
            if (!value.TryRead(out var token))
                return "invalid packet";
            if (MessagePackToJson.IsUndefined(token))
                reader = value;
            else if (key.Bytes.SequenceEqual("data"u8))
            {
                if (!MessagePackToJson.TryRead(ref reader, out json, out attachments))
                    return "invalid payload";
            }
            else if (!reader.TrySkip())
                return "invalid packet";
            else if (key.Bytes.SequenceEqual("type"u8))
                type = token.Kind == MessagePackKind.Integer ? token.Integer : -1;
            else if (key.Bytes.SequenceEqual("id"u8) && !TryReadId(token, out id))
                return "invalid packet id";
            else if (key.Bytes.SequenceEqual("nsp"u8))
                name = token.Kind == MessagePackKind.String && token.Bytes.Length
                    <= Protocol.Limits.NamespaceLengthMax
                    ? Encoding.UTF8.GetString(token.Bytes) : null;
        }

        return Check(type, name, json, attachments.Length)
            ?? (reader.Remaining == 0
                ? Make((PacketType)type!, name!, id, json, attachments, out packet)
                : "invalid packet");
    }

    static bool TryReadId(in MessagePackToken token, out long? id)
    {
        id = token.Integer;
        return token.Kind == MessagePackKind.Integer;
    }

    static string? Check(
        long? type, string? name, ReadOnlyMemory<byte> json, int attachmentsCount)
    {
        if (type is not (>= (long)PacketType.Connect and <= (long)PacketType.ConnectError))
            return "invalid packet type";
        if (name is null)
            return "invalid namespace";
        var needsData = (PacketType)type
            is PacketType.Event or PacketType.Ack or PacketType.ConnectError;
        if (needsData && json.IsEmpty)
            return "invalid payload";
        return PacketRules.TryValidate((PacketType)type, json.Span, attachmentsCount, out var error)
            ? null : error;
    }

    static string? Make(
        PacketType type, string name, long? id, ReadOnlyMemory<byte> json,
        ReadOnlyMemory<byte>[] attachments, out Packet? packet)
    {
        packet = new Packet
        {
            Type = type, Namespace = name, Id = id, Json = json, Attachments = attachments,
        };
        return null;
    }
}
