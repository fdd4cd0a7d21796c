namespace Sluice.Fuzz.Slow;

/// <summary>One header line of a slow reader.</summary>
public sealed record SlowField(string Name, string Value);

/// <summary>
/// Header sections read with strings, a line at a time: short and plain, to check the codec by.
/// Text is Latin-1, one character a byte.
/// </summary>
public static class SlowHeaders
{
    const string NameLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    /// <summary>
    /// The lines of a section up to its empty line. Null when a line is not one; the section
    /// must be complete.
    /// </summary>
    public static List<SlowField>? Read(
        string[] lines, bool refusesControls, bool underscores, bool dropsUnusual)
    {
        var fields = new List<SlowField>();
        foreach (var line in lines)
        {
            if (HasWrongByte(line, refusesControls)) return null;
            var colon = line.IndexOf(':');
            var name = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..].Trim(' ', '\t');
            if (name == "" || name.Any(letter => letter is <= ' ' or '\x7f')) return null;
            var letters = underscores ? NameLetters + "_" : NameLetters;
            if (dropsUnusual && name.Any(letter => !letters.Contains(letter))) continue;
            fields.Add(new SlowField(name, value));
        }
        return fields;
    }

    /// <summary>
    /// Cuts a complete section off its text: the lines without their ends, and the offset behind
    /// the empty line. Null when there is no empty line.
    /// </summary>
    public static (string[] Lines, int End)? Lines(string text, int start)
    {
        var lines = new List<string>();
        while (true)
        {
            var feed = text.IndexOf('\n', start);
            if (feed < 0) return null;
            var line = text[start..feed];
            start = feed + 1;
            if (line.EndsWith('\r')) line = line[..^1];
            if (line == "") return (lines.ToArray(), start);
            lines.Add(line);
        }
    }

    public static string? First(List<SlowField> fields, string name) =>
        fields.Find(field => Same(field.Name, name))?.Value;

    public static int Count(List<SlowField> fields, string name) =>
        fields.Count(field => Same(field.Name, name));

    public static bool HasToken(List<SlowField> fields, string name, string token) =>
        fields.Any(field => Same(field.Name, name)
            && field.Value.Split(',').Any(member => Same(member.Trim(' ', '\t'), token)));

    /// <summary>A decimal number from 0 to 2^63 - 1, or null.</summary>
    public static long? Number(string text)
    {
        var digits = text.TrimStart('0');
        if (text == "" || text.Any(letter => letter is < '0' or > '9')) return null;
        if (digits.Length > 19) return null;
        var value = digits == "" ? 0 : ulong.Parse(digits);
        return value > long.MaxValue ? null : (long)value;
    }

    public static bool Same(string left, string right) =>
        left.Equals(right, StringComparison.OrdinalIgnoreCase);

    static bool HasWrongByte(string line, bool refusesControls) => line.Any(letter =>
        letter is '\0' or '\r'
        || (refusesControls && letter is (< ' ' and not '\t') or '\x7f'));
}
