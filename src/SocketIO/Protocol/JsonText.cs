using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.SocketIO.Protocol;

/// <summary>
/// The text of a reader's string or member name. Half a surrogate pair, which JSON may escape and
/// JavaScript keeps, but UTF-8 does not know, is U+FFFD here; <see cref="Utf8JsonReader"/> itself
/// throws an InvalidOperationException, which a client must not be able to cause.
/// </summary>
static class JsonText
{
    /// <summary>Escaped, a character of a short name takes six bytes at most.</summary>
    const int EscapedBytesMax = 6;

    const int NameBytesMax = 16;

    /// <summary>The text in UTF-8.</summary>
    /// <param name="reader">At a string or a member's name.</param>
    /// <param name="rented">Returned to the pool by the caller, who then forgets the text.</param>
    public static ReadOnlySpan<byte> Read(in Utf8JsonReader reader, out byte[]? rented)
    {
        rented = null;
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        // Unescaped text is never longer.
        rented = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        return rented.AsSpan(0, Unescape(reader.ValueSpan, rented));
    }

    public static string ReadString(in Utf8JsonReader reader)
    {
        var text = Encoding.UTF8.GetString(Read(reader, out var rented));
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    /// <param name="reader">At a string or a member's name.</param>
    /// <param name="name">At most 16 bytes.</param>
    public static bool Equals(in Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        var text = reader.ValueSpan;
        if (!reader.ValueIsEscaped)
            return text.SequenceEqual(name);
        if (text.Length > name.Length * EscapedBytesMax)
            return false;
        Span<byte> unescaped = stackalloc byte[NameBytesMax * EscapedBytesMax];
        return unescaped[..Unescape(text, unescaped)].SequenceEqual(name);
    }

    static int Unescape(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var length = 0;
        while (!text.IsEmpty)
        {
            var plain = text.IndexOf((byte)'\\');
            if (plain < 0)
                plain = text.Length;
            text[..plain].CopyTo(target[length..]);
            length += plain;
            text = text[plain..];
            if (text.IsEmpty)
                break;
            if (text[1] == (byte)'u')
            {
                length += ReadRune(ref text).EncodeToUtf8(target[length..]);
                continue;
            }

            target[length++] = text[1] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'t' => (byte)'\t',
                (byte)'r' => (byte)'\r',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                var same => same,
            };
            text = text[2..];
        }

        return length;
    }

    /// <summary>One or two of \u1234, taken off the text.</summary>
    static Rune ReadRune(ref ReadOnlySpan<byte> text)
    {
        var first = ReadUnit(text);
        text = text[6..];
        if (Rune.TryCreate(first, out var rune))
            return rune;
        if (text is not [(byte)'\\', (byte)'u', ..]
            || !Rune.TryCreate(first, ReadUnit(text), out rune))
            return Rune.ReplacementChar;
        text = text[6..];
        return rune;
    }

    static char ReadUnit(ReadOnlySpan<byte> text) => (char)int.Parse(
        text.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
