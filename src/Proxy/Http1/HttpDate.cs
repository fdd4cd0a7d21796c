namespace Sluice.Proxy.Http1;

/// <summary>
/// Dates as clients send them: IMF-fixdate, and the two obsolete forms that RFC 9110, section
/// 5.6.7 wants to be understood. Lenient where nginx is: names of days and the zone are not read.
/// </summary>
public static class HttpDate
{
    // What each form has from its day on: "06 Nov 1994 08:49:37", "06-Nov-94 08:49:37" and
    // "Nov  6 08:49:37 1994".
    const int FixdateLength = 20, OldLength = 18, AscLength = 20;

    /// <summary>The time in seconds since 1970; false when the text is no date.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        var gap = text.IndexOfAny((byte)',', (byte)' ');
        if (gap < 0)
            return false;
        var isAsc = text[gap] == ' ';
        text = text[(gap + 1)..].TrimStart((byte)' ');
        if (isAsc)
            return TryAsc(text, out unixSeconds);
        return text.Length > 2 && text[2] == '-'
            ? TryOld(text, out unixSeconds)
            : TryFixdate(text, out unixSeconds);
    }

    static bool TryFixdate(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        return text.Length >= FixdateLength
            && text[2] == ' ' && text[6] == ' ' && text[11] == ' '
            && TryNumber(text[7..11], out var year)
            && TryMake(year, text[3..6], text[..2], text[12..20], out unixSeconds);
    }

    /// <summary>RFC 850: two digits of the year, those below 70 of this century.</summary>
    static bool TryOld(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        return text.Length >= OldLength
            && text[6] == '-' && text[9] == ' '
            && TryNumber(text[7..9], out var year)
            && TryMake(
                year + (year < 70 ? 2000 : 1900), text[3..6], text[..2], text[10..18],
                out unixSeconds);
    }

    /// <summary>asctime(): a day of one digit has a blank before it.</summary>
    static bool TryAsc(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length < AscLength || text[3] != ' ' || text[6] != ' ' || text[15] != ' ')
            return false;
        var day = text[4] == ' ' ? text[5..6] : text[4..6];
        return TryNumber(text[16..20], out var year)
            && TryMake(year, text[..3], day, text[7..15], out unixSeconds);
    }

    static bool TryMake(
        int year, ReadOnlySpan<byte> monthName, ReadOnlySpan<byte> dayText,
        ReadOnlySpan<byte> time, out long unixSeconds)
    {
        unixSeconds = 0;
        var month = MonthOf(monthName);
        if (month == 0 || year < 1 || time[2] != ':' || time[5] != ':'
            || !TryNumber(dayText, out var day) || !TryNumber(time[..2], out var hour)
            || !TryNumber(time[3..5], out var minute) || !TryNumber(time[6..8], out var second))
            return false;
        if (hour > 23 || minute > 59 || second > 59
            || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        var at = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        unixSeconds = (at.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond;
        return true;
    }

    /// <summary>1 to 12, or 0 when it is no month.</summary>
    static int MonthOf(ReadOnlySpan<byte> name)
    {
        var at = "JanFebMarAprMayJunJulAugSepOctNovDec"u8.IndexOf(name);
        return at >= 0 && at % 3 == 0 ? (at / 3) + 1 : 0;
    }

    static bool TryNumber(ReadOnlySpan<byte> digits, out int value)
    {
        var isNumber = HeaderText.TryParseDecimal(digits, out var number);
        value = (int)number;
        return isNumber;
    }
}
