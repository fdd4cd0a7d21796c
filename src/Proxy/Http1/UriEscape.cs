using System.Buffers;

namespace Sluice.Proxy.Http1;

/// <summary>What a text is escaped for.</summary>
public enum EscapeUse
{
    /// <summary>A path sent upstream: control bytes, blanks and " # % ? and others.</summary>
    Uri,

    /// <summary>An argument taken from a path or a capture: those of Uri and &amp; + ;</summary>
    Args,

    /// <summary>One component: everything but letters, digits and - . _ ~</summary>
    Component,

    /// <summary>An URL inside a page: blanks, quotes, # % and those no URI may have.</summary>
    Html,
}

/// <summary>
/// Percent escapes, with nginx's sets for each use (ngx_escape_uri). Hexadecimal digits are
/// large.
/// </summary>
public static class UriEscape
{
    const string Unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    // The letters that stay, by EscapeUse.
    static readonly SearchValues<byte>[] Plain =
    [
        Letters(Unreserved + "!$&'()*+,/:;=@[]"),
        Letters(Unreserved + "!$'()*,/:=@[]"),
        Letters(Unreserved),
        Letters(Unreserved + "!$&()*+,/:;=?@[]"),
    ];

    /// <summary>The length of the escaped text; equal to the text's when it stays as it is.</summary>
    public static int EscapedLength(ReadOnlySpan<byte> text, EscapeUse use)
    {
        var plain = Plain[(int)use];
        var length = text.Length;
        while (true)
        {
            var index = text.IndexOfAnyExcept(plain);
            if (index < 0) return length;
            length += 2;
            text = text[(index + 1)..];
        }
    }

    /// <summary>
    /// Writes the escaped text and answers its length; <paramref name="destination"/> has to
    /// have room for <see cref="EscapedLength"/> bytes and must not overlap the text.
    /// </summary>
    public static int Escape(ReadOnlySpan<byte> text, EscapeUse use, Span<byte> destination)
    {
        var plain = Plain[(int)use];
        var length = 0;
        while (true)
        {
            var index = text.IndexOfAnyExcept(plain);
            var run = index < 0 ? text : text[..index];
            run.CopyTo(destination[length..]);
            length += run.Length;
            if (index < 0) return length;
            destination[length++] = (byte)'%';
            destination[length++] = HexDigit(text[index] >> 4);
            destination[length++] = HexDigit(text[index] & 15);
            text = text[(index + 1)..];
        }
    }

    /// <summary>
    /// Decodes every complete escape and answers the length; what is no escape stays as it is.
    /// <paramref name="destination"/> has to be as long as the text, and may be the text.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var letter = text[index];
            if (letter == '%' && index + 2 < text.Length)
            {
                var high = UriPath.HexValue(text[index + 1]);
                var low = UriPath.HexValue(text[index + 2]);
                if (high >= 0 && low >= 0)
                {
                    letter = (byte)(high << 4 | low);
                    index += 2;
                }
            }
            destination[length++] = letter;
        }
        return length;
    }

    static byte HexDigit(int value) =>
        (byte)(value < 10 ? '0' + value : 'A' + value - 10);

    static SearchValues<byte> Letters(string text) =>
        SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(text));
}
