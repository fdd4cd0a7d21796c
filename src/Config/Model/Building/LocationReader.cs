using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Reads <c>location</c> blocks into the level around them.</summary>
static class LocationReader
{
    /// <summary>Reads a block with everything in it.</summary>
    public static void Read(BuildContext build, LocationDraft outer, DirectiveNode node)
    {
        var draft = ReadHead(build, outer, node)
            ?? new LocationDraft(node, new Level(outer.Level), LocationMatch.Prefix, "")
            {
                IsBroken = true,
            };
        if (!draft.IsBroken && IsAllowedIn(build, outer, draft))
        {
            var siblings = draft.Match == LocationMatch.Named ? outer.Named : outer.Children;
            siblings.Add(draft);
        }

        foreach (var child in node.Children)
        {
            if (child.IsBroken)
                continue;
            if (child.Name == "location")
                Read(build, draft, child);
            else
                draft.Read(build, child);
        }
    }

    /// <summary>Modifier and name, apart or together; null after saying what is wrong.</summary>
    static LocationDraft? ReadHead(BuildContext build, LocationDraft outer, DirectiveNode node)
    {
        bool isApart = node.Args.Length == 2;
        string text = node.Arg(isApart ? 1 : 0);
        var match = LocationMatch.Prefix;
        if (isApart)
        {
            if (MatchOf(node.Arg(0)) is not { } modifier)
            {
                build.Fail(node, 0, $"invalid location modifier \"{node.Arg(0)}\"",
                    "one of =, ^~, ~, ~*");
                return null;
            }

            match = modifier;
        }
        else
        {
            string modifier = ModifierOf(text);
            text = text[modifier.Length..];
            match = MatchOf(modifier) ?? LocationMatch.Prefix;
            if (modifier.Length == 0 && text.StartsWith('@'))
                match = LocationMatch.Named;
        }

        Pattern? pattern = null;
        bool isRegex = match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase;
        bool ignoreCase = match == LocationMatch.RegexIgnoreCase;
        if (isRegex && !build.TryPattern(node, isApart ? 1 : 0, text, ignoreCase, out pattern))
            return null;
        return new LocationDraft(node, new Level(outer.Level), match, text)
        {
            Pattern = pattern,
        };
    }

    static LocationMatch? MatchOf(string modifier) => modifier switch
    {
        "=" => LocationMatch.Exact,
        "^~" => LocationMatch.PrefixNoRegex,
        "~" => LocationMatch.Regex,
        "~*" => LocationMatch.RegexIgnoreCase,
        _ => null,
    };

    static string ModifierOf(string text)
    {
        foreach (string modifier in (string[])["=", "^~", "~*", "~"])
        {
            if (text.StartsWith(modifier))
                return modifier;
        }

        return "";
    }

    /// <summary>nginx's rules for locations within locations.</summary>
    static bool IsAllowedIn(BuildContext build, LocationDraft outer, LocationDraft inner)
    {
        if (outer.Match == LocationMatch.None || outer.IsBroken)
            return true;

        bool isRegex = inner.Pattern is not null;
        string? wrong = outer.Match == LocationMatch.Exact
            ? $"location \"{inner.Name}\" cannot be inside the exact location \"{outer.Name}\""
            : outer.Match == LocationMatch.Named
            ? $"location \"{inner.Name}\" cannot be inside the named location \"{outer.Name}\""
            : inner.Match == LocationMatch.Named
            ? $"named location \"{inner.Name}\" can be on the server level only"
            : !isRegex && !inner.Name.StartsWith(outer.Name)
            ? $"location \"{inner.Name}\" is outside location \"{outer.Name}\""
            : null;
        return wrong is null || build.Fail(inner.Node, wrong);
    }

    /// <summary>
    /// Tells locations of one level that match the same: nginx finds them when all is read.
    /// </summary>
    public static void CheckDuplicates(BuildContext build, LocationDraft outer, DirectiveNode http)
    {
        var seen = new Dictionary<(string Name, bool IsExact), DirectiveNode>();
        foreach (var child in outer.Children)
        {
            bool isExact = child.Match == LocationMatch.Exact;
            if (child.Pattern is null && !seen.TryAdd((child.Name, isExact), child.Node))
            {
                var first = BuildContext.PositionOf(seen[(child.Name, isExact)]);
                build.SayAtEnd(http, child.Node, child.Node.Args[^1],
                    $"duplicate location \"{child.Name}\"", $"the first one is in {first}");
            }

            CheckDuplicates(build, child, http);
        }
    }
}
