using System.Globalization;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// The id of a stream's entry, which is also the offset that a client keeps: milliseconds and a
/// count within them, such as 1795198232939-0.
/// </summary>
readonly record struct StreamId(ulong Ms, ulong Count) : IComparable<StreamId>
{
    /// <summary>Reads digits, a dash and digits, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out StreamId id)
    {
        id = default;
        var dash = text.IndexOf('-');
        if (dash < 0 || !TryParseNumber(text[..dash], out var ms)
            || !TryParseNumber(text[(dash + 1)..], out var count))
            return false;
        id = new StreamId(ms, count);
        return true;
    }

    public int CompareTo(StreamId other)
    {
        var order = Ms.CompareTo(other.Ms);
        return order != 0 ? order : Count.CompareTo(other.Count);
    }

    public static bool operator <(StreamId left, StreamId right) => left.CompareTo(right) < 0;

    public static bool operator >(StreamId left, StreamId right) => left.CompareTo(right) > 0;

    public static bool operator <=(StreamId left, StreamId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StreamId left, StreamId right) => left.CompareTo(right) >= 0;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Ms}-{Count}");

    static bool TryParseNumber(ReadOnlySpan<char> text, out ulong number)
    {
        number = 0;
        // Parsing alone would let NULs stand behind the digits.
        return !text.ContainsAnyExceptInRange('0', '9') && ulong.TryParse(
            text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
