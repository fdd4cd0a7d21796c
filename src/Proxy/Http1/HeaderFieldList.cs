using System.Runtime.CompilerServices;

namespace Sluice.Proxy.Http1;

/// <summary>The header lines of one head, in their order, and the first line of each known one.</summary>
internal sealed class HeaderFieldList
{
    const int FirstSize = 32;

    HeaderField[] fields = new HeaderField[FirstSize];
    FirstIndexes firsts;

    public int Count { get; private set; }

    public ReadOnlySpan<HeaderField> Fields => fields.AsSpan(0, Count);

    /// <summary>The line added last; there has to be one.</summary>
    public HeaderField Last => fields[Count - 1];

    public bool Has(KnownHeader header) => firsts[(int)header] != 0;

    /// <summary>The first line of a header; false when the head has none.</summary>
    public bool TryFind(KnownHeader header, out HeaderField field)
    {
        var index = firsts[(int)header];
        field = index == 0 ? default : fields[index - 1];
        return index != 0;
    }

    /// <summary>The first line of the same known header as the last one.</summary>
    public HeaderField FirstLikeLast => fields[firsts[(int)Last.Known] - 1];

    /// <summary>Adds a line and answers it.</summary>
    public ref readonly HeaderField Add(in HeaderLine line)
    {
        var known = line.Known;
        var index = Count;
        if (index == fields.Length) Array.Resize(ref fields, fields.Length * 2);
        ref var first = ref firsts[(int)known];
        var isRepeated = known != KnownHeader.Other && first != 0;
        ref var field = ref fields[index];
        field = new HeaderField(line.Name, line.Value, known, isRepeated);
        Count = index + 1;
        if (known != KnownHeader.Other && !isRepeated) first = (ushort)Count;
        return ref field;
    }

    public void Reset()
    {
        Count = 0;
        firsts = default;
        if (fields.Length > Http1Limits.HeaderFieldsKept) fields = new HeaderField[FirstSize];
    }

    // Index + 1 of the first line of each known header; 0 is none.
    [InlineArray(KnownHeaders.Count)]
    struct FirstIndexes
    {
        ushort first;
    }
}
