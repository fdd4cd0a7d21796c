namespace Sluice.Proxy.Http1;

/// <summary>
/// A piece of a head, by offset, so that the head's buffer may be moved or grown while the head
/// is still being read. The default value is "not there".
/// </summary>
public readonly record struct HeadRange(int Offset, int Length)
{
    /// <summary>True when the head has no such piece. An empty piece of a head has an offset.</summary>
    public bool IsNone => Offset == 0 && Length == 0;

    public int End => Offset + Length;

    /// <summary>The bytes of the piece in <paramref name="head"/>, whose first byte is offset 0.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> head) => head.Slice(Offset, Length);

    internal static HeadRange Between(int start, int end) => new(start, end - start);
}

/// <summary>One header line: where its name and its value are, and which header it is.</summary>
public readonly struct HeaderField
{
    internal HeaderField(HeadRange name, HeadRange value, KnownHeader known, bool isRepeated)
    {
        NameOffset = name.Offset;
        NameLength = name.Length;
        ValueOffset = value.Offset;
        ValueLength = value.Length;
        Known = known;
        IsRepeated = isRepeated;
    }

    public int NameOffset { get; }

    public int NameLength { get; }

    /// <summary>Offset of the value without the blanks around it.</summary>
    public int ValueOffset { get; }

    public int ValueLength { get; }

    /// <summary>The header's identity, or <see cref="KnownHeader.Other"/>.</summary>
    public KnownHeader Known { get; }

    /// <summary>An earlier line of the same head has the same known header.</summary>
    public bool IsRepeated { get; }

    /// <summary>The name as it was sent, in its own letters.</summary>
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> head) => head.Slice(NameOffset, NameLength);

    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> head) =>
        head.Slice(ValueOffset, ValueLength);

    /// <summary>
    /// The line stands in the head as the gateway writes one: name, colon, blank, value, CR LF.
    /// </summary>
    internal bool IsInOwnForm(ReadOnlySpan<byte> head) =>
        ValueOffset == NameOffset + NameLength + 2
        && head[ValueOffset - 1] == ' '
        && head[ValueOffset + ValueLength] == '\r';

    /// <summary>The offset behind a line that is <see cref="IsInOwnForm"/>.</summary>
    internal int EndInOwnForm => ValueOffset + ValueLength + 2;
}
