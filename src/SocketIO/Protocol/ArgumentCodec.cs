using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.SocketIO.Protocol;

/// <summary>The data of an event, ready to be put into a packet.</summary>
/// <param name="Name">The event's name; empty for an acknowledgement.</param>
/// <param name="Json">A JSON array, the name in front.</param>
/// <param name="Attachments">What its placeholders stand for.</param>
public readonly record struct EventData(
    string Name, ReadOnlyMemory<byte> Json, IReadOnlyList<ReadOnlyMemory<byte>> Attachments)
{
    internal Packet ToPacket(PacketType type, string name, long? id) => new()
    {
        Type = type, Namespace = name, Id = id, Json = Json, Attachments = Attachments,
    };
}

/// <summary>
/// Values to JSON with attachments and back. <c>byte[]</c>, <c>Memory&lt;byte&gt;</c> and
/// <c>ReadOnlyMemory&lt;byte&gt;</c> anywhere in a value are attachments. Output is written as
/// JavaScript writes it: nothing is escaped that JSON.stringify leaves alone.
/// </summary>
public sealed class ArgumentCodec
{
    static readonly JsonWriterOptions writerOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true,
    };

    static readonly JsonReaderOptions readerOptions = new() { MaxDepth = Limits.JsonDepthMax };

    [ThreadStatic] static Scratch? scratch;

    readonly JsonSerializerOptions options;

    internal ArgumentCodec(JsonSerializerOptions options)
    {
        this.options = options;
        options.MakeReadOnly();
    }

    /// <summary>The codec of the options as they are when nobody changes them.</summary>
    public static ArgumentCodec Default { get; } = new(JsonDefaults.Create());

    /// <summary>The options that values are written and read with.</summary>
    public JsonSerializerOptions Options => options;

    /// <summary>An event with its arguments.</summary>
    /// <exception cref="ArgumentException">The name is reserved.</exception>
    /// <exception cref="NotSupportedException">
    /// No resolver in the options' TypeInfoResolverChain knows the type of an argument.
    /// </exception>
    public EventData EncodeEvent(string name, ReadOnlySpan<object?> arguments)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (PacketRules.IsReserved(name))
            throw new ArgumentException($"\"{name}\" is a reserved event name.", nameof(name));
        return Encode(name, arguments);
    }

    /// <summary>An event between servers, which have other reserved names.</summary>
    internal EventData EncodeServerEvent(string name, ReadOnlySpan<object?> arguments) =>
        name is "connect" or "connection" or "new_namespace"
            ? throw new ArgumentException(
                $"\"{name}\" is a reserved event name.", nameof(name))
            : Encode(name, arguments);

    /// <summary>The arguments of an acknowledgement.</summary>
    public EventData EncodeAck(ReadOnlySpan<object?> arguments) => Encode(null, arguments);

    /// <summary>A value on its own, without attachments: base64 stands for bytes.</summary>
    public ReadOnlyMemory<byte> EncodeValue(object? value)
    {
        using var rented = new Rented();
        WriteValue(rented.Scratch.Writer, value);
        return rented.Scratch.TakeJson();
    }

    internal Argument Encode<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        using var rented = new Rented();
        using var collecting = AttachmentScope.Collect();
        JsonSerializer.Serialize(rented.Scratch.Writer, value, typeInfo);
        return new Argument(rented.Scratch.TakeJson(), collecting.Taken, this);
    }

    EventData Encode(string? name, ReadOnlySpan<object?> arguments)
    {
        using var rented = new Rented();
        using var collecting = AttachmentScope.Collect();
        var writer = rented.Scratch.Writer;
        writer.WriteStartArray();
        if (name is not null)
            writer.WriteStringValue(name);
        foreach (var argument in arguments)
            WriteValue(writer, argument);
        writer.WriteEndArray();
        return new EventData(name ?? "", rented.Scratch.TakeJson(), collecting.Taken);
    }

    void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case Argument argument:
                AttachmentScope.Copy(writer, argument);
                break;
            case JsonElement element:
                if (element.ValueKind == JsonValueKind.Undefined)
                    writer.WriteNullValue();
                else
                    element.WriteTo(writer);
                break;
            default:
                JsonSerializer.Serialize(writer, value, options.GetTypeInfo(value.GetType()));
                break;
        }
    }

    internal T? Read<T>(in Argument argument, JsonTypeInfo<T>? typeInfo)
    {
        using var scope = AttachmentScope.Offer(argument.Attachments, this);
        if (typeof(T) == typeof(Argument))
            return (T)(object)argument;
        typeInfo ??= (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        try
        {
            return JsonSerializer.Deserialize(argument.Json.Span, typeInfo);
        }
        catch (JsonException e)
        {
            throw new BadArgumentException(e.Message, e);
        }
    }

    /// <summary>Start and end of each item of an array, but for the first ones.</summary>
    internal static int[] Index(ReadOnlySpan<byte> json, int skip)
    {
        if (json.IsEmpty)
            return [];
        Span<int> few = stackalloc int[16];
        var found = few;
        var count = 0;
        var reader = new Utf8JsonReader(json, readerOptions);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (skip-- > 0)
                continue;
            if (count == found.Length)
            {
                var more = new int[found.Length * 2];
                found.CopyTo(more);
                found = more;
            }

            found[count++] = start;
            found[count++] = (int)reader.BytesConsumed;
        }

        return found[..count].ToArray();
    }

    /// <summary>An event's name: its first item, a number as the text that stands there.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Checked by PacketRules before.")]
    internal static string NameOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, readerOptions);
        reader.Read();
        reader.Read();
        return reader.TokenType == JsonTokenType.String
            ? JsonText.ReadString(reader) : System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
    }

    /// <summary>A writer and its buffer, one of each thread's own.</summary>
    sealed class Scratch
    {
        /// <summary>A larger buffer is given back to the collector after use.</summary>
        const int KeptBytesMax = 64 * 1024;

        readonly ArrayBufferWriter<byte> buffer = new(1024);

        public Scratch() => Writer = new Utf8JsonWriter(buffer, writerOptions);

        public Utf8JsonWriter Writer { get; }

        public bool IsKept => buffer.Capacity <= KeptBytesMax;

        public ReadOnlyMemory<byte> TakeJson()
        {
            Writer.Flush();
            return buffer.WrittenSpan.ToArray();
        }

        public void Reset()
        {
            buffer.ResetWrittenCount();
            Writer.Reset(buffer);
        }
    }

    /// <summary>
    /// The thread's scratch, taken away while it is used: a converter may encode in its turn.
    /// </summary>
    readonly ref struct Rented
    {
        public Rented()
        {
            Scratch = scratch ?? new Scratch();
            scratch = null;
        }

        public Scratch Scratch { get; }

        public void Dispose()
        {
            if (!Scratch.IsKept)
                return;
            Scratch.Reset();
            scratch = Scratch;
        }
    }
}
