using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.MessagePack;

/// <summary>
/// Reads MessagePack as a packet's data: JSON with a placeholder for each binary, and the
/// binaries. Dates become what JSON.stringify makes of them. Both forms of notepack.io are
/// understood: 3, which the Redis adapter uses, and 2, which the official msgpack parser bundles
/// (undefined, Date and ArrayBuffer as extensions of type 0).
/// </summary>
static class MessagePackToJson
{
    static readonly JsonWriterOptions writerOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true,
    };

    /// <summary>Reads one value that takes all the bytes.</summary>
    /// <returns>False when it is not one, or passes a limit.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, out ReadOnlyMemory<byte> json,
        out ReadOnlyMemory<byte>[] attachments)
    {
        var reader = new MessagePackReader(bytes);
        return TryRead(ref reader, out json, out attachments) && reader.Remaining == 0;
    }

    /// <summary>The same where nothing can be attached: binaries become base 64.</summary>
    public static bool TryReadPlain(ReadOnlySpan<byte> bytes, out ReadOnlyMemory<byte> json)
    {
        var reader = new MessagePackReader(bytes);
        return TryRead(ref reader, binaries: null, out json) && reader.Remaining == 0;
    }

    /// <summary>Reads the next value.</summary>
    /// <param name="reader">Stands before the value, and behind it afterwards.</param>
    /// <param name="json">The value; the bytes are its own.</param>
    /// <param name="attachments">The binaries in it, copied.</param>
    public static bool TryRead(
        ref MessagePackReader reader, out ReadOnlyMemory<byte> json,
        out ReadOnlyMemory<byte>[] attachments)
    {
        var binaries = new List<ReadOnlyMemory<byte>>();
        var isWhole = TryRead(ref reader, binaries, out json);
        attachments = isWhole ? [.. binaries] : [];
        return isWhole;
    }

    /// <summary>JavaScript's undefined: no value at all.</summary>
    public static bool IsUndefined(in MessagePackToken token) =>
        token is { Kind: MessagePackKind.FixedExtension, Integer: 0, Bytes.Length: 1 };

    static bool TryRead(
        ref MessagePackReader reader, List<ReadOnlyMemory<byte>>? binaries,
        out ReadOnlyMemory<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, writerOptions);
        var isWhole = reader.TryRead(out var token)
            && TryWrite(ref reader, token, writer, binaries, depth: 0);
        writer.Flush();
        json = isWhole ? buffer.WrittenMemory : default;
        return isWhole;
    }

    static bool TryWrite(
        ref MessagePackReader reader, in MessagePackToken token, Utf8JsonWriter json,
        List<ReadOnlyMemory<byte>>? binaries, int depth)
    {
        switch (token.Kind)
        {
            case MessagePackKind.Boolean:
                json.WriteBooleanValue(token.Integer != 0);
                return true;
            case MessagePackKind.Integer:
                json.WriteNumberValue(token.Integer);
                return true;
            case MessagePackKind.BigInteger:
                json.WriteNumberValue((ulong)token.Integer);
                return true;
            case MessagePackKind.Float when double.IsFinite(token.Float):
                json.WriteNumberValue(token.Float);
                return true;
            case MessagePackKind.String:
                json.WriteStringValue(token.Bytes);
                return true;
            case MessagePackKind.Binary:
                return TryAttach(token.Bytes, json, binaries);
            case MessagePackKind.Array:
                return depth < Limits.DepthMax
                    && TryWriteArray(ref reader, token.Count, json, binaries, depth + 1);
            case MessagePackKind.Map:
                return depth < Limits.DepthMax
                    && TryWriteMap(ref reader, token.Count, json, binaries, depth + 1);
            case MessagePackKind.Extension or MessagePackKind.FixedExtension:
                return TryWriteExtension(token, json, binaries);
            default:
                // Nil, and the numbers that JSON does not know.
                json.WriteNullValue();
                return true;
        }
    }

    static bool TryWriteArray(
        ref MessagePackReader reader, int count, Utf8JsonWriter json,
        List<ReadOnlyMemory<byte>>? binaries, int depth)
    {
        json.WriteStartArray();
        for (var i = 0; i < count; i++)
            if (!reader.TryRead(out var item)
                || !TryWrite(ref reader, item, json, binaries, depth))
                return false;
        json.WriteEndArray();
        return true;
    }

    static bool TryWriteMap(
        ref MessagePackReader reader, int count, Utf8JsonWriter json,
        List<ReadOnlyMemory<byte>>? binaries, int depth)
    {
        json.WriteStartObject();
        for (var i = 0; i < count; i++)
        {
            // What is no key may be the head of something, whose items are not values here.
            if (!reader.TryRead(out var key)
                || key.Kind is not (MessagePackKind.String or MessagePackKind.Integer)
                || !reader.TryRead(out var value))
                return false;
            if (IsUndefined(value))
                continue;
            WriteKey(key, json);
            if (!TryWrite(ref reader, value, json, binaries, depth))
                return false;
        }

        json.WriteEndObject();
        return true;
    }

    static void WriteKey(in MessagePackToken key, Utf8JsonWriter json)
    {
        if (key.Kind == MessagePackKind.String)
            json.WritePropertyName(key.Bytes);
        else
            json.WritePropertyName(key.Integer.ToString(CultureInfo.InvariantCulture));
    }

    static bool TryWriteExtension(
        in MessagePackToken token, Utf8JsonWriter json, List<ReadOnlyMemory<byte>>? binaries)
    {
        switch (token.Integer, token.Kind)
        {
            case (-1, _):
                WriteTimestamp(token.Bytes, json);
                return true;
            case (0, MessagePackKind.FixedExtension) when token.Bytes.Length == 1:
                json.WriteNullValue();
                return true;
            case (0, MessagePackKind.FixedExtension) when token.Bytes.Length == 8:
                WriteTime(BinaryPrimitives.ReadInt64BigEndian(token.Bytes), json);
                return true;
            case (0, MessagePackKind.Extension):
                return TryAttach(token.Bytes, json, binaries);
            default:
                // What notepack.io makes of a type that it does not know.
                json.WriteStartArray();
                json.WriteNumberValue(token.Integer);
                var isAttached = TryAttach(token.Bytes, json, binaries);
                json.WriteEndArray();
                return isAttached;
        }
    }

    static bool TryAttach(
        ReadOnlySpan<byte> bytes, Utf8JsonWriter json, List<ReadOnlyMemory<byte>>? binaries)
    {
        if (binaries is null)
        {
            json.WriteBase64StringValue(bytes);
            return true;
        }

        if (binaries.Count == Limits.BinariesMax)
            return false;
        Placeholder.Write(json, binaries.Count);
        binaries.Add(bytes.ToArray());
        return true;
    }

    /// <summary>The timestamp extension in its three sizes.</summary>
    static void WriteTimestamp(ReadOnlySpan<byte> bytes, Utf8JsonWriter json)
    {
        long seconds;
        long nanoseconds = 0;
        switch (bytes.Length)
        {
            case 4:
                seconds = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                break;
            case 8:
                var both = BinaryPrimitives.ReadUInt64BigEndian(bytes);
                seconds = (long)(both & 0x3_ffff_ffff);
                nanoseconds = (long)(both >> 34);
                break;
            case 12:
                nanoseconds = BinaryPrimitives.ReadUInt32BigEndian(bytes);
                seconds = BinaryPrimitives.ReadInt64BigEndian(bytes[4..]);
                break;
            default:
                json.WriteNullValue();
                return;
        }

        // Far beyond what a date can be, and far from an overflow.
        const long secondsMax = long.MaxValue / 10_000;
        if (Math.Abs((decimal)seconds) > secondsMax)
            json.WriteNullValue();
        else
            WriteTime(seconds * 1000 + nanoseconds / 1_000_000, json);
    }

    /// <summary>ISO 8601 with milliseconds, or null for what is no date.</summary>
    static void WriteTime(long unixMs, Utf8JsonWriter json)
    {
        if (unixMs < DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            || unixMs > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            json.WriteNullValue();
        else
            json.WriteStringValue(DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
                .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
    }
}
