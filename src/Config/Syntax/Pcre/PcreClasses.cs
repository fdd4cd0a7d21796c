namespace Sluice.Config.Syntax.Pcre;

/// <summary>Reads the character classes of PCRE2 into sets of bytes.</summary>
sealed class PcreClasses(PcreCursor cursor, PcreEscapes escapes)
{
    public const string NoCollating = "POSIX collating elements are not supported";
    const string MissingBracket = "missing terminating ] for character class";

    /// <summary>
    /// Reads a character class behind its opening bracket, to behind its closing one.
    /// </summary>
    public bool Read(bool ignoreCase, out ByteSet set)
    {
        set = new ByteSet();
        bool negated = cursor.Skip('^');
        bool isFirst = true, isQuoted = false;

        while (true)
        {
            if (cursor.IsAtEnd)
                return cursor.Fail(MissingBracket, cursor.At);

            if (isQuoted && cursor.StartsWith("\\E"))
            {
                cursor.At += 2;
                isQuoted = false;
                continue;
            }

            if (!isQuoted && cursor.StartsWith("\\Q"))
            {
                cursor.At += 2;
                isQuoted = true;
                continue;
            }

            if (!isQuoted && cursor.Next == ']' && !isFirst)
                break;

            isFirst = false;
            if (!ReadClassItem(isQuoted, set))
                return false;
        }

        cursor.At++;
        if (ignoreCase)
            set.CloseCase();
        if (negated)
            set = set.Negated();
        return true;
    }

    /// <summary>Reads a byte, a set or a range of a class.</summary>
    bool ReadClassItem(bool isQuoted, ByteSet set)
    {
        if (!ReadClassAtom(isQuoted, out var first, out var item))
            return false;

        bool isRange = !isQuoted && cursor.Next == '-' && cursor.At + 1 < cursor.Source.Length
            && cursor.Source[cursor.At + 1] != ']';
        if (item is not null)
        {
            set.Add(item);
            return !isRange || cursor.Fail("invalid range in character class", cursor.At);
        }

        if (first < 0)
            return true;

        if (!isRange)
        {
            set.Add(first, first);
            return true;
        }

        cursor.At++;
        int rangeEnd = cursor.At;
        if (!ReadClassAtom(isQuoted, out int last, out item))
            return false;
        if (item is not null)
        {
            bool isPosix = cursor.Source[rangeEnd] == '[';
            int offset = isPosix ? rangeEnd + 1 : cursor.At;
            return cursor.Fail("invalid range in character class", offset);
        }

        if (last < 0)
            return true;
        if (last < first)
            return cursor.Fail("range out of order in character class", cursor.At - 1);

        set.Add(first, last);
        return true;
    }

    /// <summary>Gives a byte, or a set, or -1 for nothing.</summary>
    bool ReadClassAtom(bool isQuoted, out int value, out ByteSet? item)
    {
        value = -1;
        item = null;
        if (cursor.IsAtEnd)
            return cursor.Fail(MissingBracket, cursor.At);

        if (!isQuoted && cursor.Next == '[' && FindPosixEnd(cursor.At) is { } end)
            return ReadPosix(end, out item);

        char ch = cursor.Source[cursor.At++];
        if (isQuoted || ch != '\\')
        {
            value = ch;
            return true;
        }

        if (cursor.IsAtEnd)
            return cursor.Fail("\\ at end of pattern", cursor.At);
        if (!escapes.Read(inClass: true, 0, out var escape))
            return false;

        item = escape.Set;
        value = escape.Kind == EscapeKind.Byte ? escape.Value : -1;
        return true;
    }

    bool ReadPosix(int end, out ByteSet? item)
    {
        int start = cursor.At;
        item = null;
        if (cursor.Source[cursor.At + 1] != ':')
            return cursor.Fail(NoCollating, start);

        int nameStart = cursor.At + 2;
        bool negated = cursor.Source[nameStart] == '^';
        if (negated)
            nameStart++;

        item = ByteSet.Posix(cursor.Source[nameStart..end]);
        cursor.At = end + 2;
        if (item is null)
            return cursor.Fail("unknown POSIX class name", nameStart);
        if (negated)
            item = item.Negated();
        return true;
    }

    /// <summary>
    /// Where the name of "[:name:]", "[.name.]" or "[=name=]" ends, when one starts at the
    /// bracket at <paramref name="bracket"/>.
    /// </summary>
    public int? FindPosixEnd(int bracket)
    {
        char mark = bracket + 1 < cursor.Source.Length ? cursor.Source[bracket + 1] : '\0';
        if (mark is not (':' or '.' or '='))
            return null;

        for (int at = bracket + 2; at + 1 < cursor.Source.Length; at++)
        {
            char next = cursor.Source[at + 1];
            if (cursor.Source[at] == '\\' && next is ']' or '\\')
                at++;
            else if (cursor.Source[at] == ']' || cursor.Source[at] == '[' && next == mark)
                return null;
            else if (cursor.Source[at] == mark && next == ']')
                return at;
        }

        return null;
    }
}
