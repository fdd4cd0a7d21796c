namespace Sluice.Config.Syntax;

/// <summary>
/// glob(3) as nginx calls it: *, ? and [...] within a name, a leading dot is matched by a dot
/// alone, a backslash takes the next char as it is, results in the order of their bytes.
/// </summary>
public static class GlobPattern
{
    static readonly char[] special = ['*', '?', '['];

    /// <summary>
    /// The paths that match a full path with wildcards; <paramref name="list"/> gives the names
    /// in a directory, and none for what is no directory.
    /// </summary>
    public static IReadOnlyList<string> Expand(
        string pattern, Func<string, IReadOnlyCollection<string>> list)
    {
        List<string> paths = [""];
        for (int at = 0; at < pattern.Length;)
        {
            int start = at;
            while (at < pattern.Length && pattern[at] == '/')
                at++;
            string slashes = pattern[start..at];
            int end = pattern.IndexOf('/', at);
            string part = pattern[at..(end < 0 ? pattern.Length : end)];
            at += part.Length;

            // What comes before the first wildcard need not be readable.
            bool isLast = at == pattern.Length;
            bool isPlain = part.IndexOfAny(special) < 0 && !part.Contains('\\');
            paths = isPlain && !isLast
                ? [.. paths.Select(path => path + slashes + part)]
                : [.. paths.SelectMany(path => Step(path + slashes, part))];
        }

        paths.Sort(StringComparer.Ordinal);
        return paths;

        IEnumerable<string> Step(string directory, string part) => list(directory)
            .Where(name => IsMatch(part, name))
            .Select(name => directory + name);
    }

    /// <summary>One name against one part of a pattern.</summary>
    public static bool IsMatch(string pattern, string name)
    {
        if (name.StartsWith('.') && !pattern.StartsWith('.'))
            return false;

        // Where to go on when the text behind the last star does not match.
        int star = -1, starName = 0;
        int at = 0, atName = 0;
        while (atName < name.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                star = at++;
                starName = atName;
                continue;
            }

            int next = at < pattern.Length ? MatchOne(pattern, at, name[atName]) : -1;
            if (next >= 0)
            {
                at = next;
                atName++;
                continue;
            }

            if (star < 0)
                return false;
            at = star + 1;
            atName = ++starName;
        }

        return pattern.AsSpan(at).Trim('*').IsEmpty;
    }

    /// <summary>Matches one char; gives where the pattern goes on, or -1.</summary>
    static int MatchOne(string pattern, int at, char ch)
    {
        switch (pattern[at])
        {
            case '?':
                return at + 1;
            case '\\' when at + 1 < pattern.Length:
                return pattern[at + 1] == ch ? at + 2 : -1;
            case '[' when FindClassEnd(pattern, at) is > 0 and int end:
                return IsInClass(pattern.AsSpan(at + 1, end - at - 1), ch) ? end + 1 : -1;
            default:
                return pattern[at] == ch ? at + 1 : -1;
        }
    }

    /// <summary>Where a class ends; -1 when its bracket is not closed and stands for itself.</summary>
    static int FindClassEnd(string pattern, int at)
    {
        int first = at + 1;
        if (first < pattern.Length && pattern[first] is '!' or '^')
            first++;
        return first + 1 < pattern.Length ? pattern.IndexOf(']', first + 1) : -1;
    }

    static bool IsInClass(ReadOnlySpan<char> set, char ch)
    {
        bool negated = set[0] is '!' or '^';
        if (negated)
            set = set[1..];

        bool found = false;
        for (int at = 0; at < set.Length; at++)
        {
            bool isRange = at + 2 < set.Length && set[at + 1] == '-';
            char last = isRange ? set[at + 2] : set[at];
            found |= ch >= set[at] && ch <= last;
            if (isRange)
                at += 2;
        }

        return found != negated;
    }
}
