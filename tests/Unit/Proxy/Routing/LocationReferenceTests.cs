using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Config.Model;
using Sluice.Proxy.Routing.Locations;
using Sluice.Proxy.Matching;
using static Sluice.Unit.Proxy.Routing.Make;

namespace Sluice.Unit.Proxy.Routing;

/// <summary>The tree against the rules read aloud: sets and loops, no order, no tree.</summary>
public class LocationReferenceTests
{
    static readonly string[] Pieces = ["/", "a", "b", "-", ".", "ab", "/a", "\u00E9"];
    static readonly string[] Sources = ["^/a", "b$", "a.*b", "/", "-", "^/(a|b)/", "(?i)B"];

    [Fact]
    public void The_tree_finds_what_the_rules_say() =>
        Prop.ForAll(Cases().ToArbitrary(), Agrees)
            .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true));

    static bool Agrees((LocationConfig[] Locations, string[] Uris) given)
    {
        var tree = new LocationTree(given.Locations);
        foreach (var uri in given.Uris)
        {
            var expected = Reference.Find(given.Locations, uri);
            var found = tree.Find(Encoding.Latin1.GetBytes(uri), NoCaptures.Instance);
            if (found.Location != expected.Location || found.IsRedirect != expected.IsRedirect)
                return false;
        }
        return true;
    }

    static Gen<(LocationConfig[], string[])> Cases() =>
        from locations in Level("/", depth: 2)
        from uris in Name("/").ArrayOf(20)
        select (locations, uris);

    static Gen<string> Name(string start) =>
        from pieces in Gen.Elements(Pieces).ListOf()
        select start + string.Concat(pieces.Take(5));

    static Gen<LocationConfig[]> Level(string parent, int depth) =>
        from count in Gen.Choose(0, 7)
        from locations in One(parent, depth).ArrayOf(count)
        select locations
            .DistinctBy(location => (location.Name, location.Match == LocationMatch.Exact))
            .ToArray();

    static Gen<LocationConfig> One(string parent, int depth) =>
        from match in Gen.Elements(
            LocationMatch.Prefix, LocationMatch.Prefix, LocationMatch.PrefixNoRegex,
            LocationMatch.Exact, LocationMatch.Regex)
        from name in match == LocationMatch.Regex ? Gen.Elements(Sources) : Name(parent)
        from proxied in Gen.Elements(true, false)
        from children in depth == 0 || match == LocationMatch.Exact
            ? Gen.Constant(Array.Empty<LocationConfig>())
            : Level(match == LocationMatch.Regex ? parent : name, depth - 1)
        select Location(
            match, name, children,
            proxied && match != LocationMatch.Regex && name.EndsWith('/'));

    /// <summary>One level of locations, as nginx's documentation and its code describe it.</summary>
    sealed class Reference
    {
        LocationConfig? location;

        internal static (LocationConfig? Location, bool IsRedirect) Find(
            LocationConfig[] locations, string uri)
        {
            var reference = new Reference();
            var outcome = reference.Search(locations, uri);
            return (reference.location, outcome == "redirect");
        }

        string Search(IReadOnlyList<LocationConfig> level, string uri)
        {
            var outcome = SearchNames(level, uri);
            var mayMatch = true;
            if (outcome == "prefix")
            {
                mayMatch = location!.Match != LocationMatch.PrefixNoRegex;
                outcome = Search(location.Children, uri);
            }
            if (outcome is "exact" or "redirect" || !mayMatch)
                return outcome;
            foreach (var candidate in level)
            {
                if (candidate.Pattern is null || !candidate.Pattern.Regex.IsMatch(uri))
                    continue;
                location = candidate;
                Search(candidate.Children, uri);
                return "exact";
            }
            return outcome;
        }

        string SearchNames(IReadOnlyList<LocationConfig> level, string uri)
        {
            var named = level.Where(one => one.Pattern is null).ToArray();
            var exact = named.Where(one => one.Match == LocationMatch.Exact).ToArray();
            var prefixes = named.Except(exact).ToArray();
            if (exact.FirstOrDefault(one => one.Name == uri) is { } same)
                return Take(same, "exact");
            if (prefixes.FirstOrDefault(one => one.Name == uri) is { } whole)
                return Take(whole, "prefix");
            var slashed = named.Where(one => one.Name == uri + "/").ToArray();
            if (slashed.Any(one => one.AutoRedirect))
                return Take(slashed.MinBy(one => one.Match != LocationMatch.Exact)!, "redirect");
            var longest = prefixes
                .Where(one => uri.StartsWith(one.Name, StringComparison.Ordinal))
                .MaxBy(one => one.Name.Length);
            return longest is null ? "none" : Take(longest, "prefix");
        }

        string Take(LocationConfig found, string outcome)
        {
            location = found;
            return outcome;
        }
    }
}
