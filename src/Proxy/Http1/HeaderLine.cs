using System.Buffers;

namespace Sluice.Proxy.Http1;

/// <summary>What <see cref="HeaderLine.Scan"/> found at the start of a line.</summary>
internal enum LineKind
{
    /// <summary>The line has not ended yet.</summary>
    NeedMore,

    /// <summary>A name and a value.</summary>
    Field,

    /// <summary>The empty line that ends the section.</summary>
    End,

    /// <summary>A status line repeated among the headers of a response; it is passed over.</summary>
    Skip,

    /// <summary>Not a header line; <see cref="HeaderLine.ErrorAt"/> is the first wrong byte.</summary>
    Invalid,
}

/// <summary>How strict <see cref="HeaderLine.Scan"/> is.</summary>
[Flags]
internal enum LineRules : byte
{
    None = 0,

    /// <summary>
    /// Every control character but the tab is refused. Otherwise only NUL and a CR without LF.
    /// </summary>
    NoControls = 1,

    /// <summary>A line ends with CR LF; an LF alone is refused.</summary>
    CrLfOnly = 2,

    /// <summary>An underscore is an ordinary letter of a name.</summary>
    Underscores = 4,

    /// <summary>"HTTP/1.1 200 OK" among the headers is skipped, as nginx does for IIS.</summary>
    SkipStatusLines = 8,
}

/// <summary>
/// One line of a header section: requests, responses and trailers are read by the same scanner.
/// The grammar is nginx's: a line without a colon is a name with an empty value, a name with
/// letters outside A-Z a-z 0-9 - is a line of its own kind, blanks around the value are dropped.
/// </summary>
internal partial struct HeaderLine
{
    static readonly SearchValues<byte> Controls = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
        25, 26, 27, 28, 29, 30, 31, 127]);

    static readonly SearchValues<byte> NameLetters = SearchValues.Create(
        "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    public HeadRange Name;
    public HeadRange Value;

    /// <summary>The identity of the name, when the line is a field.</summary>
    public KnownHeader Known;

    /// <summary>The offset behind the line's end.</summary>
    public int Next;

    /// <summary>The offset of the first wrong byte of an invalid line.</summary>
    public int ErrorAt;

    /// <summary>The name has letters that nginx's ignore_invalid_headers is about.</summary>
    public bool HasInvalidName;

    /// <summary>
    /// Reads the line that begins at <paramref name="start"/>. <paramref name="scanned"/> says
    /// how far earlier calls have looked for its end, and is moved on when more is needed, so
    /// that no byte is searched twice.
    /// </summary>
    public static LineKind Scan(
        ReadOnlySpan<byte> head, int start, ref int scanned, LineRules rules, out HeaderLine line)
    {
        if (scanned == start && TryReadUsual(head, start, out line))
        {
            scanned = line.Next;
            return LineKind.Field;
        }
        line = default;
        if (scanned == start && head[start..].StartsWith("\r\n"u8))
        {
            scanned = line.Next = start + 2;
            return LineKind.End;
        }
        var rest = head[scanned..];
        var found = (rules & LineRules.NoControls) != 0
            ? rest.IndexOfAny(Controls)
            : rest.IndexOfAny((byte)'\n', (byte)'\r', (byte)0);
        if (found < 0)
        {
            scanned = head.Length;
            return line.CheckStart(head, start, head.Length, rules);
        }

        var end = scanned + found;
        scanned = end;
        var isComplete = false;
        if (head[end] == '\n')
        {
            line.Next = end + 1;
            isComplete = (rules & LineRules.CrLfOnly) == 0;
        }
        else if (head[end] == '\r')
        {
            if (end + 1 == head.Length) return line.CheckStart(head, start, end, rules);
            line.Next = end + 2;
            isComplete = head[end + 1] == '\n';
        }

        line.ErrorAt = end;
        if (!isComplete) return line.InvalidAt(head, start, end);
        scanned = line.Next;
        return end == start ? LineKind.End : line.Split(head, start, end, rules);
    }

    // A wrong byte of the name is refused at once, not when the line ends.
    LineKind CheckStart(ReadOnlySpan<byte> head, int start, int end, LineRules rules)
    {
        var isInvalid = end > start && Split(head, start, end, rules) == LineKind.Invalid;
        return isInvalid ? LineKind.Invalid : LineKind.NeedMore;
    }

    // The earlier of two errors is the one to report: a wrong byte of the name, or the control
    // character that the search stopped at.
    LineKind InvalidAt(ReadOnlySpan<byte> head, int start, int end)
    {
        Split(head, start, end, LineRules.None);
        return LineKind.Invalid;
    }

    LineKind Split(ReadOnlySpan<byte> head, int start, int end, LineRules rules)
    {
        var text = head[start..end];
        if ((rules & LineRules.SkipStatusLines) != 0 && text.StartsWith("HTTP/"u8))
            return LineKind.Skip;

        var colon = text.IndexOf((byte)':');
        Known = KnownHeaders.Find(colon < 0 ? text : text[..colon]);
        // A known name has no other letters than a name may have.
        var length = Known == KnownHeader.Other ? NameLength(text, rules)
            : colon < 0 ? text.Length
            : colon;

        if (length <= 0)
        {
            ErrorAt = start - length;
            return LineKind.Invalid;
        }

        Name = new HeadRange(start, length);
        var from = start + length + 1;
        if (from > end)
        {
            Value = new HeadRange(end, 0);
            return LineKind.Field;
        }

        while (from < end && head[from] is (byte)' ' or (byte)'\t') from++;
        while (end > from && head[end - 1] is (byte)' ' or (byte)'\t') end--;
        Value = HeadRange.Between(from, end);
        return LineKind.Field;
    }

    int NameLength(ReadOnlySpan<byte> text, LineRules rules)
    {
        var length = text.IndexOfAnyExcept(NameLetters);
        if (length < 0) return text.Length;
        return text[length] == ':' ? length : UnusualName(text, length, rules);
    }

    // The length of a name that has other letters; zero or less is minus the offset of a byte
    // that no name may have.
    int UnusualName(ReadOnlySpan<byte> text, int index, LineRules rules)
    {
        for (; index < text.Length; index++)
        {
            var letter = text[index];
            if (letter == ':') return index;
            if (letter is <= 0x20 or 0x7f) return -index;
            if (letter == '_' && (rules & LineRules.Underscores) != 0) continue;
            if (letter == '-' || char.IsAsciiLetterOrDigit((char)letter)) continue;
            HasInvalidName = true;
        }
        return index;
    }
}
