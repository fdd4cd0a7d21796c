using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sluice.Proxy.Http1;

/// <summary>The small texts of headers: numbers, dates, token lists, comparisons.</summary>
public static class HeaderText
{
    /// <summary>Bytes of an IMF-fixdate (RFC 9110, 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".</summary>
    public const int DateLength = 29;

    static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n\0"u8);

    static readonly SearchValues<byte> Base64Digits = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    /// <summary>Equal but for the case of ASCII letters.</summary>
    public static bool EqualsIgnoreCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        Ascii.EqualsIgnoreCase(left, right);

    /// <summary>
    /// Makes blanks of CR, LF and NUL: a value that variables made of a client's decoded bytes
    /// must not begin another header line.
    /// </summary>
    public static void Neutralize(Span<byte> value) => value.ReplaceAny(LineEnds, (byte)' ');

    /// <summary>True when the comma-separated list has this token, in any letters.</summary>
    public static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        foreach (var candidate in Tokens(list))
            if (Ascii.EqualsIgnoreCase(candidate, token)) return true;
        return false;
    }

    /// <summary>The non-empty members of a comma-separated list, without blanks around them.</summary>
    public static TokenList Tokens(ReadOnlySpan<byte> list) => new(list);

    /// <summary>
    /// Reads a number of decimal digits alone. False on anything else: a sign, a blank, nothing,
    /// or a value beyond <see cref="long.MaxValue"/>.
    /// </summary>
    public static bool TryParseDecimal(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty) return false;
        foreach (var digit in text)
        {
            var number = digit - '0';
            if ((uint)number > 9 || value > (long.MaxValue - number) / 10) return false;
            value = value * 10 + number;
        }
        return true;
    }

    /// <summary>Writes decimal digits and answers how many; 20 bytes are always enough.</summary>
    public static int FormatDecimal(long value, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(value, destination, out var written);
        return written;
    }

    /// <summary>
    /// Writes the IMF-fixdate of a time in seconds since 1970 and answers
    /// <see cref="DateLength"/>. The caller keeps the text for the rest of the second.
    /// </summary>
    public static int FormatDate(long unixSeconds, Span<byte> destination)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(unixSeconds).UtcDateTime;
        DaysOfWeek.Slice((int)time.DayOfWeek * 5, 5).CopyTo(destination);
        WriteTwoDigits(time.Day, destination[5..]);
        Months.Slice((time.Month - 1) * 5, 5).CopyTo(destination[7..]);
        WriteTwoDigits(time.Year / 100, destination[12..]);
        WriteTwoDigits(time.Year % 100, destination[14..]);
        destination[16] = (byte)' ';
        WriteTwoDigits(time.Hour, destination[17..]);
        destination[19] = (byte)':';
        WriteTwoDigits(time.Minute, destination[20..]);
        destination[22] = (byte)':';
        WriteTwoDigits(time.Second, destination[23..]);
        " GMT"u8.CopyTo(destination[25..]);
        return DateLength;
    }

    /// <summary>True for the base64 text of 16 bytes, as a Sec-WebSocket-Key has to be.</summary>
    public static bool IsWebSocketKey(ReadOnlySpan<byte> value) =>
        value.Length == 24 && value.EndsWith("=="u8)
        && !value[..22].ContainsAnyExcept(Base64Digits);

    /// <summary>Without the spaces and tabs at both ends (OWS, RFC 9110, 5.6.3).</summary>
    internal static ReadOnlySpan<byte> TrimBlanks(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    static ReadOnlySpan<byte> DaysOfWeek => "Sun, Mon, Tue, Wed, Thu, Fri, Sat, "u8;

    static ReadOnlySpan<byte> Months =>
        " Jan  Feb  Mar  Apr  May  Jun  Jul  Aug  Sep  Oct  Nov  Dec "u8;

    static void WriteTwoDigits(int value, Span<byte> destination)
    {
        destination[0] = (byte)('0' + value / 10);
        destination[1] = (byte)('0' + value % 10);
    }
}

/// <summary>Walks a comma-separated list without copying it; empty members are skipped.</summary>
public ref struct TokenList
{
    ReadOnlySpan<byte> rest;

    internal TokenList(ReadOnlySpan<byte> list)
    {
        rest = list;
        Current = default;
    }

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly TokenList GetEnumerator() => this;

    public bool MoveNext()
    {
        while (!rest.IsEmpty)
        {
            var comma = rest.IndexOf((byte)',');
            var member = comma < 0 ? rest : rest[..comma];
            rest = comma < 0 ? default : rest[(comma + 1)..];
            Current = HeaderText.TrimBlanks(member);
            if (!Current.IsEmpty) return true;
        }
        return false;
    }
}
