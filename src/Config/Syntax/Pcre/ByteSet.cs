using System.Globalization;
using System.Text;

namespace Sluice.Config.Syntax.Pcre;

/// <summary>
/// A set of bytes: what a character class means in PCRE's default mode, where a character is a
/// byte and letters are ASCII's.
/// </summary>
sealed class ByteSet
{
    const int Size = 256;

    readonly bool[] has = new bool[Size];

    public bool this[int value] => has[value];

    public ByteSet Add(int first, int last)
    {
        has.AsSpan(first, last - first + 1).Fill(true);
        return this;
    }

    public ByteSet Add(ByteSet other, bool negated = false)
    {
        for (int at = 0; at < Size; at++)
            has[at] |= other.has[at] != negated;
        return this;
    }

    public ByteSet Negated() => new ByteSet().Add(this, negated: true);

    /// <summary>Adds the other case of every ASCII letter.</summary>
    public ByteSet CloseCase()
    {
        for (int upper = 'A'; upper <= 'Z'; upper++)
        {
            int lower = upper | 0x20;
            has[upper] = has[lower] = has[upper] || has[lower];
        }

        return this;
    }

    /// <summary>The set as a class of .NET; one that matches nothing when it is empty.</summary>
    public string ToClass()
    {
        var ranges = new StringBuilder("[");
        for (int at = 0; at < Size; at++)
        {
            if (!has[at])
                continue;

            int first = at;
            while (at + 1 < Size && has[at + 1])
                at++;

            AppendChar(ranges, first);
            if (at > first + 1)
                ranges.Append('-');
            if (at > first)
                AppendChar(ranges, at);
        }

        return ranges.Length == 1 ? "(?!)" : ranges.Append(']').ToString();
    }

    /// <summary>A byte as .NET writes it, in and out of classes.</summary>
    public static void AppendChar(StringBuilder output, int value)
    {
        if (char.IsAsciiLetterOrDigit((char)value) || value is '/' or '_')
            output.Append((char)value);
        else
            output.Append("\\x").Append(value.ToString("X2", CultureInfo.InvariantCulture));
    }

    public static ByteSet Digits => new ByteSet().Add('0', '9');

    public static ByteSet Words =>
        Digits.Add('A', 'Z').Add('a', 'z').Add('_', '_');

    public static ByteSet Spaces => new ByteSet().Add('\t', '\r').Add(' ', ' ');

    public static ByteSet HorizontalSpaces =>
        new ByteSet().Add('\t', '\t').Add(' ', ' ').Add(0xA0, 0xA0);

    public static ByteSet VerticalSpaces => new ByteSet().Add('\n', '\r').Add(0x85, 0x85);

    public static ByteSet All => new ByteSet().Add(0, Size - 1);

    public static ByteSet NotNewline => new ByteSet().Add('\n', '\n').Negated();

    /// <summary>The set of a POSIX name ("alpha"); null for an unknown one.</summary>
    public static ByteSet? Posix(string name) => name switch
    {
        "alpha" => new ByteSet().Add('A', 'Z').Add('a', 'z'),
        "lower" => new ByteSet().Add('a', 'z'),
        "upper" => new ByteSet().Add('A', 'Z'),
        "alnum" => new ByteSet().Add('A', 'Z').Add('a', 'z').Add('0', '9'),
        "ascii" => new ByteSet().Add(0, 0x7F),
        "blank" => new ByteSet().Add('\t', '\t').Add(' ', ' '),
        "cntrl" => new ByteSet().Add(0, 0x1F).Add(0x7F, 0x7F),
        "digit" => Digits,
        "graph" => new ByteSet().Add('!', '~'),
        "print" => new ByteSet().Add(' ', '~'),
        "punct" => new ByteSet().Add('!', '/').Add(':', '@').Add('[', '`').Add('{', '~'),
        "space" => Spaces,
        "word" => Words,
        "xdigit" => new ByteSet().Add('0', '9').Add('A', 'F').Add('a', 'f'),
        _ => null,
    };

    /// <summary>
    /// The bytes of a Unicode category ("Lu", "L", "L&amp;", "Any"); null for an unknown one.
    /// </summary>
    public static ByteSet? Category(string name)
    {
        if (name == "Any")
            return All;

        var set = new ByteSet();
        bool known = name.Length is 1 or 2 && (name == "L&" || Categories.Contains(' ' + name));
        for (int at = 0; at < Size && known; at++)
        {
            int category = (int)CharUnicodeInfo.GetUnicodeCategory((char)at);
            string code = Categories.Substring(1 + category * 3, 2);
            bool cased = code is "Lu" or "Ll" or "Lt";
            set.has[at] = name == "L&" ? cased : code.StartsWith(name, StringComparison.Ordinal);
        }

        return known ? set : null;
    }

    /// <summary>The codes of .NET's UnicodeCategory, in its order.</summary>
    const string Categories = " Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co"
        + " Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn";
}
