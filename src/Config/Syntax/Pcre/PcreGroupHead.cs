namespace Sluice.Config.Syntax.Pcre;

/// <summary>What "(?" begins.</summary>
enum GroupForm
{
    /// <summary>A group: content follows.</summary>
    Group,

    /// <summary>"(?i)": changes what is switched on, up to the end of the group around it.</summary>
    Flags,

    /// <summary>"(?P=name)".</summary>
    Reference,

    /// <summary>"(?#...)".</summary>
    Comment,
}

/// <summary>Reads what follows "(?" up to where the group's content begins.</summary>
sealed class PcreGroupHead(PcreCursor cursor, PcreGroups groups)
{
    public GroupForm Form { get; private set; }

    public GroupKind Kind { get; private set; }

    /// <summary>How the group opens in .NET.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What is switched on in the group, or behind it for <see cref="GroupForm.Flags"/>.</summary>
    public PcreFlags Flags { get; private set; }

    /// <summary>The name of a <see cref="GroupForm.Reference"/>, and where it starts.</summary>
    public string Name { get; private set; } = "";

    public int NameStart { get; private set; }

    public bool Read(PcreFlags outer)
    {
        Flags = outer;
        if (cursor.IsAtEnd)
            return cursor.Fail(PcreCursor.MissingParenthesis, cursor.At);

        char ch = cursor.Source[cursor.At++];
        switch (ch)
        {
            case '#':
                return ReadComment();
            case ':':
                return Set(GroupKind.Plain, "(?:");
            case '>':
                return Set(GroupKind.Plain, "(?>");
            case '|':
                return Set(GroupKind.BranchReset, "(?:");
            case '=':
                return Set(GroupKind.LookAhead, "(?=");
            case '!':
                return Set(GroupKind.LookAhead, "(?!");
            case '<' when cursor.Skip('='):
                return Set(GroupKind.LookBehind, "(?<=");
            case '<' when cursor.Skip('!'):
                return Set(GroupKind.LookBehind, "(?<!");
            case '<':
                return ReadNamed('>');
            case '\'':
                return ReadNamed('\'');
            case 'P':
                return ReadPython();
            case '(':
                // .NET's own conditions go wrong within a lazy loop: a match beyond the text.
                return cursor.Refuse("a condition");
            case 'R' or '&' or '+' or >= '0' and <= '9':
                return cursor.Refuse("recursion");
            case '-' when char.IsAsciiDigit(cursor.Next):
                return cursor.Refuse("recursion");
            case 'C':
                return cursor.Refuse("a callout");
            default:
                cursor.At--;
                return ReadFlags();
        }
    }

    bool Set(GroupKind kind, string output)
    {
        Kind = kind;
        Output = output;
        return true;
    }

    bool ReadComment()
    {
        int end = cursor.Source.IndexOf(')', cursor.At);
        if (end < 0)
            return cursor.Fail("missing ) after (?# comment", cursor.Source.Length);

        cursor.At = end + 1;
        Form = GroupForm.Comment;
        return true;
    }

    bool ReadNamed(char terminator)
    {
        if (!cursor.ReadName(terminator, out string name))
            return false;

        int number = groups.NextNumber();
        return groups.AddName(name, number) && Set(GroupKind.Capture, $"(?<{number}>");
    }

    bool ReadPython()
    {
        if (cursor.IsAtEnd)
            return cursor.Fail(PcreCursor.MissingParenthesis, cursor.At);
        if (cursor.Skip('<'))
            return ReadNamed('>');
        if (cursor.Skip('>'))
            return cursor.ReadName(')', out _) && cursor.Refuse("recursion");
        if (!cursor.Skip('='))
            return cursor.Fail("unrecognized character after (?P", cursor.At);

        NameStart = cursor.At;
        Form = GroupForm.Reference;
        bool good = cursor.ReadName(')', out string name);
        Name = name;
        return good;
    }

    /// <summary>"(?i)", "(?i-s:", "(?^)".</summary>
    bool ReadFlags()
    {
        bool on = true;
        if (cursor.Skip('^'))
        {
            Flags &= PcreFlags.Ungreedy;
        }

        for (; !cursor.IsAtEnd; cursor.At++)
        {
            var flag = cursor.Next switch
            {
                'i' => PcreFlags.IgnoreCase,
                'm' => PcreFlags.Multiline,
                's' => PcreFlags.DotAll,
                'x' => PcreFlags.Extended,
                'n' => PcreFlags.NoAutoCapture,
                'U' => PcreFlags.Ungreedy,
                _ => PcreFlags.None,
            };

            switch (cursor.Next)
            {
                case ')':
                    cursor.At++;
                    Form = GroupForm.Flags;
                    return true;
                case ':':
                    cursor.At++;
                    return Set(GroupKind.Plain, "(?:");
                case '-' when on:
                    on = false;
                    continue;
                case 'J':
                    return cursor.Refuse("duplicate group names");
            }

            if (flag == PcreFlags.None)
                return cursor.Fail("unrecognized character after (? or (?-", cursor.At);
            Flags = on ? Flags | flag : Flags & ~flag;
        }

        return cursor.Fail(PcreCursor.MissingParenthesis, cursor.At);
    }
}
