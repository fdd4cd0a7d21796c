using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Proxy.Http1;

// The line as it nearly always is, read 32 bytes at a time.
internal partial struct HeaderLine
{
    const int Block = 32;

    /// <summary>
    /// Reads a whole line with CR LF, a name of at most 31 ordinary letters, and at most one
    /// blank around the value. False, having understood nothing, for whatever is not so plain:
    /// then the general way decides, and it would have read this one no differently.
    /// </summary>
    static bool TryReadUsual(ReadOnlySpan<byte> head, int start, out HeaderLine line)
    {
        line = default;
        if (!Vector256.IsHardwareAccelerated || start >= head.Length) return false;
        var block = BlockAt(head, start);
        var colons = Vector256.Equals(block, Vector256.Create((byte)':'))
            .ExtractMostSignificantBits();
        var nameLength = BitOperations.TrailingZeroCount(colons);
        var end = FindControl(head, start, block);
        if (nameLength is 0 or Block || end <= start + nameLength || end + 1 >= head.Length
            || head[end] != '\r' || head[end + 1] != '\n')
            return false;

        var isOfName = Vector256.LessThan(
            Vector256<byte>.Indices, Vector256.Create((byte)nameLength));
        var low = KnownHeaders.Lower(block) & isOfName;
        var known = KnownHeaders.Find(head.Slice(start, nameLength), low);
        if (known == KnownHeader.Other && !HasNameLettersOnly(low, nameLength)) return false;

        var from = start + nameLength + 1;
        if (head[from] == ' ') from++;
        if (head[from] is (byte)' ' or (byte)'\t' || head[end - 1] is (byte)' ' or (byte)'\t')
            return false;
        line.Name = new HeadRange(start, nameLength);
        line.Value = HeadRange.Between(from, end);
        line.Known = known;
        line.Next = end + 2;
        return true;
    }

    /// <summary>
    /// The offset of the first control character but the tab; the end of the head when there is
    /// none.
    /// </summary>
    static int FindControl(ReadOnlySpan<byte> head, int start, Vector256<byte> block)
    {
        while (true)
        {
            var controls = ControlsOf(block);
            if (controls != 0) return start + BitOperations.TrailingZeroCount(controls);
            start += Block;
            block = BlockAt(head, start);
        }
    }

    static Vector256<byte> BlockAt(ReadOnlySpan<byte> head, int start) =>
        head.Length - start >= Block
            ? Vector256.Create(head.Slice(start, Block))
            : LastBlock(head[start..]);

    /// <summary>The end of the head, padded with NULs, which end every search.</summary>
    /// <remarks>Not inlined, it would have the block of every line go through memory.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<byte> LastBlock(ReadOnlySpan<byte> rest)
    {
        var block = Vector256<byte>.Zero;
        rest.CopyTo(MemoryMarshal.AsBytes(new Span<Vector256<byte>>(ref block)));
        return block;
    }

    static uint ControlsOf(Vector256<byte> block)
    {
        var isTab = Vector256.Equals(block, Vector256.Create((byte)'\t'));
        var isBelowBlank = Vector256.LessThan(block, Vector256.Create((byte)' '));
        var isDelete = Vector256.Equals(block, Vector256.Create((byte)0x7f));
        return (Vector256.AndNot(isBelowBlank, isTab) | isDelete).ExtractMostSignificantBits();
    }

    static bool HasNameLettersOnly(Vector256<byte> low, int length)
    {
        var isLetter = Vector256.LessThan(
            low - Vector256.Create((byte)'a'), Vector256.Create((byte)26));
        var isDigit = Vector256.LessThan(
            low - Vector256.Create((byte)'0'), Vector256.Create((byte)10));
        var isDash = Vector256.Equals(low, Vector256.Create((byte)'-'));
        return (isLetter | isDigit | isDash).ExtractMostSignificantBits() == (1u << length) - 1;
    }
}
