namespace Sluice.Config.Syntax.Pcre;

/// <summary>What is switched on at a place of an expression.</summary>
[Flags]
enum PcreFlags
{
    None = 0,
    IgnoreCase = 1,
    Multiline = 2,
    DotAll = 4,
    Extended = 8,
    NoAutoCapture = 16,
    Ungreedy = 32,
}

enum GroupKind
{
    /// <summary>Holds its content together, and nothing more.</summary>
    Plain,

    /// <summary>Remembers what it matched.</summary>
    Capture,

    /// <summary>Looks ahead; matches no bytes.</summary>
    LookAhead,

    /// <summary>Looks behind; each of its branches has to have a fixed length.</summary>
    LookBehind,

    /// <summary>Each branch numbers its groups from the same start: "(?|".</summary>
    BranchReset,
}

/// <summary>A group that is open, or was just closed.</summary>
sealed class PcreGroup
{
    public const int Varies = -1;

    public required GroupKind Kind { get; init; }

    /// <summary>Where it starts in the translation.</summary>
    public required int OutputStart { get; init; }

    /// <summary>Where its parenthesis stands in the source.</summary>
    public required int SourceStart { get; init; }

    /// <summary>What is switched on again behind it.</summary>
    public required PcreFlags OuterFlags { get; init; }

    /// <summary>Groups counted when it opened.</summary>
    public required int CountAtStart { get; init; }

    /// <summary>Most groups a branch has counted.</summary>
    public int CountMax { get; set; }

    /// <summary>Bytes the branch matches so far, or <see cref="Varies"/>.</summary>
    public int BranchBytes { get; set; }

    /// <summary>Bytes of the branches before; null before the first has ended.</summary>
    public int? EarlierBytes { get; set; }

    /// <summary>Bytes of the whole group, or <see cref="Varies"/>.</summary>
    public int Bytes { get; set; }
}

/// <summary>The groups of an expression: nesting, numbers, names and lengths.</summary>
sealed class PcreGroups(PcreCursor cursor)
{
    readonly Stack<PcreGroup> open = new();
    readonly List<(string Name, int Group)> names = [];
    readonly List<(int Number, int Offset)> required = [];

    /// <summary>Groups that are open, the whole expression being the first.</summary>
    public int Depth => open.Count;

    /// <summary>Capturing groups opened so far.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<(string Name, int Group)> Names => names;

    public int NextNumber() => ++Count;

    public int? NumberOf(string name)
    {
        foreach (var (known, group) in names)
        {
            if (known == name)
                return group;
        }

        return null;
    }

    /// <summary>A group of that name opens behind the place that was read to.</summary>
    public bool HasLater(string name)
    {
        string rest = cursor.Source[cursor.At..];
        return rest.Contains($"<{name}>", StringComparison.Ordinal)
            || rest.Contains($"'{name}'", StringComparison.Ordinal);
    }

    public bool AddName(string name, int number)
    {
        if (NumberOf(name) is { } other && other != number)
        {
            return cursor.Fail("two named subpatterns have the same name"
                + " (PCRE2_DUPNAMES not set)", cursor.At);
        }

        names.Add((name, number));
        return true;
    }

    /// <summary>The expression refers to a group, which may follow.</summary>
    public void Require(int number, int offset) => required.Add((number, offset));

    public bool CheckReferences()
    {
        foreach (var (number, offset) in required)
        {
            if (number > Count)
                return cursor.Fail(PcreCursor.NoSuchGroup, offset);
        }

        return true;
    }

    public bool Open(GroupKind kind, int outputStart, int sourceStart, PcreFlags outerFlags)
    {
        const int nestingMax = 250;
        if (open.Count > nestingMax)
            return cursor.Fail("parentheses are too deeply nested", cursor.At);

        open.Push(new PcreGroup
        {
            Kind = kind,
            OutputStart = outputStart,
            SourceStart = sourceStart,
            OuterFlags = outerFlags,
            CountAtStart = Count,
        });
        return true;
    }

    /// <summary>An item of so many bytes joins the open branch.</summary>
    public bool Add(int bytes)
    {
        var group = open.Peek();
        group.BranchBytes = Sum(group.BranchBytes, bytes);
        return true;
    }

    /// <summary>The last item of the open branch is repeated; -1 is a varying number.</summary>
    public void Repeat(int bytes, int times)
    {
        var group = open.Peek();
        if (times < 0 || bytes < 0)
            group.BranchBytes = bytes == 0 ? group.BranchBytes : PcreGroup.Varies;
        else if (group.BranchBytes >= 0)
            group.BranchBytes += bytes * (times - 1);
    }

    public bool NextBranch()
    {
        var group = open.Peek();
        EndBranch(group);
        group.BranchBytes = 0;
        if (group.Kind == GroupKind.BranchReset)
            Count = group.CountAtStart;
        return true;
    }

    public bool Close(out PcreGroup group)
    {
        group = open.Pop();
        EndBranch(group);
        Count = Math.Max(Count, group.CountMax);
        bool looks = group.Kind is GroupKind.LookAhead or GroupKind.LookBehind;
        group.Bytes = looks ? 0 : group.EarlierBytes ?? 0;
        Add(group.Bytes);
        return cursor.Error is null;
    }

    void EndBranch(PcreGroup group)
    {
        if (group.Kind == GroupKind.LookBehind && group.BranchBytes == PcreGroup.Varies)
            cursor.Fail("lookbehind assertion is not fixed length", group.SourceStart);

        bool differs = group.EarlierBytes is { } earlier && earlier != group.BranchBytes;
        group.EarlierBytes = differs ? PcreGroup.Varies : group.BranchBytes;
        group.CountMax = Math.Max(group.CountMax, Count);
    }

    static int Sum(int first, int second) =>
        first < 0 || second < 0 ? PcreGroup.Varies : first + second;
}
