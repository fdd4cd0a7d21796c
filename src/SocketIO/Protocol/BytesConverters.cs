using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.SocketIO.Protocol;

/// <summary>byte[] as an attachment.</summary>
sealed class ByteArrayConverter : JsonConverter<byte[]>
{
    public override byte[] Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AttachmentScope.Read(ref reader).ToArray();

    public override void Write(
        Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) =>
        AttachmentScope.Write(writer, value);
}

/// <summary>ReadOnlyMemory&lt;byte&gt; as an attachment; reading copies nothing.</summary>
sealed class ReadOnlyMemoryConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AttachmentScope.Read(ref reader);

    public override void Write(
        Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
        AttachmentScope.Write(writer, value);
}

/// <summary>Memory&lt;byte&gt; as an attachment.</summary>
sealed class MemoryConverter : JsonConverter<Memory<byte>>
{
    public override Memory<byte> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AttachmentScope.Read(ref reader).ToArray();

    public override void Write(
        Utf8JsonWriter writer, Memory<byte> value, JsonSerializerOptions options) =>
        AttachmentScope.Write(writer, value);
}

/// <summary>
/// An argument as a part of another value: it is sent on as it came, and taken as it comes, with
/// its attachments.
/// </summary>
sealed class ArgumentConverter : JsonConverter<Argument>
{
    public override Argument Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AttachmentScope.ReadArgument(ref reader);

    public override void Write(
        Utf8JsonWriter writer, Argument value, JsonSerializerOptions options) =>
        AttachmentScope.Copy(writer, value);
}

/// <summary>
/// A stream cannot be sent: an event is one unit, and its length must be known before it is queued.
/// </summary>
sealed class StreamConverter : JsonConverter<Stream>
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsAssignableTo(typeof(Stream));

    public override Stream Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw Refusal();

    public override void Write(
        Utf8JsonWriter writer, Stream value, JsonSerializerOptions options) => throw Refusal();

    static NotSupportedException Refusal() => new(
        "A Stream is no argument of an event; read it into byte[] or ReadOnlyMemory<byte>, and "
        + "send what is large in parts.");
}
