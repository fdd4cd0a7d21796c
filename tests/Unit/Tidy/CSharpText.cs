namespace Sluice.Unit.Tidy;

/// <summary>
/// Reads C# well enough to tell code from comments and literals. Not a compiler: what it gets
/// wrong costs a wrong complaint in a rule, never a wrong build.
/// </summary>
public static class CSharpText
{
    /// <summary>
    /// The text with every comment and literal replaced by spaces; line feeds stay, so that lines
    /// keep their numbers.
    /// </summary>
    public static string Blank(string text)
    {
        var blank = text.ToCharArray();
        int at = 0;
        while (at < text.Length)
        {
            int end = EndOfLiteral(text, at);
            if (end == at)
            {
                at++;
                continue;
            }
            for (; at < end; at++)
            {
                if (blank[at] != '\n')
                {
                    blank[at] = ' ';
                }
            }
        }
        return new string(blank);
    }

    /// <summary>Where the comment or literal that begins here ends; here, when none begins.</summary>
    static int EndOfLiteral(string text, int at)
    {
        if (Follows(text, at, "//"))
        {
            return IndexOrEnd(text, "\n", at);
        }
        if (Follows(text, at, "/*"))
        {
            return Math.Min(text.Length, IndexOrEnd(text, "*/", at + 2) + 2);
        }
        if (text[at] == '\'')
        {
            return EndOfEscaped(text, at + 1, '\'');
        }
        // A string: dollars and an at sign, in any order, then quotes.
        int quote = at;
        while (quote < text.Length && text[quote] is '$' or '@')
        {
            quote++;
        }
        if (quote >= text.Length || text[quote] != '"')
        {
            return at;
        }
        var prefix = text.AsSpan(at, quote - at);
        int quotes = Count(text, quote, '"');
        bool isRaw = quotes >= 3 && !prefix.Contains('@');
        return isRaw ? EndOfRaw(text, quote, quotes)
            : prefix.Contains('$') ? EndOfInterpolated(text, quote + 1, prefix.Contains('@'))
            : prefix.Contains('@') ? EndOfVerbatim(text, quote + 1)
            : EndOfEscaped(text, quote + 1, '"');
    }

    static int EndOfEscaped(string text, int at, char close)
    {
        while (at < text.Length && text[at] != close)
        {
            at += text[at] == '\\' ? 2 : 1;
        }
        return Math.Min(text.Length, at + 1);
    }

    static int EndOfVerbatim(string text, int at)
    {
        while (at < text.Length && (text[at] != '"' || Follows(text, at, "\"\"")))
        {
            at += text[at] == '"' ? 2 : 1;
        }
        return Math.Min(text.Length, at + 1);
    }

    /// <summary>A raw string ends at as many quotes as it began with, holes or not.</summary>
    static int EndOfRaw(string text, int quote, int quotes)
    {
        int end = IndexOrEnd(text, new string('"', quotes), quote + quotes);
        return end + Count(text, end, '"');
    }

    /// <summary>Steps over holes, which may hold literals of their own.</summary>
    static int EndOfInterpolated(string text, int at, bool isVerbatim)
    {
        int depth = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (depth == 0 && c == '"' && !(isVerbatim && Follows(text, at, "\"\"")))
            {
                return at + 1;
            }
            int nested = depth > 0 ? EndOfLiteral(text, at) : at;
            if (nested > at)
            {
                at = nested;
                continue;
            }
            bool isPair = depth == 0 && (Follows(text, at, "{{") || Follows(text, at, "}}")
                || Follows(text, at, "\"\"") || (c == '\\' && !isVerbatim));
            depth += isPair ? 0 : c == '{' ? 1 : c == '}' ? -1 : 0;
            at += isPair ? 2 : 1;
        }
        return at;
    }

    static bool Follows(string text, int at, string what) =>
        string.CompareOrdinal(text, at, what, 0, what.Length) == 0;

    static int IndexOrEnd(string text, string what, int from)
    {
        int at = from <= text.Length ? text.IndexOf(what, from, StringComparison.Ordinal) : -1;
        return at < 0 ? text.Length : at;
    }

    static int Count(string text, int at, char what)
    {
        int end = at;
        while (end < text.Length && text[end] == what)
        {
            end++;
        }
        return end - at;
    }
}
