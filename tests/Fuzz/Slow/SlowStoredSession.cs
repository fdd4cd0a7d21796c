using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Sluice.SocketIO.MessagePack;

namespace Sluice.Fuzz.Slow;

/// <summary>
/// A session in Redis, read in other ways: base 64 by .NET's converter, and MessagePack with
/// attachments that are put back into the tree one by one.
/// </summary>
static partial class SlowStoredSession
{
    static readonly JsonDocumentOptions documentOptions = new() { MaxDepth = 1000 };

    /// <returns>
    /// Null when it is none of this id and namespace, or not a tree with attachments for certain.
    /// </returns>
    public static (string Id, string Rooms, JsonNode Data)? Read(
        byte[] text, string privateId, string name)
    {
        if (Bytes(text) is not { } bytes
            || !MessagePackToJson.TryRead(bytes, out var json, out var attachments)
            || Whole(json, attachments) is not JsonObject whole)
            return null;
        if (Text(whole["sid"]) is not { Length: > 0 } id || Text(whole["pid"]) != privateId
            || (Text(whole["nsp"]) is { } other && other != name))
            return null;
        var rooms = whole["rooms"] is JsonArray all ? all.Select(Text).OfType<string>() : [];
        return (id, string.Join('\n', rooms),
            whole["data"] is JsonObject data ? data.DeepClone() : new JsonObject());
    }

    public static JsonNode? Parse(ReadOnlyMemory<byte> json) => JsonNode.Parse(
        Encoding.UTF8.GetString(json.Span), documentOptions: documentOptions);

    /// <summary>
    /// Null when a name is there twice, which a tree cannot have, or when something only looks
    /// like an attachment.
    /// </summary>
    static JsonNode? Whole(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte>[] attachments)
    {
        if (Placeholder().Count(Encoding.UTF8.GetString(json.Span)) > attachments.Length)
            return null;
        var number = 0;
        try
        {
            return WithBytes(Parse(json), attachments, ref number);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    static byte[]? Bytes(byte[] text)
    {
        try
        {
            return Convert.FromBase64String(Encoding.Latin1.GetString(text));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>A placeholder is one when it stands where the next attachment does.</summary>
    static JsonNode? WithBytes(
        JsonNode? node, ReadOnlyMemory<byte>[] attachments, ref int number)
    {
        switch (node)
        {
            case JsonArray array:
                var items = new JsonArray();
                foreach (var item in array)
                    items.Add(WithBytes(item, attachments, ref number));
                return items;
            case JsonObject some when number < attachments.Length && IsPlaceholder(some, number):
                return Convert.ToBase64String(attachments[number++].Span);
            case JsonObject some:
                var members = new JsonObject();
                foreach (var (key, value) in some)
                    members[key] = WithBytes(value, attachments, ref number);
                return members;
            default:
                return node?.DeepClone();
        }
    }

    static bool IsPlaceholder(JsonObject some, int number) =>
        some.ToJsonString() == $"{{\"_placeholder\":true,\"num\":{number}}}";

    [GeneratedRegex("{\"_placeholder\":true,\"num\":[0-9]+}")]
    private static partial Regex Placeholder();

    static string? Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
