using System.Collections;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.SocketIO.Protocol;

/// <summary>
/// One argument of an event as it travels: JSON, in which attachments are placeholders. It can be
/// read as any type, and sent on as it is.
/// </summary>
public readonly struct Argument
{
    readonly ArgumentCodec? codec;

    internal Argument(
        ReadOnlyMemory<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments,
        ArgumentCodec codec)
    {
        Json = json;
        Attachments = attachments;
        this.codec = codec;
    }

    /// <summary>The argument's JSON in UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The attachments of the whole packet, by the numbers of the placeholders.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>Reads the argument with the options of the server.</summary>
    /// <exception cref="BadArgumentException">It is of another kind.</exception>
    public T? As<T>() => Codec.Read<T>(this, typeInfo: null);

    /// <summary>Reads the argument with a type's own source-generated description.</summary>
    /// <exception cref="BadArgumentException">It is of another kind.</exception>
    public T? As<T>(JsonTypeInfo<T> typeInfo) => Codec.Read(this, typeInfo);

    /// <summary>JSON to send as an argument as it is.</summary>
    /// <param name="json">One JSON value in UTF-8, without attachments.</param>
    public static Argument FromJson(ReadOnlyMemory<byte> json) =>
        new(json, [], ArgumentCodec.Default);

    /// <summary>A value to send, with a type's own source-generated description.</summary>
    public static Argument From<T>(T value, JsonTypeInfo<T> typeInfo) =>
        ArgumentCodec.Default.Encode(value, typeInfo);

    public override string ToString() => Encoding.UTF8.GetString(Json.Span);

    ArgumentCodec Codec => codec
        ?? throw new InvalidOperationException("There is no such argument.");
}

/// <summary>The arguments of a received event or acknowledgement, without its name.</summary>
public sealed class EventArguments : IReadOnlyList<Argument>
{
    readonly ArgumentCodec codec;
    readonly int[] ends;

    internal EventArguments(
        ReadOnlyMemory<byte> json, IReadOnlyList<ReadOnlyMemory<byte>> attachments, int skip,
        ArgumentCodec codec)
    {
        Json = json;
        Attachments = attachments;
        this.codec = codec;
        ends = ArgumentCodec.Index(json.Span, skip);
    }

    /// <summary>The whole array as it came, an event's name included.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The attachments, by the numbers of the placeholders in the JSON.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    public int Count => ends.Length / 2;

    public Argument this[int index] =>
        new(Json[ends[2 * index]..ends[2 * index + 1]], Attachments, codec);

    /// <summary>
    /// An argument read as a type; the type's default value when the client sent fewer. Arguments
    /// beyond those that are asked for are no error.
    /// </summary>
    /// <exception cref="BadArgumentException">It is of another kind.</exception>
    public T? Get<T>(int index) => index < Count ? this[index].As<T>() : default;

    /// <inheritdoc cref="Get{T}(int)"/>
    public T? Get<T>(int index, JsonTypeInfo<T> typeInfo) =>
        index < Count ? this[index].As(typeInfo) : default;

    /// <summary>All arguments, to send them on.</summary>
    public object?[] ToArray()
    {
        var array = new object?[Count];
        for (var i = 0; i < array.Length; i++)
            array[i] = this[i];
        return array;
    }

    public IEnumerator<Argument> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>
/// An argument is missing, or not of the kind that was asked for: the other side's mistake, not
/// the handler's.
/// </summary>
public sealed class BadArgumentException : JsonException
{
    public BadArgumentException()
    {
    }

    public BadArgumentException(string message)
        : base(message)
    {
    }

    public BadArgumentException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
