using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>
/// What an application keeps with a socket (<c>socket.data</c>). Other nodes see it in
/// fetchSockets, and connection state recovery brings it back, so values must be such as JSON
/// can carry. Safe to use from any thread.
/// </summary>
public sealed class SocketData
{
    static readonly JsonDocumentOptions documentOptions = new()
    {
        MaxDepth = Protocol.Limits.JsonDepthMax,
    };

    readonly ArgumentCodec codec;
    readonly Socket? owner;
    ConcurrentDictionary<string, object?>? values;

    /// <param name="codec">How values are read and written.</param>
    /// <param name="owner">Told of changes; null for what is only a copy.</param>
    internal SocketData(ArgumentCodec codec, Socket? owner = null)
    {
        this.codec = codec;
        this.owner = owner;
    }

    /// <summary>A value; null when there is none.</summary>
    public object? this[string key]
    {
        get => values is { } all && all.TryGetValue(key, out var value) ? value : null;
        set
        {
            Values[key] = value;
            owner?.OnDataChanged();
        }
    }

    public int Count => values?.Count ?? 0;

    public IEnumerable<string> Keys => values?.Keys ?? Enumerable.Empty<string>();

    /// <summary>
    /// A value as a type. After recovery, and of sockets of other nodes, it is read from JSON.
    /// </summary>
    /// <exception cref="JsonException">It is of another kind.</exception>
    public T? Get<T>(string key) => this[key] switch
    {
        T value => value,
        JsonElement element when codec.Options.GetTypeInfo(typeof(T)) is var info =>
            (T?)element.Deserialize(info),
        _ => default,
    };

    [SuppressMessage("Naming", "CA1716", Justification = "The word that everybody looks for.")]
    public void Set<T>(string key, T value) => this[key] = value;

    public bool Remove(string key)
    {
        if (values?.TryRemove(key, out _) != true)
            return false;
        owner?.OnDataChanged();
        return true;
    }

    /// <summary>All values as a JSON object in UTF-8.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        if (values is not { IsEmpty: false } all)
            return "{}"u8.ToArray();
        return codec.EncodeValue(new Dictionary<string, object?>(all));
    }

    /// <summary>Sets a value of the library's own, which observers are not told of.</summary>
    internal void SetQuietly(string key, object? value) => Values[key] = value;

    internal void Load(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return;
        var element = JsonElement.Parse(json.Span, documentOptions);
        if (element.ValueKind != JsonValueKind.Object)
            return;
        foreach (var property in element.EnumerateObject())
            Load(property);
    }

    void Load(JsonProperty property)
    {
        try
        {
            Values[property.Name] = property.Value;
        }
        catch (InvalidOperationException)
        {
            // Another node's: its name has an escape that stands for half a character.
        }
    }

    ConcurrentDictionary<string, object?> Values =>
        values ?? Interlocked.CompareExchange(ref values, new(), null) ?? values;
}
