using System.Text;
using Sluice.Config.Model;
using Sluice.Proxy.Matching;

namespace Sluice.Proxy.Routing.Locations;

/// <summary>What a search in one level of locations has found.</summary>
enum LevelResult
{
    /// <summary>Nothing that ends the search.</summary>
    None,

    /// <summary>The longest prefix: its nested locations and then expressions may be better.</summary>
    Prefix,

    /// <summary>The URI's own location, or an expression's: the search ends.</summary>
    Exact,

    /// <summary>Only the final slash is missing: the search ends.</summary>
    Redirect,

    /// <summary>An expression took too long: the search ends.</summary>
    Failed,
}

/// <summary>One location and those nested in it.</summary>
sealed class LocationEntry(LocationConfig config)
{
    internal readonly LocationConfig Config = config;
    internal readonly LocationLevel Nested = new(config.Children);

    internal readonly Expression? Expression =
        config.Pattern is { } pattern ? new Expression(pattern) : null;
}

/// <summary>The locations that are written side by side in one block.</summary>
sealed class LocationLevel
{
    /// <summary>In the order of the file.</summary>
    internal readonly LocationEntry[] Expressions;

    internal readonly bool HasExpressionsAnywhere;

    readonly LocationEntry[] entries;

    /// <summary>Ascending by name, where a slash comes before every other byte.</summary>
    readonly Node[] nodes;

    internal LocationLevel(IReadOnlyCollection<LocationConfig> locations)
    {
        entries = [.. locations.Select(config => new LocationEntry(config))];
        Expressions = [.. entries.Where(entry => entry.Expression is not null)];
        nodes = [.. entries
            .Where(entry => entry.Expression is null)
            .GroupBy(entry => entry.Config.Name, StringComparer.Ordinal)
            .Select(group => new Node(group.Key, group))];
        Array.Sort(nodes, (one, other) => Compare(one.Name, other.Name));
        LinkPrefixes();
        HasExpressionsAnywhere = Expressions.Length > 0
            || entries.Any(entry => entry.Nested.HasExpressionsAnywhere);
    }

    /// <summary>
    /// Finds among prefixes and exact names. <paramref name="entry"/> is left alone when
    /// nothing is found.
    /// </summary>
    internal LevelResult FindStatic(ReadOnlySpan<byte> uri, ref LocationEntry? entry)
    {
        var index = LastNotAfter(uri);
        if (index >= 0 && uri.SequenceEqual(nodes[index].Name))
        {
            entry = nodes[index].Exact ?? nodes[index].Prefix;
            return nodes[index].Exact is null ? LevelResult.Prefix : LevelResult.Exact;
        }
        // With the slash before every other byte, "uri/" is what follows "uri" at once.
        if (index + 1 < nodes.Length && nodes[index + 1].RedirectsFrom(uri))
        {
            entry = nodes[index + 1].Exact ?? nodes[index + 1].Prefix;
            return LevelResult.Redirect;
        }
        // Every prefix of the URI is also a prefix of the last name before it, so the longest
        // is met on the way from that name to ever shorter prefixes.
        for (; index >= 0; index = nodes[index].ShorterPrefix)
        {
            if (nodes[index].Prefix is null || !uri.StartsWith(nodes[index].Name))
                continue;
            entry = nodes[index].Prefix;
            return LevelResult.Prefix;
        }
        return LevelResult.None;
    }

    internal void CompileExpressions()
    {
        foreach (var entry in entries)
        {
            entry.Expression?.Compile();
            entry.Nested.CompileExpressions();
        }
    }

    /// <summary>The last node whose name is the URI or comes before it; -1 for none.</summary>
    int LastNotAfter(ReadOnlySpan<byte> uri)
    {
        var low = 0;
        var high = nodes.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Compare(nodes[middle].Name, uri) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low - 1;
    }

    void LinkPrefixes()
    {
        for (var i = 0; i < nodes.Length; i++)
        {
            var shorter = i - 1;
            while (shorter >= 0 && !nodes[shorter].IsPrefixOf(nodes[i]))
                shorter = nodes[shorter].ShorterPrefix;
            nodes[i].ShorterPrefix = shorter;
        }
    }

    static int Compare(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var common = one.CommonPrefixLength(other);
        if (common == one.Length || common == other.Length)
            return one.Length - other.Length;
        return Rank(one[common]) - Rank(other[common]);
    }

    static int Rank(byte value) => value == (byte)'/' ? -1 : value;

    /// <summary>A name: of a prefix location, of an exact one, or of both.</summary>
    sealed class Node(string name, IEnumerable<LocationEntry> entries)
    {
        internal readonly byte[] Name = Encoding.Latin1.GetBytes(name);

        internal readonly LocationEntry? Exact =
            entries.FirstOrDefault(entry => entry.Config.Match == LocationMatch.Exact);

        internal readonly LocationEntry? Prefix =
            entries.FirstOrDefault(entry => entry.Config.Match != LocationMatch.Exact);

        readonly bool isAutoRedirect = entries.Any(entry => entry.Config.AutoRedirect);

        /// <summary>The node of the longest shorter prefix location; -1 for none.</summary>
        internal int ShorterPrefix = -1;

        internal bool RedirectsFrom(ReadOnlySpan<byte> uri) =>
            isAutoRedirect && Name.Length == uri.Length + 1 && Name.AsSpan().StartsWith(uri);

        internal bool IsPrefixOf(Node other) =>
            Prefix is not null && other.Name.AsSpan().StartsWith(Name);
    }
}
