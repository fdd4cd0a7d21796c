using System.Buffers.Text;
using System.Text;

namespace Sluice.SocketIO.Redis;

/// <summary>What Redis answers with.</summary>
public enum RedisValueKind
{
    Null,
    Number,

    /// <summary>A status such as OK, or the bytes of a value.</summary>
    Bytes,
    Array,

    /// <summary>The command failed; the bytes say why.</summary>
    Error,
}

/// <summary>
/// An answer of Redis (https://redis.io/docs/latest/develop/reference/protocol-spec/).
/// </summary>
public readonly struct RedisValue
{
    readonly IReadOnlyList<RedisValue>? items;

    RedisValue(
        RedisValueKind kind, long number, ReadOnlyMemory<byte> bytes,
        IReadOnlyList<RedisValue>? items)
    {
        Kind = kind;
        Number = number;
        Bytes = bytes;
        this.items = items;
    }

    public RedisValueKind Kind { get; }

    /// <summary>The number; 0 for anything else.</summary>
    public long Number { get; }

    /// <summary>The bytes of a status, a value or an error; empty for anything else.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The items of an array; none for anything else.</summary>
    public IReadOnlyList<RedisValue> Items => items ?? [];

    /// <summary>The bytes as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public bool IsNull => Kind == RedisValueKind.Null;

    public static RedisValue FromNumber(long value) =>
        new(RedisValueKind.Number, value, default, null);

    public static RedisValue FromBytes(ReadOnlyMemory<byte> bytes) =>
        new(RedisValueKind.Bytes, 0, bytes, null);

    public static RedisValue FromItems(IReadOnlyList<RedisValue> items) =>
        new(RedisValueKind.Array, 0, default, items);

    public static RedisValue FromError(ReadOnlyMemory<byte> text) =>
        new(RedisValueKind.Error, 0, text, null);

    /// <summary>The number, or of bytes that are one.</summary>
    internal long? AsNumber() => Kind switch
    {
        RedisValueKind.Number => Number,
        RedisValueKind.Bytes when Utf8Parser.TryParse(Bytes.Span, out long parsed, out var used)
            && used == Bytes.Length => parsed,
        _ => null,
    };
}
