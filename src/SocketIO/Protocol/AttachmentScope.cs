using System.Text;
using System.Text.Json;

namespace Sluice.SocketIO.Protocol;

/// <summary>
/// Where the converters for bytes put and find attachments: serializing is synchronous, so the
/// thread knows which packet it is at.
/// </summary>
readonly ref struct AttachmentScope
{
    [ThreadStatic] static List<ReadOnlyMemory<byte>>? collecting;
    [ThreadStatic] static bool isCollecting;
    [ThreadStatic] static IReadOnlyList<ReadOnlyMemory<byte>>? offered;
    [ThreadStatic] static ArgumentCodec? reading;

    readonly List<ReadOnlyMemory<byte>>? outerCollecting;
    readonly bool outerIsCollecting;
    readonly IReadOnlyList<ReadOnlyMemory<byte>>? outerOffered;
    readonly ArgumentCodec? outerReading;

    AttachmentScope(
        bool collect, IReadOnlyList<ReadOnlyMemory<byte>>? offer, ArgumentCodec? codec)
    {
        outerCollecting = collecting;
        outerIsCollecting = isCollecting;
        outerOffered = offered;
        outerReading = reading;
        collecting = null;
        isCollecting = collect;
        offered = offer;
        reading = codec;
    }

    /// <summary>What was collected so far.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Taken => collecting is { } list ? list : [];

    /// <summary>Bytes that are written become attachments.</summary>
    public static AttachmentScope Collect() => new(collect: true, offer: null, codec: null);

    /// <summary>Placeholders that are read become these bytes.</summary>
    public static AttachmentScope Offer(
        IReadOnlyList<ReadOnlyMemory<byte>> attachments, ArgumentCodec codec) =>
        new(collect: false, attachments, codec);

    /// <summary>Writes bytes: a placeholder, or base64 where there is no packet.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> bytes)
    {
        if (!isCollecting)
        {
            writer.WriteBase64StringValue(bytes.Span);
            return;
        }

        collecting ??= [];
        Placeholder.Write(writer, collecting.Count);
        collecting.Add(bytes);
    }

    /// <summary>Reads a placeholder, or base64.</summary>
    public static ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetBytesFromBase64();
        if (reader.TokenType != JsonTokenType.StartObject
            || Placeholder.Read(reader, out var number) != PlaceholderKind.Placeholder
            || offered is null || number < 0 || number >= offered.Count)
            throw new JsonException("Binary was expected here.");
        reader.Skip();
        return offered[number];
    }

    /// <summary>Reads a value of any kind without looking into it.</summary>
    public static Argument ReadArgument(ref Utf8JsonReader reader)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        var json = Encoding.UTF8.GetBytes(value.RootElement.GetRawText());
        return new Argument(json, offered ?? [], reading ?? ArgumentCodec.Default);
    }

    /// <summary>Writes an argument that was received, its attachments under new numbers.</summary>
    public static void Copy(Utf8JsonWriter writer, in Argument argument)
    {
        if (argument.Attachments is null)
        {
            writer.WriteNullValue();
            return;
        }

        if (argument.Attachments.Count == 0)
        {
            writer.WriteRawValue(argument.Json.Span, skipInputValidation: true);
            return;
        }

        var reader = new Utf8JsonReader(
            argument.Json.Span, new JsonReaderOptions { MaxDepth = Limits.JsonDepthMax });
        while (reader.Read())
            CopyToken(writer, ref reader, argument.Attachments);
    }

    public void Dispose()
    {
        collecting = outerCollecting;
        isCollecting = outerIsCollecting;
        offered = outerOffered;
        reading = outerReading;
    }

    static void CopyToken(
        Utf8JsonWriter writer, ref Utf8JsonReader reader,
        IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject
                when Placeholder.Read(reader, out var number) == PlaceholderKind.Placeholder
                    && number >= 0 && number < attachments.Count:
                Write(writer, attachments[number]);
                reader.Skip();
                break;
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(JsonText.ReadString(reader));
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(JsonText.ReadString(reader));
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }
}
