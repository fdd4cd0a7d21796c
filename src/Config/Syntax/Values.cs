namespace Sluice.Config.Syntax;

/// <summary>
/// nginx's numbers, sizes and times. Each method gives false where nginx refuses the text,
/// overflow included.
/// </summary>
public static class Values
{
    const long Kilo = 1024;
    const long Mega = 1024 * 1024;
    const long Giga = 1024 * 1024 * 1024;

    /// <summary>The steps of a time, largest first; each may be used once, in this order.</summary>
    enum Step { Start, Year, Month, Week, Day, Hour, Minute, Second, Millisecond, Last }

    /// <summary>A number of decimal digits alone (ngx_atoi).</summary>
    public static bool TryNumber(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        if (text.IsEmpty)
            return false;

        foreach (char ch in text)
        {
            if (!char.IsAsciiDigit(ch) || !TryAppend(ref value, ch))
                return false;
        }

        return true;
    }

    /// <summary>
    /// A decimal number with up to <paramref name="digits"/> digits behind the point, as an
    /// integer of the last of them (ngx_atofp): "1.25" with two digits is 125.
    /// </summary>
    public static bool TryFixedPoint(ReadOnlySpan<char> text, int digits, out long value)
    {
        value = 0;
        if (text.IsEmpty)
            return false;

        bool behindPoint = false;
        foreach (char ch in text)
        {
            if (behindPoint && digits == 0)
                return false;

            if (ch == '.' && !behindPoint)
            {
                behindPoint = true;
                continue;
            }

            if (!char.IsAsciiDigit(ch) || !TryAppend(ref value, ch))
                return false;
            if (behindPoint)
                digits--;
        }

        for (; digits > 0; digits--)
        {
            if (value > long.MaxValue / 10)
                return false;
            value *= 10;
        }

        return true;
    }

    /// <summary>A size in bytes, with k or m behind it (ngx_parse_size).</summary>
    public static bool TrySize(ReadOnlySpan<char> text, out long bytes) =>
        TryScaled(text, allowGiga: false, out bytes);

    /// <summary>A size in bytes, with k, m or g behind it (ngx_parse_offset).</summary>
    public static bool TryOffset(ReadOnlySpan<char> text, out long bytes) =>
        TryScaled(text, allowGiga: true, out bytes);

    /// <summary>
    /// A time in milliseconds: w d h m s ms in descending order, a bare number being seconds
    /// (ngx_parse_time for directives of milliseconds).
    /// </summary>
    public static bool TryMilliseconds(ReadOnlySpan<char> text, out long ms) =>
        TryTime(text, inSeconds: false, out ms);

    /// <summary>
    /// A time in whole seconds: y M w d h m s in descending order, a bare number being seconds
    /// (ngx_parse_time for directives of seconds).
    /// </summary>
    public static bool TrySeconds(ReadOnlySpan<char> text, out long seconds) =>
        TryTime(text, inSeconds: true, out seconds);

    /// <summary>"on" or "off" in any case, as ngx_conf_set_flag_slot takes it.</summary>
    public static bool TryFlag(string text, out bool value)
    {
        value = text.Equals("on", StringComparison.OrdinalIgnoreCase);
        return value || text.Equals("off", StringComparison.OrdinalIgnoreCase);
    }

    static bool TryScaled(ReadOnlySpan<char> text, bool allowGiga, out long bytes)
    {
        bytes = 0;
        if (text.IsEmpty)
            return false;

        long scale = text[^1] switch
        {
            'k' or 'K' => Kilo,
            'm' or 'M' => Mega,
            'g' or 'G' when allowGiga => Giga,
            _ => 1,
        };

        var digits = scale == 1 ? text : text[..^1];
        if (!TryNumber(digits, out long count) || count > long.MaxValue / scale)
            return false;

        bytes = count * scale;
        return true;
    }

    static bool TryTime(ReadOnlySpan<char> text, bool inSeconds, out long total)
    {
        total = 0;
        long value = 0;
        bool hasDigits = false;
        var step = inSeconds ? Step.Start : Step.Month;

        for (int at = 0; at < text.Length;)
        {
            char ch = text[at++];
            if (char.IsAsciiDigit(ch))
            {
                if (!TryAppend(ref value, ch))
                    return false;
                hasDigits = true;
                continue;
            }

            bool isMs = ch == 'm' && at < text.Length && text[at] == 's';
            if (isMs)
                at++;

            var (next, seconds) = isMs ? (Step.Millisecond, 1L) : UnitOf(ch);
            bool outOfOrder = next == Step.Last ? step >= Step.Second : step >= next;
            if (next == Step.Start || outOfOrder || isMs && inSeconds)
                return false;

            step = next;
            long scale = isMs || inSeconds ? seconds : seconds * 1000;
            if (!TryAdd(ref total, value, scale))
                return false;

            value = 0;
            while (at < text.Length && text[at] == ' ')
                at++;
        }

        return hasDigits && TryAdd(ref total, value, inSeconds ? 1 : 1000);
    }

    static (Step Step, long Seconds) UnitOf(char ch) => ch switch
    {
        'y' => (Step.Year, 60 * 60 * 24 * 365),
        'M' => (Step.Month, 60 * 60 * 24 * 30),
        'w' => (Step.Week, 60 * 60 * 24 * 7),
        'd' => (Step.Day, 60 * 60 * 24),
        'h' => (Step.Hour, 60 * 60),
        'm' => (Step.Minute, 60),
        's' => (Step.Second, 1),
        ' ' => (Step.Last, 1),
        _ => (Step.Start, 0),
    };

    static bool TryAdd(ref long total, long value, long scale)
    {
        if (value > long.MaxValue / scale || total > long.MaxValue - value * scale)
            return false;

        total += value * scale;
        return true;
    }

    static bool TryAppend(ref long value, char digit)
    {
        int number = digit - '0';
        if (value > (long.MaxValue - number) / 10)
            return false;

        value = value * 10 + number;
        return true;
    }
}
