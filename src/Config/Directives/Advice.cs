using System.Collections.Immutable;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Directives;

/// <summary>Ways out of an error: what was probably meant, and what would be right.</summary>
public static class Advice
{
    static readonly (Contexts Context, string Name)[] contextNames =
    [
        (Contexts.Main, "main"),
        (Contexts.Events, "events"),
        (Contexts.Http, "http"),
        (Contexts.Server, "server"),
        (Contexts.Location, "location"),
        (Contexts.Upstream, "upstream"),
        (Contexts.ServerIf, "if in server"),
        (Contexts.LocationIf, "if in location"),
        (Contexts.LimitExcept, "limit_except"),
    ];

    /// <summary>
    /// The names of contexts, as nginx's documentation writes them; without those whose blocks
    /// Sluice does not have.
    /// </summary>
    public static IEnumerable<string> NamesOf(Contexts contexts)
    {
        foreach (var (context, name) in contextNames)
        {
            if ((contexts & context & DirectiveTable.Opened) != 0)
                yield return name;
        }
    }

    /// <summary>
    /// What is wrong with the characters, or "did you mean x?" for the nearest directive that the
    /// context allows; when there is none, for the nearest of all, with where it belongs.
    /// </summary>
    public static string? ForUnknown(string name, Contexts context, bool opensBlock)
    {
        if (name.StartsWith("\u00EF\u00BB\u00BF", StringComparison.Ordinal))
            return "the file starts with a byte order mark: save it without one";
        if (name.StartsWith("\u00FF\u00FE", StringComparison.Ordinal)
            || name.StartsWith("\u00FE\u00FF", StringComparison.Ordinal))
            return "the file is UTF-16: save it as UTF-8, without a byte order mark";
        if (name.Contains("\u00C2\u00A0", StringComparison.Ordinal))
            return "there is a no-break space in it: type a blank instead";
        int equals = name.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0 && DirectiveTable.IsName(name[..equals]))
            return $"write {name[..equals]} {name[(equals + 1)..]}, without the \"=\"";

        return Nearest(name, NamesIn(context)) ?? ForElsewhere(name, opensBlock);
    }

    // Of the short words too many are near to some directive of some block.
    static string? ForElsewhere(string name, bool opensBlock) =>
        name.Length > 4 && NearestOf(name, NamesIn(DirectiveTable.Opened)) is { } nearest
            ? $"did you mean {nearest}, which belongs in "
                + $"{Places(DirectiveTable.Find(nearest), opensBlock)}?"
            : null;

    static IEnumerable<string> NamesIn(Contexts context) =>
        DirectiveTable.AllowedIn(context).Select(row => row.Name);

    /// <summary>"did you mean x?" when one of the names is near enough; else null.</summary>
    public static string? Nearest(string name, IEnumerable<string> names) =>
        NearestOf(name, names) is { } best ? $"did you mean {best}?" : null;

    static string? NearestOf(string name, IEnumerable<string> names)
    {
        string? best = null;
        int least = name.Length switch { <= 4 => 1, <= 7 => 2, _ => 3 };
        foreach (string candidate in names)
        {
            int distance = Distance(name.ToLowerInvariant(), candidate, least);
            if (distance > least || distance == least && best is not null)
                continue;
            if (distance >= candidate.Length)
                continue;

            least = distance;
            best = candidate;
        }

        return best;
    }

    /// <summary>The nearest of a few words, else all of them.</summary>
    public static string OneOf(string word, ImmutableArray<string> words)
    {
        // Of "1.0" and "1.1" none is nearer.
        string? nearest = word.Length > 3 ? Nearest(word, words) : null;
        return nearest ?? (words.Length == 1 ? $"it takes {words[0]}"
            : $"it takes one of {string.Join(", ", words)}");
    }

    /// <summary>
    /// "http, server or location": where the rows of a name are allowed, those with a block alone
    /// when it was written with one.
    /// </summary>
    public static string Places(ImmutableArray<Directive> rows, bool opensBlock)
    {
        var alike = rows.Where(row => row.Block != BlockForm.None == opensBlock).ToArray();
        var contexts = (alike.Length > 0 ? alike : [.. rows])
            .Aggregate(Contexts.None, (sum, row) => sum | row.Contexts);
        string[] names = [.. NamesOf(contexts)];
        return names.Length == 1 ? names[0]
            : string.Join(", ", names[..^1]) + " or " + names[^1];
    }

    /// <summary>"on line 3", or with the file's name when that is another one.</summary>
    public static string PlaceOf(DirectiveNode node, SourceFile from)
    {
        if (node.File.IsCommandLine)
            return "in the command line";

        int line = node.NameToken.Line;
        return node.File.Name == from.Name ? $"on line {line}" : $"in {node.File.Name}:{line}";
    }

    /// <summary>nginx's test of the number of arguments.</summary>
    public static bool Takes(Args args, int count)
    {
        if (args.HasFlag(Args.Any))
            return true;
        if (args.HasFlag(Args.OneMore))
            return count >= 1;
        if (args.HasFlag(Args.TwoMore))
            return count >= 2;
        return count <= 7 && ((int)args & (1 << count)) != 0;
    }

    /// <summary>"one or two arguments".</summary>
    public static string Count(Args args)
    {
        if (args.HasFlag(Args.OneMore))
            return "at least one argument";
        if (args.HasFlag(Args.TwoMore))
            return "at least two arguments";

        string[] numbers = ["no", "one", "two", "three", "four", "five", "six", "seven"];
        string[] allowed = [.. numbers.Where((_, count) => Takes(args, count))];
        bool single = args is Args.One or Args.NoneOrOne;
        return string.Join(" or ", allowed) + (single ? " argument" : " arguments");
    }

    /// <summary>
    /// A directive's name at the start of a later line among the arguments: the semicolon before
    /// it is probably missing.
    /// </summary>
    public static (Token After, string Text)? ForMissingSemicolon(DirectiveNode node)
    {
        var before = node.NameToken;
        foreach (var word in node.Args)
        {
            int lineBefore = node.File.LineAt(before.End - 1);
            if (word.Line > lineBefore && !word.IsQuoted && DirectiveTable.IsName(word.Value))
                return (before, $"is a \";\" missing after \"{before.Value}\"?");
            before = word;
        }

        return null;
    }

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours that make one text of the
    /// other; more than <paramref name="most"/> as soon as that is certain.
    /// </summary>
    static int Distance(string from, string to, int most)
    {
        if (Math.Abs(from.Length - to.Length) > most)
            return most + 1;

        int[] earlier = [], above = [.. Enumerable.Range(0, to.Length + 1)];
        for (int row = 1; row <= from.Length; row++)
        {
            int[] current = new int[to.Length + 1];
            current[0] = row;
            for (int column = 1; column <= to.Length; column++)
            {
                int replace = above[column - 1] + (from[row - 1] == to[column - 1] ? 0 : 1);
                current[column] = Math.Min(
                    replace, Math.Min(above[column], current[column - 1]) + 1);
                bool swapped = row > 1 && column > 1 && from[row - 1] == to[column - 2]
                    && from[row - 2] == to[column - 1];
                if (swapped)
                    current[column] = Math.Min(current[column], earlier[column - 2] + 1);
            }

            (earlier, above) = (above, current);
        }

        return above[to.Length];
    }
}
