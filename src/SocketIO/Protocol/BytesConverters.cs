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
