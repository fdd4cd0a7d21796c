namespace Sluice.SocketIO.MessagePack;

/// <summary>What a MessagePack value is.</summary>
enum MessagePackKind
{
    Nil,
    Boolean,

    /// <summary>Fits a signed 64 bit integer.</summary>
    Integer,

    /// <summary>An unsigned integer above that.</summary>
    BigInteger,
    Float,

    /// <summary>UTF-8 that nobody has checked.</summary>
    String,
    Binary,

    /// <summary>So many values follow.</summary>
    Array,

    /// <summary>So many pairs of key and value follow.</summary>
    Map,

    /// <summary>Bytes of a type: 0xc7, 0xc8, 0xc9.</summary>
    Extension,

    /// <summary>
    /// As <see cref="Extension"/>, of 1, 2, 4, 8 or 16 bytes: 0xd4 to 0xd8. Old encoders mean
    /// different things by the two forms.
    /// </summary>
    FixedExtension,
}

/// <summary>
/// One value of MessagePack, or the head of an array or map
/// (https://github.com/msgpack/msgpack/blob/master/spec.md).
/// </summary>
readonly ref struct MessagePackToken
{
    public required MessagePackKind Kind { get; init; }

    /// <summary>
    /// An integer (the bits of a big one), 1 for true, the type of an extension, or how many
    /// values or pairs follow.
    /// </summary>
    public long Integer { get; init; }

    public double Float { get; init; }

    /// <summary>The bytes of a string, a binary or an extension.</summary>
    public ReadOnlySpan<byte> Bytes { get; init; }

    public int Count => (int)Integer;
}
