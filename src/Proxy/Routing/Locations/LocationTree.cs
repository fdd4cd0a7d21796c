using Sluice.Config.Model;
using Sluice.Proxy.Matching;

namespace Sluice.Proxy.Routing.Locations;

/// <summary>Where a URI leads.</summary>
/// <param name="Location">The location; null when none matched, that is, the server's level.</param>
/// <param name="IsRedirect">
/// The URI lacks only the final slash of the location's name: 301 to that name.
/// </param>
/// <param name="IsFailed">An expression took longer than it may: 500.</param>
public readonly record struct LocationResult(
    LocationConfig? Location, bool IsRedirect = false, bool IsFailed = false);

/// <summary>
/// The locations of a server, found as nginx finds them: the longest prefix, its nested
/// locations, then the expressions in order. Bytes are compared as they are.
/// </summary>
/// <remarks>Immutable; used by all workers. Without expressions a search allocates nothing.</remarks>
public sealed class LocationTree
{
    readonly LocationLevel top;
    readonly bool hasExpressions;

    /// <param name="locations">
    /// Those of the server's level, named ones left out: expressions in the order of the file.
    /// </param>
    public LocationTree(IReadOnlyCollection<LocationConfig> locations)
    {
        top = new LocationLevel(locations);
        hasExpressions = top.HasExpressionsAnywhere;
    }

    /// <summary>Finds the location of a URI.</summary>
    /// <param name="uri">Decoded and normalised, without arguments ($uri).</param>
    /// <param name="captures">Who is told what expressions captured.</param>
    public LocationResult Find(ReadOnlySpan<byte> uri, ICaptures captures)
    {
        LocationEntry? entry = null;
        if (!hasExpressions)
            return ResultOf(Find(top, uri, [], captures, ref entry), entry);
        using var text = new WideText(uri, stackalloc char[MatchingLimits.StackBytes]);
        return ResultOf(Find(top, uri, text.Chars, captures, ref entry), entry);
    }

    /// <summary>
    /// Compiles the expressions, a millisecond or two each: once, on a thread that may take its
    /// time. Searches may be under way.
    /// </summary>
    public void CompileExpressions()
    {
        if (hasExpressions)
            top.CompileExpressions();
    }

    static LocationResult ResultOf(LevelResult result, LocationEntry? entry) => new(
        entry?.Config, result == LevelResult.Redirect, result == LevelResult.Failed);

    static LevelResult Find(
        LocationLevel level,
        ReadOnlySpan<byte> uri,
        ReadOnlySpan<char> text,
        ICaptures captures,
        ref LocationEntry? entry)
    {
        var mayMatchExpressions = true;
        var result = level.FindStatic(uri, ref entry);
        if (result == LevelResult.Prefix)
        {
            mayMatchExpressions = entry!.Config.Match != LocationMatch.PrefixNoRegex;
            result = Find(entry.Nested, uri, text, captures, ref entry);
        }
        if (result is LevelResult.Exact or LevelResult.Redirect or LevelResult.Failed)
            return result;
        return mayMatchExpressions
            ? FindByExpression(level, uri, text, captures, ref entry)
            : LevelResult.None;
    }

    static LevelResult FindByExpression(
        LocationLevel level,
        ReadOnlySpan<byte> uri,
        ReadOnlySpan<char> text,
        ICaptures captures,
        ref LocationEntry? entry)
    {
        foreach (var candidate in level.Expressions)
        {
            var match = candidate.Expression!.Match(text, uri, captures);
            if (match == ExpressionResult.TimedOut)
                return LevelResult.Failed;
            if (match == ExpressionResult.NoMatch)
                continue;
            entry = candidate;
            // As in nginx: below an expression a missing slash finds its location without
            // redirecting.
            return Find(candidate.Nested, uri, text, captures, ref entry) == LevelResult.Failed
                ? LevelResult.Failed
                : LevelResult.Exact;
        }
        return LevelResult.None;
    }
}
