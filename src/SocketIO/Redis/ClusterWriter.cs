using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>The parts of messages to other nodes, in the order in which Node.js writes them.</summary>
static class ClusterWriter
{
    static readonly JsonWriterOptions jsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>Letters and digits that nobody else has by chance.</summary>
    public static string NewId(int length) => RandomNumberGenerator.GetString(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length);

    /// <summary>A JSON object.</summary>
    public static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, jsonOptions))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    public static void WriteTexts(
        Utf8JsonWriter json, string name, IReadOnlyCollection<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    /// <summary>What is known of this node's sockets.</summary>
    public static void WriteSockets(Utf8JsonWriter json, RemoteSocketData[] sockets)
    {
        json.WriteStartArray("sockets");
        foreach (var socket in sockets)
        {
            json.WriteStartObject();
            json.WriteString("id", socket.Id);
            json.WritePropertyName("handshake");
            json.WriteRawValue(socket.Handshake.Span, skipInputValidation: true);
            WriteTexts(json, "rooms", socket.Rooms);
            json.WritePropertyName("data");
            json.WriteRawValue(socket.Data.Span, skipInputValidation: true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Rooms and exceptions, as operations on sockets have them.</summary>
    public static void WriteOptions(Utf8JsonWriter json, BroadcastOptions options)
    {
        json.WriteStartObject("opts");
        WriteTexts(json, "rooms", options.Rooms);
        WriteTexts(json, "except", options.Except);
        json.WriteEndObject();
    }

    /// <summary>A packet as it travels between nodes: its type is 2 whatever is in it.</summary>
    public static void WritePacket(MessagePackWriter writer, Packet packet, bool hasNamespace)
    {
        writer.WriteMap(hasNamespace ? 3 : 2);
        writer.WriteString("type"u8);
        writer.Write((long)PacketType.Event);
        writer.WriteString("data"u8);
        JsonToMessagePack.Write(writer, packet.Json.Span, packet.Attachments);
        if (!hasNamespace)
            return;
        writer.WriteString("nsp"u8);
        writer.Write(packet.Namespace);
    }

    /// <summary>Rooms, exceptions and flags, as broadcasts have them.</summary>
    public static void WriteOptions(MessagePackWriter writer, BroadcastOptions options)
    {
        writer.WriteMap(3);
        writer.WriteString("rooms"u8);
        WriteTexts(writer, options.Rooms);
        writer.WriteString("except"u8);
        WriteTexts(writer, options.Except);
        writer.WriteString("flags"u8);
        writer.WriteMap((options.IsVolatile ? 1 : 0) + (options.Compress is null ? 0 : 1)
            + (options.Timeout is null ? 0 : 1));
        if (options.IsVolatile)
        {
            writer.WriteString("volatile"u8);
            writer.Write(true);
        }

        if (options.Compress is { } compress)
        {
            writer.WriteString("compress"u8);
            writer.Write(compress);
        }

        if (options.Timeout is { } timeout)
        {
            writer.WriteString("timeout"u8);
            writer.Write((long)timeout.TotalMilliseconds);
        }
    }

    static void WriteTexts(MessagePackWriter writer, IReadOnlyCollection<string> texts)
    {
        writer.WriteArray(texts.Count);
        foreach (var text in texts)
            writer.Write(text);
    }
}
