namespace Sluice.Config.Syntax.Pcre;

/// <summary>
/// A regular expression of PCRE2 and how far it has been read: chars, names and numbers,
/// with PCRE2's error texts and offsets.
/// </summary>
sealed class PcreCursor(string source)
{
    public const string MissingParenthesis = "missing closing parenthesis";
    public const string NoSuchGroup = "reference to non-existent subpattern";

    public string Source => source;

    public int At { get; set; }

    public bool IsAtEnd => At >= source.Length;

    /// <summary>The char to read next; NUL at the end.</summary>
    public char Next => IsAtEnd ? '\0' : source[At];

    /// <summary>The first error, in nginx's words; null while there is none.</summary>
    public string? Error { get; private set; }

    /// <summary>Records an error of PCRE2 at an offset; always gives false.</summary>
    public bool Fail(string message, int offset)
    {
        string place = offset >= source.Length ? "" : $" at \"{source[offset..]}\"";
        Error ??= $"pcre2_compile() failed: {message} in \"{source}\"{place}";
        return false;
    }

    /// <summary>Records that .NET cannot do what PCRE2 can; always gives false.</summary>
    public bool Refuse(string what)
    {
        Error ??= $"regular expression \"{source}\" has {what}, which Sluice does not support";
        return false;
    }

    public bool Skip(char expected)
    {
        if (IsAtEnd || source[At] != expected)
            return false;

        At++;
        return true;
    }

    public bool StartsWith(string text) =>
        source.AsSpan(At).StartsWith(text, StringComparison.Ordinal);

    /// <summary>Reads the name of a group and its closing char.</summary>
    public bool ReadName(char terminator, out string name)
    {
        int start = At;
        name = "";
        if (char.IsAsciiDigit(Next))
            return Fail("subpattern name must start with a non-digit", At);

        while (char.IsAsciiLetterOrDigit(Next) || Next == '_')
            At++;

        name = source[start..At];
        if (name.Length == 0)
            return Fail("subpattern name expected", At);
        if (name.Length > 32)
            return Fail("subpattern name is too long (maximum 32 code units)", At);
        return Skip(terminator)
            || Fail("syntax error in subpattern name (missing terminator?)", At);
    }

    /// <summary>The counts of a quantifier follow, and its closing brace: "2,3}".</summary>
    public bool IsAtCounts
    {
        get
        {
            int at = EndOfDigits(At);
            if (at == At)
                return false;
            if (at < source.Length && source[at] == ',')
                at = EndOfDigits(at + 1);
            return at < source.Length && source[at] == '}';
        }
    }

    public int EndOfDigits(int at)
    {
        while (at < source.Length && char.IsAsciiDigit(source[at]))
            at++;
        return at;
    }

    /// <summary>Reads digits; the value stays below a hundred thousand.</summary>
    public int ReadNumber()
    {
        int value = 0;
        for (; char.IsAsciiDigit(Next); At++)
            value = Math.Min(99_999, value * 10 + Next - '0');
        return value;
    }
}
