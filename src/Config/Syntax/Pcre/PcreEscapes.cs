namespace Sluice.Config.Syntax.Pcre;

/// <summary>What an escape sequence stands for.</summary>
enum EscapeKind
{
    /// <summary>One byte: <see cref="Escape.Value"/>.</summary>
    Byte,

    /// <summary>One byte of <see cref="Escape.Set"/>.</summary>
    Set,

    /// <summary>The group with the number <see cref="Escape.Value"/>.</summary>
    Reference,

    /// <summary>The group with the name <see cref="Escape.Name"/>.</summary>
    NamedReference,

    /// <summary>A place in the text or another construct: the letter is the value.</summary>
    Letter,

    /// <summary>Nothing: a lone \E.</summary>
    Nothing,
}

readonly record struct Escape(EscapeKind Kind, int Value, ByteSet? Set = null, string Name = "");

/// <summary>Reads the escape sequences of PCRE2.</summary>
sealed class PcreEscapes(PcreCursor cursor)
{
    /// <summary>Letters behind a backslash that stand for a place or a construct.</summary>
    const string Letters = "ABCGKNQRXZbz";

    /// <summary>
    /// Reads what follows a backslash. <paramref name="groups"/> are the groups opened so far:
    /// they decide whether \12 is a reference or a byte.
    /// </summary>
    public bool Read(bool inClass, int groups, out Escape escape)
    {
        escape = default;
        if (cursor.IsAtEnd)
            return Fail("\\ at end of pattern");

        char letter = cursor.Source[cursor.At++];
        if (!char.IsAsciiLetterOrDigit(letter))
        {
            escape = new Escape(EscapeKind.Byte, letter);
            return true;
        }

        if (char.IsAsciiDigit(letter))
            return ReadDigits(letter, inClass, groups, out escape);

        int value = letter switch
        {
            'a' => 0x07,
            'b' when inClass => 0x08,
            'e' => 0x1B,
            'f' => 0x0C,
            'n' => 0x0A,
            'r' => 0x0D,
            't' => 0x09,
            _ => -1,
        };
        if (value >= 0)
        {
            escape = new Escape(EscapeKind.Byte, value);
            return true;
        }

        var set = SetOf(letter);
        if (set is not null)
        {
            escape = new Escape(EscapeKind.Set, letter, set);
            return true;
        }

        return ReadLetter(letter, inClass, groups, out escape);
    }

    static ByteSet? SetOf(char letter)
    {
        var set = char.ToLowerInvariant(letter) switch
        {
            'd' => ByteSet.Digits,
            'w' => ByteSet.Words,
            's' => ByteSet.Spaces,
            'h' => ByteSet.HorizontalSpaces,
            'v' => ByteSet.VerticalSpaces,
            _ => null,
        };
        return char.IsAsciiLetterUpper(letter) ? set?.Negated() : set;
    }

    bool ReadLetter(char letter, bool inClass, int groups, out Escape escape)
    {
        escape = new Escape(EscapeKind.Letter, letter);
        switch (letter)
        {
            case 'x':
                return ReadHex(out escape);
            case 'o':
                return ReadBracedOctal(out escape);
            case 'c':
                return ReadControl(out escape);
            case 'p' or 'P':
                return ReadProperty(letter == 'P', out escape);
            case 'E':
                escape = new Escape(EscapeKind.Nothing, 0);
                return true;
            case 'F' or 'L' or 'l' or 'U' or 'u':
                return Fail("PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u");
            case 'N' when cursor.Skip('{'):
                bool isRepeated = cursor.IsAtCounts;
                cursor.At--;
                if (isRepeated)
                    return true;
                return Fail("\\N{U+dddd} is supported only in Unicode (UTF) mode");
            case 'g' when !inClass:
                return ReadGroupReference(groups, out escape);
            case 'k' when !inClass:
                return ReadNamedReference(out escape);
        }

        bool isKnown = Letters.Contains(letter) || letter is 'g' or 'k';
        if (!isKnown)
            return cursor.Fail("unrecognized character follows \\", cursor.At - 1);
        if (inClass && letter != 'Q')
            return cursor.Fail("escape sequence is invalid in character class", cursor.At - 1);
        return true;
    }

    bool Fail(string message) => cursor.Fail(message, cursor.At);

    bool ReadDigits(char first, bool inClass, int groups, out Escape escape)
    {
        escape = default;
        int start = cursor.At - 1;
        if (first != '0' && !inClass)
        {
            cursor.At = start;
            int number = cursor.ReadNumber();
            if (number < 10 || first >= '8' || number <= groups)
            {
                escape = new Escape(EscapeKind.Reference, number);
                return true;
            }
        }

        cursor.At = start;
        int value = 0;
        for (; cursor.At < start + 3 && cursor.Next is >= '0' and <= '7'; cursor.At++)
            value = value * 8 + cursor.Next - '0';

        if (cursor.At == start)
            value = cursor.Source[cursor.At++];
        if (value > 0xFF)
        {
            return Fail("octal value is greater than \\377 in 8-bit non-UTF-8 mode");
        }

        escape = new Escape(EscapeKind.Byte, value);
        return true;
    }

    bool ReadHex(out Escape escape)
    {
        int value = 0;
        escape = default;
        if (!cursor.Skip('{'))
        {
            for (int digits = 0; digits < 2 && char.IsAsciiHexDigit(cursor.Next); digits++)
                value = value * 16 + DigitOf(cursor.Source[cursor.At++]);

            escape = new Escape(EscapeKind.Byte, value);
            return true;
        }

        return ReadBraced(16, "non-hex character in \\x{} (closing brace missing?)", out escape);
    }

    bool ReadBracedOctal(out Escape escape)
    {
        escape = default;
        if (!cursor.Skip('{'))
            return Fail("missing opening brace after \\o");

        return ReadBraced(8, "non-octal character in \\o{} (closing brace missing?)", out escape);
    }

    bool ReadBraced(int radix, string badDigit, out Escape escape)
    {
        int value = 0;
        escape = default;
        for (; DigitOf(cursor.Next) < radix; cursor.At++)
        {
            value = value * radix + DigitOf(cursor.Next);
            if (value > 0xFF)
            {
                int end = cursor.Source.IndexOf('}', cursor.At);
                return cursor.Fail("character code point value in \\x{} or \\o{} is too large",
                    end < 0 ? cursor.Source.Length : end);
            }
        }

        if (!cursor.Skip('}'))
            return cursor.Fail(badDigit, cursor.At);

        escape = new Escape(EscapeKind.Byte, value);
        return true;
    }

    /// <summary>The value of a digit, hexadecimal ones included; 16 for another char.</summary>
    static int DigitOf(char ch) =>
        char.IsAsciiHexDigit(ch) ? Convert.ToInt32(ch.ToString(), 16) : 16;

    bool ReadControl(out Escape escape)
    {
        escape = default;
        if (cursor.IsAtEnd)
            return Fail("\\c at end of pattern");

        char letter = cursor.Source[cursor.At++];
        if (letter is < ' ' or > '~')
            return Fail("\\c must be followed by a printable ASCII character");

        escape = new Escape(EscapeKind.Byte, char.ToUpperInvariant(letter) ^ 0x40);
        return true;
    }

    bool ReadProperty(bool negated, out Escape escape)
    {
        escape = default;
        string name;
        if (cursor.Skip('{'))
        {
            int close = cursor.Source.IndexOf('}', cursor.At);
            if (close < 0)
                return cursor.Fail("malformed \\P or \\p sequence", cursor.Source.Length);

            if (cursor.Skip('^'))
                negated = !negated;
            name = cursor.Source[cursor.At..close].Trim();
            cursor.At = close + 1;
        }
        else if (char.IsAsciiLetter(cursor.Next))
        {
            name = cursor.Source[cursor.At++].ToString();
        }
        else
        {
            return Fail("malformed \\P or \\p sequence");
        }

        var set = ByteSet.Category(name);
        if (set is null)
            return Fail("unknown property after \\P or \\p");

        escape = new Escape(EscapeKind.Set, 'p', negated ? set.Negated() : set);
        return true;
    }

    bool ReadGroupReference(int groups, out Escape escape)
    {
        escape = default;
        int start = cursor.At;
        if (cursor.Next is '<' or '\'')
            return cursor.Refuse("a subroutine call");

        bool braces = cursor.Skip('{');
        if (braces && cursor.Next is not ('-' or '+') && !char.IsAsciiDigit(cursor.Next))
        {
            bool named = cursor.ReadName('}', out string name);
            escape = new Escape(EscapeKind.NamedReference, start + 1, null, name);
            return named;
        }

        char sign = cursor.Next is '-' or '+' ? cursor.Source[cursor.At++] : '\0';
        if (!char.IsAsciiDigit(cursor.Next))
            return Fail("a numbered reference must not be zero");

        int number = cursor.ReadNumber();
        if (braces && !cursor.Skip('}'))
        {
            return Fail("\\g is not followed by a braced, angle-bracketed, or quoted"
                + " name/number or by a plain number");
        }

        number = sign switch
        {
            '-' => groups - number + 1,
            '+' => groups + number,
            _ => number,
        };
        if (number <= 0)
            return cursor.Fail(PcreCursor.NoSuchGroup, start);

        escape = new Escape(EscapeKind.Reference, number);
        return true;
    }

    bool ReadNamedReference(out Escape escape)
    {
        escape = default;
        char close = cursor.Next switch { '<' => '>', '\'' => '\'', '{' => '}', _ => '\0' };
        if (close == '\0')
        {
            return Fail("\\k is not followed by a braced, angle-bracketed, or quoted name");
        }

        int start = ++cursor.At;
        bool good = cursor.ReadName(close, out string name);
        escape = new Escape(EscapeKind.NamedReference, start, null, name);
        return good;
    }
}
