using System.Buffers.Binary;

namespace Sluice.SocketIO.MessagePack;

/// <summary>
/// Reads MessagePack value by value from bytes that may come from anybody. It allocates nothing,
/// and an announced length or count is believed only as far as there are bytes for it.
/// </summary>
ref struct MessagePackReader(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> rest = bytes;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => rest.Length;

    /// <summary>The next value, or the head of an array or map.</summary>
    /// <returns>False when the bytes end too early or begin no value.</returns>
    public bool TryRead(out MessagePackToken token)
    {
        token = default;
        if (rest.IsEmpty)
            return false;
        var code = rest[0];
        rest = rest[1..];
        switch (code)
        {
            case <= 0x7f:
                token = Integer(code);
                return true;
            case >= 0xe0:
                token = Integer((sbyte)code);
                return true;
            case <= 0x8f:
                return TryCount(MessagePackKind.Map, code & 0x0f, out token);
            case <= 0x9f:
                return TryCount(MessagePackKind.Array, code & 0x0f, out token);
            case <= 0xbf:
                return TryBytes(MessagePackKind.String, 0, code & 0x1f, out token);
            case 0xc0:
                token = new MessagePackToken { Kind = MessagePackKind.Nil };
                return true;
            case 0xc2 or 0xc3:
                token = new MessagePackToken
                {
                    Kind = MessagePackKind.Boolean, Integer = code & 1,
                };
                return true;
            case <= 0xc1:
                return false;
            case <= 0xc6:
                return TryLength(code - 0xc4, out var size)
                    && TryBytes(MessagePackKind.Binary, 0, size, out token);
            case <= 0xc9:
                return TryLength(code - 0xc7, out var extended)
                    && TryExtension(MessagePackKind.Extension, extended, out token);
            case <= 0xcb:
                return TryFloat(isDouble: code == 0xcb, out token);
            case <= 0xd3:
                return TryNumber(code, out token);
            case <= 0xd8:
                return TryExtension(MessagePackKind.FixedExtension, 1L << code - 0xd4, out token);
            case <= 0xdb:
                return TryLength(code - 0xd9, out var length)
                    && TryBytes(MessagePackKind.String, 0, length, out token);
            case <= 0xdd:
                return TryLength(code - 0xdc + 1, out var items)
                    && TryCount(MessagePackKind.Array, items, out token);
            default:
                return TryLength(code - 0xde + 1, out var pairs)
                    && TryCount(MessagePackKind.Map, pairs, out token);
        }
    }

    /// <summary>Passes over a value with everything in it.</summary>
    public bool TrySkip()
    {
        // A count rather than a stack: what is open needs no more than how many values are due.
        for (long due = 1; due > 0; due--)
        {
            if (!TryRead(out var token))
                return false;
            due += token.Kind switch
            {
                MessagePackKind.Array => token.Integer,
                MessagePackKind.Map => token.Integer * 2,
                _ => 0,
            };
        }

        return true;
    }

    static MessagePackToken Integer(long value) =>
        new() { Kind = MessagePackKind.Integer, Integer = value };

    /// <summary>A length of 1, 2 or 4 bytes, by its power of two.</summary>
    bool TryLength(int power, out long length)
    {
        length = 0;
        if (!TryTake(1 << power, out var bytes))
            return false;
        length = power switch
        {
            0 => bytes[0],
            1 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        };
        return true;
    }

    bool TryCount(MessagePackKind kind, long count, out MessagePackToken token)
    {
        token = new MessagePackToken { Kind = kind, Integer = count };
        // A value takes at least a byte, so a greater count is a lie.
        return (kind == MessagePackKind.Map ? count * 2 : count) <= rest.Length;
    }

    bool TryBytes(MessagePackKind kind, sbyte type, long length, out MessagePackToken token)
    {
        token = default;
        if (!TryTake(length, out var bytes))
            return false;
        token = new MessagePackToken { Kind = kind, Integer = type, Bytes = bytes };
        return true;
    }

    bool TryExtension(MessagePackKind kind, long length, out MessagePackToken token)
    {
        token = default;
        return TryTake(1, out var type) && TryBytes(kind, (sbyte)type[0], length, out token);
    }

    bool TryFloat(bool isDouble, out MessagePackToken token)
    {
        token = default;
        if (!TryTake(isDouble ? 8 : 4, out var bytes))
            return false;
        token = new MessagePackToken
        {
            Kind = MessagePackKind.Float,
            Float = isDouble
                ? BinaryPrimitives.ReadDoubleBigEndian(bytes)
                : BinaryPrimitives.ReadSingleBigEndian(bytes),
        };
        return true;
    }

    bool TryNumber(byte code, out MessagePackToken token)
    {
        token = default;
        if (!TryTake(1 << (code & 3), out var bytes))
            return false;
        token = code switch
        {
            0xcc => Integer(bytes[0]),
            0xcd => Integer(BinaryPrimitives.ReadUInt16BigEndian(bytes)),
            0xce => Integer(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            0xcf => Unsigned(BinaryPrimitives.ReadUInt64BigEndian(bytes)),
            0xd0 => Integer((sbyte)bytes[0]),
            0xd1 => Integer(BinaryPrimitives.ReadInt16BigEndian(bytes)),
            0xd2 => Integer(BinaryPrimitives.ReadInt32BigEndian(bytes)),
            _ => Integer(BinaryPrimitives.ReadInt64BigEndian(bytes)),
        };
        return true;
    }

    static MessagePackToken Unsigned(ulong value) => new()
    {
        Kind = value <= long.MaxValue ? MessagePackKind.Integer : MessagePackKind.BigInteger,
        Integer = (long)value,
    };

    bool TryTake(long length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (length > rest.Length)
            return false;
        bytes = rest[..(int)length];
        rest = rest[(int)length..];
        return true;
    }
}
