using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Config.Text;

namespace Sluice.Config.Syntax.Pcre;

/// <summary>
/// Turns a regular expression of PCRE2, as nginx compiles it, into one of .NET that matches the
/// same Latin-1 texts: letters and classes are ASCII's, groups keep PCRE's numbers. What PCRE2
/// refuses is refused in nginx's words; what .NET cannot do is refused too.
/// </summary>
public sealed class PcreTranslator
{
    const string NotRepeatable = "quantifier does not follow a repeatable item";

    readonly PcreCursor cursor;
    readonly PcreEscapes escapes;
    readonly PcreClasses classes;
    readonly PcreGroups groups;
    readonly StringBuilder output = new();

    PcreFlags flags;

    /// <summary>Where the last item starts in the output; -1 when it cannot be repeated.</summary>
    int itemStart = -1;

    /// <summary>Bytes the last item matches; -1 when that varies.</summary>
    int itemBytes;

    PcreTranslator(string source, bool ignoreCase)
    {
        cursor = new PcreCursor(source);
        escapes = new PcreEscapes(cursor);
        classes = new PcreClasses(cursor, escapes);
        groups = new PcreGroups(cursor);
        flags = ignoreCase ? PcreFlags.IgnoreCase : PcreFlags.None;
    }

    /// <summary>
    /// Translates and compiles an expression; <paramref name="ignoreCase"/> is nginx's
    /// <c>~*</c>. The error is nginx's message without its place.
    /// </summary>
    public static bool TryTranslate(
        string source, bool ignoreCase, [NotNullWhen(true)] out Pattern? pattern,
        [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        var translator = new PcreTranslator(source, ignoreCase);
        if (!translator.ReadAll())
        {
            error = translator.cursor.Error ?? "pcre2_compile() failed";
            return false;
        }

        try
        {
            var regex = new Regex(translator.output.ToString(), RegexOptions.CultureInvariant,
                TimeSpan.FromMilliseconds(ConfigLimits.RegexTimeoutMs));
            pattern = new Pattern(source, regex) { Names = translator.groups.Names };
        }
        catch (RegexParseException)
        {
            translator.cursor.Refuse("a construct");
        }

        error = translator.cursor.Error;
        return pattern is not null;
    }

    bool ReadAll()
    {
        groups.Open(GroupKind.Plain, 0, 0, flags);
        while (!cursor.IsAtEnd)
        {
            if (!ReadItem())
                return false;
        }

        if (groups.Depth > 1)
            return cursor.Fail(PcreCursor.MissingParenthesis, cursor.Source.Length);
        return groups.CheckReferences();
    }

    bool ReadItem()
    {
        char ch = cursor.Source[cursor.At++];
        if (flags.HasFlag(PcreFlags.Extended) && SkipExtended(ch))
            return true;

        switch (ch)
        {
            case '\\':
                return ReadEscape();
            case '[':
                return ReadClass();
            case '(':
                return ReadGroup();
            case ')':
                return CloseGroup();
            case '|':
                output.Append('|');
                itemStart = -1;
                return groups.NextBranch();
            case '.':
                bool all = flags.HasFlag(PcreFlags.DotAll);
                return Item((all ? ByteSet.All : ByteSet.NotNewline).ToClass(), 1);
            case '^' or '$':
                bool lines = flags.HasFlag(PcreFlags.Multiline);
                return Place(lines ? $"(?m:{ch})" : ch.ToString());
            case '*' or '+' or '?':
                return Repeat(cursor.At - 1, ch.ToString(), ch == '?' ? 0 : ch == '*' ? 0 : 1, -1);
            case '{' when ReadCounts(out int least, out int most):
                return cursor.Error is null && RepeatCounted(least, most);
            default:
                return Literal(ch);
        }
    }

    /// <summary>White space and comments under (?x).</summary>
    bool SkipExtended(char ch)
    {
        if (ch is ' ' or (>= '\t' and <= '\r'))
            return true;
        if (ch != '#')
            return false;

        int end = cursor.Source.IndexOf('\n', cursor.At);
        cursor.At = end < 0 ? cursor.Source.Length : end + 1;
        return true;
    }

    bool Literal(char ch)
    {
        bool bothCases = flags.HasFlag(PcreFlags.IgnoreCase) && char.IsAsciiLetter(ch);
        if (bothCases)
            return Item($"[{char.ToUpperInvariant(ch)}{char.ToLowerInvariant(ch)}]", 1);

        itemStart = output.Length;
        itemBytes = 1;
        ByteSet.AppendChar(output, ch);
        return groups.Add(itemBytes);
    }

    /// <summary>Something that can be repeated.</summary>
    bool Item(string text, int bytes)
    {
        itemStart = output.Length;
        itemBytes = bytes;
        output.Append(text);
        return groups.Add(bytes);
    }

    /// <summary>An assertion about a place, which PCRE2 does not repeat.</summary>
    bool Place(string text)
    {
        output.Append(text);
        itemStart = -1;
        return true;
    }

    bool ReadClass()
    {
        int bracket = cursor.At - 1;
        if (classes.FindPosixEnd(bracket) is not null)
        {
            return cursor.Fail(cursor.Next == ':'
                ? "POSIX named classes are supported only within a class"
                : PcreClasses.NoCollating, bracket);
        }

        bool ignoreCase = flags.HasFlag(PcreFlags.IgnoreCase);
        return classes.Read(ignoreCase, out var set) && Item(set.ToClass(), 1);
    }

    bool ReadEscape()
    {
        if (!escapes.Read(inClass: false, groups.Count, out var escape))
            return false;

        int start = cursor.At;
        return escape.Kind switch
        {
            EscapeKind.Nothing => true,
            EscapeKind.Byte => Literal((char)escape.Value),
            EscapeKind.Set => Item(escape.Set!.ToClass(), 1),
            EscapeKind.Reference => ReadReference(escape.Value, start - 1),
            EscapeKind.NamedReference => ReadReference(escape.Name, escape.Value),
            _ => ReadLetter((char)escape.Value),
        };
    }

    bool ReadReference(int number, int offset)
    {
        groups.Require(number, offset);
        return Item(Reference(number.ToString(CultureInfo.InvariantCulture)), -1);
    }

    bool ReadReference(string name, int offset)
    {
        if (groups.NumberOf(name) is { } number)
            return ReadReference(number, offset);
        return groups.HasLater(name)
            ? cursor.Refuse("a reference to a group that follows it")
            : cursor.Fail(PcreCursor.NoSuchGroup, offset);
    }

    string Reference(string number) => flags.HasFlag(PcreFlags.IgnoreCase)
        ? $"(?i:\\k<{number}>)"
        : $"\\k<{number}>";

    bool ReadLetter(char letter)
    {
        const string word = "[0-9A-Za-z_]";
        switch (letter)
        {
            case 'A' or 'G' or 'Z' or 'z':
                return Place($"\\{letter}");
            case 'b':
                return Place($"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))");
            case 'B':
                return Place($"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))");
            case 'C':
                return Item(ByteSet.All.ToClass(), 1);
            case 'N':
                return Item(ByteSet.NotNewline.ToClass(), 1);
            case 'R':
                return Item($"(?>\\r\\n|{ByteSet.VerticalSpaces.ToClass()})", -1);
            case 'Q':
                return ReadQuoted();
            case 'K':
                return cursor.Refuse("\\K");
            default:
                return cursor.Refuse("\\X");
        }
    }

    /// <summary>Everything up to \E stands for itself.</summary>
    bool ReadQuoted()
    {
        while (!cursor.IsAtEnd && !cursor.StartsWith("\\E"))
            Literal(cursor.Source[cursor.At++]);

        cursor.At = Math.Min(cursor.At + 2, cursor.Source.Length);
        return true;
    }

    /// <summary>Reads "{2}", "{2,}" or "{2,3}" behind its brace; else nothing is read.</summary>
    bool ReadCounts(out int least, out int most)
    {
        least = most = 0;
        if (!cursor.IsAtCounts)
            return false;

        int start = cursor.At;
        int end = start;
        least = most = cursor.ReadNumber();
        if (cursor.Skip(','))
        {
            end = cursor.At;
            most = char.IsAsciiDigit(cursor.Next) ? cursor.ReadNumber() : -1;
        }

        cursor.Skip('}');
        if (least > ushort.MaxValue || most > ushort.MaxValue)
        {
            int numberEnd = least > ushort.MaxValue ? cursor.EndOfDigits(start)
                : cursor.EndOfDigits(end);
            cursor.Fail("number too big in {} quantifier", numberEnd);
        }
        else if (most >= 0 && most < least)
        {
            cursor.Fail("numbers out of order in {} quantifier", cursor.At - 1);
        }

        return true;
    }

    bool RepeatCounted(int least, int most)
    {
        string count = most == least ? $"{{{least}}}"
            : most < 0 ? $"{{{least},}}"
            : $"{{{least},{most}}}";
        return Repeat(cursor.At - 1, count, least, most);
    }

    /// <summary>
    /// Puts a quantifier behind the last item. .NET has no possessive ones: an atomic group is
    /// the same.
    /// </summary>
    bool Repeat(int offset, string quantifier, int least, int most)
    {
        if (itemStart < 0)
            return cursor.Fail(NotRepeatable, offset);

        bool possessive = cursor.Skip('+');
        bool lazy = !possessive && cursor.Skip('?');
        lazy ^= !possessive && flags.HasFlag(PcreFlags.Ungreedy);

        output.Append(quantifier);
        if (lazy)
            output.Append('?');
        if (possessive)
            output.Insert(itemStart, "(?>").Append(')');

        groups.Repeat(itemBytes, least == most ? least : -1);
        itemStart = -1;
        return true;
    }

    bool ReadGroup()
    {
        int sourceStart = cursor.At - 1;
        int outputStart = output.Length;
        int itemBefore = itemStart;
        itemStart = -1;
        if (cursor.Next == '*')
            return ReadVerb();

        if (!cursor.Skip('?'))
        {
            if (flags.HasFlag(PcreFlags.NoAutoCapture))
                return Open(GroupKind.Plain, "(?:");
            return Open(GroupKind.Capture, $"(?<{groups.NextNumber()}>");
        }

        var head = new PcreGroupHead(cursor, groups);
        if (!head.Read(flags))
            return false;

        switch (head.Form)
        {
            case GroupForm.Comment:
                itemStart = itemBefore;
                return true;
            case GroupForm.Flags:
                flags = head.Flags;
                return true;
            case GroupForm.Reference:
                return ReadReference(head.Name, head.NameStart);
        }

        if (!Open(head.Kind, head.Output))
            return false;
        flags = head.Flags;
        return true;

        bool Open(GroupKind kind, string text)
        {
            output.Append(text);
            return groups.Open(kind, outputStart, sourceStart, flags);
        }
    }

    /// <summary>"(*VERB)" and its kin: nginx users write (*UTF8), which .NET has no mode for.</summary>
    bool ReadVerb()
    {
        int end = cursor.At + 1;
        while (end < cursor.Source.Length && (char.IsAsciiLetterOrDigit(cursor.Source[end])
            || cursor.Source[end] is '_' or ':' or '='))
            end++;

        string verb = cursor.Source[(cursor.At + 1)..end];
        return verb.Length == 0
            ? cursor.Fail(NotRepeatable, cursor.At)
            : cursor.Refuse($"(*{verb})");
    }

    bool CloseGroup()
    {
        if (groups.Depth == 1)
            return cursor.Fail("unmatched closing parenthesis", cursor.At - 1);

        if (!groups.Close(out var group))
            return false;

        output.Append(')');
        flags = group.OuterFlags;
        itemStart = group.OutputStart;
        itemBytes = group.Bytes;
        return true;
    }
}
