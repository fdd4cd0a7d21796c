using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.SocketIO.Protocol;

/// <summary>The JSON options that a server starts with.</summary>
static class JsonDefaults
{
    public static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            // Clients compare bytes with what JSON.stringify writes.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = Limits.JsonDepthMax,
            Converters =
            {
                new ByteArrayConverter(), new ReadOnlyMemoryConverter(), new MemoryConverter(),
                new StreamConverter(),
                new ArgumentConverter(),
            },
        };
        options.TypeInfoResolverChain.Add(BuiltInJson.Default);
        return options;
    }

    /// <summary>
    /// Ends the chain with reflection, where the application was not published without it: the
    /// application's own source-generated contexts come first.
    /// </summary>
    public static void AddReflection(JsonSerializerOptions options)
    {
        if (JsonSerializer.IsReflectionEnabledByDefault)
            options.TypeInfoResolverChain.Add(Reflection());
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification =
        "Only where reflection is enabled; trimmed and AOT applications disable it.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification =
        "Only where reflection is enabled; trimmed and AOT applications disable it.")]
    static DefaultJsonTypeInfoResolver Reflection() => new();
}

/// <summary>What needs no context of the application's own.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(byte))]
[JsonSerializable(typeof(short))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(uint))]
[JsonSerializable(typeof(ulong))]
[JsonSerializable(typeof(float))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(decimal))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(double?))]
[JsonSerializable(typeof(char))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(DateTime))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(TimeSpan))]
[JsonSerializable(typeof(Uri))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonArray))]
[JsonSerializable(typeof(JsonValue))]
[JsonSerializable(typeof(object))]
[JsonSerializable(typeof(object[]))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(long[]))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(List<int>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyCollection<string>))]
[JsonSerializable(typeof(Dictionary<string, object>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, int>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(Argument))]
[JsonSerializable(typeof(Argument[]))]
[JsonSerializable(typeof(List<Argument>))]
[JsonSerializable(typeof(IReadOnlyList<Argument>))]
[JsonSerializable(typeof(Dictionary<string, Argument>))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(byte[][]))]
[JsonSerializable(typeof(ReadOnlyMemory<byte>))]
[JsonSerializable(typeof(Memory<byte>))]
sealed partial class BuiltInJson : JsonSerializerContext;
