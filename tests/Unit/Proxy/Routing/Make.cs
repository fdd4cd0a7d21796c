using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Proxy.Matching;

namespace Sluice.Unit.Proxy.Routing;

/// <summary>Locations, names and patterns as tests write them.</summary>
static class Make
{
    static readonly Position Somewhere = new("nginx.conf", 1);

    static readonly CoreSettings Core = new()
    {
        Root = Template.Empty,
        Types = FrozenDictionary<string, string>.Empty,
    };

    static readonly ProxySettings Proxy = new() { HiddenHeaders = FrozenSet<string>.Empty };

    internal static ReadOnlySpan<byte> Bytes(string text) => Encoding.Latin1.GetBytes(text);

    static readonly ConcurrentDictionary<(string, bool), Pattern> Patterns = new();

    internal static Pattern Pattern(string source, bool ignoreCase = false) =>
        Patterns.GetOrAdd((source, ignoreCase), _ => NewPattern(source, ignoreCase));

    static Pattern NewPattern(string source, bool ignoreCase)
    {
        var options = RegexOptions.CultureInvariant
            | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        var regex = new Regex(source, options);
        return new Pattern(source, regex)
        {
            Names = [.. regex.GetGroupNames()
                .Where(name => !char.IsAsciiDigit(name[0]))
                .Select(name => (name, regex.GroupNumberFromName(name)))],
        };
    }

    internal static LocationConfig Prefix(string name, params LocationConfig[] children) =>
        Location(LocationMatch.Prefix, name, children);

    internal static LocationConfig Strong(string name, params LocationConfig[] children) =>
        Location(LocationMatch.PrefixNoRegex, name, children);

    internal static LocationConfig Exact(string name) => Location(LocationMatch.Exact, name, []);

    internal static LocationConfig Regex(string source, params LocationConfig[] children) =>
        Location(LocationMatch.Regex, source, children);

    internal static LocationConfig RegexIgnoreCase(
        string source, params LocationConfig[] children) =>
        Location(LocationMatch.RegexIgnoreCase, source, children);

    /// <summary>A location that proxies: its name without the final slash redirects.</summary>
    internal static LocationConfig Proxied(string name, params LocationConfig[] children) =>
        Location(LocationMatch.Prefix, name, children, autoRedirect: true);

    internal static LocationConfig Location(
        LocationMatch match, string name, LocationConfig[] children, bool autoRedirect = false) =>
        new()
        {
            Match = match,
            Name = name,
            Children = [.. children],
            AutoRedirect = autoRedirect,
            Pattern = match is LocationMatch.Regex or LocationMatch.RegexIgnoreCase
                ? Pattern(name, match == LocationMatch.RegexIgnoreCase)
                : null,
            Core = Core,
            Proxy = Proxy,
            Position = Somewhere,
        };

    internal static ServerConfig Server(string name) => new()
    {
        FirstName = name,
        Root = Location(LocationMatch.None, "", []),
        NamedLocations = FrozenDictionary<string, LocationConfig>.Empty,
        Position = Somewhere,
    };

    internal static ListenConfig Listen(
        ServerConfig[] exact,
        (string Key, ServerConfig Server)[]? leading = null,
        (string Key, ServerConfig Server)[]? trailing = null,
        (string Pattern, ServerConfig Server)[]? regexes = null) => new()
        {
            Address = "0.0.0.0:80",
            EndPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Any, 80),
            DefaultServer = Server("default"),
            Position = Somewhere,
            Names = new ServerNameTable
            {
                Exact = exact.ToFrozenDictionary(server => server.FirstName),
                Leading = (leading ?? []).ToFrozenDictionary(e => e.Key, e => e.Server),
                Trailing = (trailing ?? []).ToFrozenDictionary(e => e.Key, e => e.Server),
                Regexes = [.. (regexes ?? []).Select(e => (Pattern(e.Pattern), e.Server))],
            },
        };

    internal static MapConfig Map(
        (string Key, string Value)[] exact,
        (string Key, string Value)[]? leading = null,
        (string Key, string Value)[]? trailing = null,
        (Pattern Pattern, string Value)[]? regexes = null,
        bool hostnames = false)
    {
        return new MapConfig
        {
            Source = Template.Variable("host"),
            Variable = "value",
            Exact = Of(exact),
            Leading = Of(leading ?? []),
            Trailing = Of(trailing ?? []),
            Regexes = [.. (regexes ?? []).Select(e => (e.Pattern, Template.Literal(e.Value)))],
            Default = Template.Literal("default"),
            Hostnames = hostnames,
            Position = Somewhere,
        };

        static FrozenDictionary<string, Template> Of((string Key, string Value)[] pairs) =>
            pairs.ToFrozenDictionary(pair => pair.Key, pair => Template.Literal(pair.Value));
    }
}

/// <summary>Writes down what expressions captured.</summary>
sealed class HeardCaptures : ICaptures
{
    /// <summary>The source and the groups of each match: "^/(a)|/a|a"; "-" took no part.</summary>
    internal List<string> Matches { get; } = [];

    public void OnMatch(
        Pattern pattern, ReadOnlySpan<byte> subject, ReadOnlySpan<GroupRange> groups)
    {
        var heard = new StringBuilder(pattern.Source);
        foreach (var group in groups)
        {
            heard.Append('|').Append(group.IsMatched
                ? Encoding.Latin1.GetString(subject.Slice(group.Start, group.Length))
                : "-");
        }
        Matches.Add(heard.ToString());
    }
}
