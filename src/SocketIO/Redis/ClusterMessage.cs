using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// A message of another node: JSON, or MessagePack that has become JSON with attachments. What is
/// in it comes from whoever can write to the same Redis, so every part is checked.
/// </summary>
sealed class ClusterMessage
{
    static readonly JsonDocumentOptions documentOptions = new()
    {
        MaxDepth = MessagePack.Limits.DepthMax,
    };

    ClusterMessage(JsonElement root, ReadOnlyMemory<byte>[] attachments)
    {
        Root = root;
        Attachments = attachments;
    }

    public JsonElement Root { get; }

    public ReadOnlyMemory<byte>[] Attachments { get; }

    /// <summary>As the official adapters tell them apart: JSON begins with a brace.</summary>
    /// <returns>Null when it is neither.</returns>
    public static ClusterMessage? Parse(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlyMemory<byte>[] attachments = [];
        var json = bytes;
        if ((bytes.IsEmpty || bytes.Span[0] != (byte)'{')
            && !MessagePackToJson.TryRead(bytes.Span, out json, out attachments))
            return null;
        return Parse(json, attachments);
    }

    /// <summary>MessagePack that is to become JSON alone: binaries become base 64.</summary>
    /// <returns>Null when it is no MessagePack.</returns>
    public static ClusterMessage? ParsePlain(ReadOnlySpan<byte> bytes) =>
        MessagePackToJson.TryReadPlain(bytes, out var json) ? Parse(json, []) : null;

    /// <summary>A member that is text; null when there is none.</summary>
    public string? Text(string name) => Text(Root, name);

    /// <summary>A member that is a whole number; -1 when there is none.</summary>
    public int Number(string name) => Number(Root, name);

    public static string? Text(JsonElement of, string name) =>
        Member(of, name) is { } member ? Text(member) : null;

    public static int Number(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Number } element
            && element.TryGetInt32(out var number) ? number : -1;

    /// <summary>A member of an object; null when there is none, or no object.</summary>
    public static JsonElement? Member(JsonElement of, string name)
    {
        try
        {
            return of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member)
                ? member : null;
        }
        catch (InvalidOperationException)
        {
            // Another member's name has an escape that stands for half a character.
            return null;
        }
    }

    /// <summary>
    /// A text; null for anything else, and for an escape that stands for half a character.
    /// </summary>
    public static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The items of an array that are text.</summary>
    public static string[] Texts(JsonElement? array) =>
        array is { ValueKind: JsonValueKind.Array } items
            ? [.. items.EnumerateArray().Select(Text).OfType<string>()] : [];

    /// <summary>The UTF-8 of a value as it stands there.</summary>
    public static ReadOnlyMemory<byte> Raw(JsonElement element) =>
        System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(element).ToArray();

    /// <summary>The packet of a broadcast; null when it is not one that clients may get.</summary>
    public Packet? Packet(JsonElement? element, string name)
    {
        if (element is not { } packet || Member(packet, "data") is not { } data
            || Number(packet, "type") is not ((int)PacketType.Event or (int)PacketType.BinaryEvent))
            return null;
        var json = Raw(data);
        return !PacketRules.TryValidate(PacketType.Event, json.Span, Attachments.Length, out _)
            ? null
            : new Packet
            {
                Type = PacketType.Event, Namespace = name, Json = json, Attachments = Attachments,
            };
    }

    /// <summary>An acknowledgement with one argument; null is none.</summary>
    public Packet Ack(JsonElement? argument) => new()
    {
        Type = PacketType.Ack, Attachments = Attachments,
        Json = argument is { } value
            ? (byte[])[(byte)'[', .. Raw(value).Span, (byte)']'] : "[]"u8.ToArray(),
    };

    /// <summary>The sockets that an answer tells of.</summary>
    public static IEnumerable<RemoteSocketData> RemoteSockets(JsonElement answer)
    {
        if (Member(answer, "sockets") is not { ValueKind: JsonValueKind.Array } sockets)
            yield break;
        foreach (var socket in sockets.EnumerateArray())
            if (Text(socket, "id") is { } id)
                yield return new RemoteSocketData(
                    id, RawOr(socket, "handshake"), Texts(Member(socket, "rooms")),
                    RawOr(socket, "data"));
    }

    static ReadOnlyMemory<byte> RawOr(JsonElement of, string name) =>
        Member(of, name) is { } member ? Raw(member) : "{}"u8.ToArray();

    /// <summary>Whom an operation is for. Whatever is missing is empty.</summary>
    public static BroadcastOptions Options(JsonElement? element)
    {
        if (element is not { } options)
            return new BroadcastOptions();
        var flags = Member(options, "flags");
        var timeoutMs = flags is { } some ? Number(some, "timeout") : -1;
        return new BroadcastOptions
        {
            Rooms = Texts(Member(options, "rooms")),
            Except = Texts(Member(options, "except")),
            IsVolatile = IsTrue(flags, "volatile") == true,
            Compress = IsTrue(flags, "compress"),
            Timeout = timeoutMs >= 0 ? TimeSpan.FromMilliseconds(timeoutMs) : null,
        };
    }

    static bool? IsTrue(JsonElement? flags, string name) =>
        flags is { } some && Member(some, name) is { } value
            ? value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            }
            : null;

    static ClusterMessage? Parse(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte>[] attachments)
    {
        // As Node.js reads it. Clients must not get what is no UTF-8: it ends their connection.
        if (!Utf8.IsValid(json.Span))
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json.Span));
        try
        {
            return new ClusterMessage(
                JsonElement.Parse(json.Span, documentOptions), attachments);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
