using System.Text.RegularExpressions;

namespace Sluice.Unit.Tidy;

/// <summary>Words and calls that have no place, each with what to write instead.</summary>
public static partial class WordRules
{
    /// <summary>Put together here, so that this file does not break its own rule.</summary>
    static readonly Regex leftovers = new(
        $@"\b(TO{""}DO|FIX{""}ME|HA{""}CK|X{""}XX)\b|NotImplemented{""}Exception|^\s*#region\b",
        RegexOptions.Multiline | RegexOptions.CultureInvariant);

    static readonly Regex skips = new(@"\[(Fact|Theory|InlineData|MemberData)[^\]]*\bSkip\s*=");

    static readonly Regex hosts = new(
        $@"\bregistry\.npm|\bnpm{""}js\.|nu{""}get\.org|pypi\.{""}org|crates\.{""}io|""resolved"":",
        RegexOptions.CultureInvariant);

    /// <summary>A call, the folders it is banned from, the exceptions, and what to use.</summary>
    sealed record Ban(string Pattern, string[] Folders, string[] Except, string Instead);

    static readonly string[] dataPath = ["src/Net/", "src/Proxy/"];

    static readonly string[] servedInTurns =
    [
        "src/Proxy/Listen/", "src/Proxy/Client/", "src/Proxy/Http1/", "src/Proxy/Routing/",
        "src/Proxy/Upstream/", "src/Proxy/Tunnel/", "src/Proxy/Variables/", "src/Proxy/Matching/",
    ];

    static readonly Ban[] bans =
    [
        new(@"\bDateTime(Offset)?\.(Utc)?Now\b|\bEnvironment\.TickCount|\bStopwatch\b",
            ["src/Proxy/", "src/Config/"], [], "Loop.NowMs or Loop.UnixMs: time is a parameter"),
        new(@"\bRandom\.Shared\b|\bnew Random\(\)", ["src/", "tests/Unit/"],
            // Where chance enters the product.
            ["src/Proxy/Gateway.cs"],
            "a seeded generator: chance is a parameter"),
        new(@"\bThread\.Sleep\b|\bTask\.Delay\b", ["src/Proxy/", "src/Config/", "tests/Unit/"],
            ["tests/Unit/Net/"], "a timer of the loop; a unit test never sleeps"),
        new(@"\.GetAwaiter\(\)\s*\.GetResult\(\)|\.Result\b(?!\()|\.Wait\(\)", dataPath,
            // Runs on the thread that started the gateway.
            ["src/Proxy/Gateway.cs"],
            "await on the loop: nothing on the path blocks"),
        new(@"\block\s*\(|\bMonitor\.", servedInTurns, [],
            "an owner: state belongs to one loop; others Post"),
        new(@"\bTask\.Run\b|\bThreadPool\b", servedInTurns,
            // Compiles an expression that is used often; nothing waits for it.
            ["src/Proxy/Matching/Expression.cs"],
            "the loop itself, or the one hand-off for work that blocks"),
        new(@"\basync\s+void\b", ["src/", "tests/"], [], "a task somebody awaits"),
        new(@"\bConsole\.(Write|Out|Error|In|Read)", ["src/Config/", "src/Net/", "src/Proxy/"], [],
            "a value the caller prints"),
        new(@"\bEnvironment\.Exit\b", ["src/"], [], "a result that reaches Main"),
    ];

    public static IEnumerable<string> Leftovers(TreeFile file) => leftovers.Matches(file.Text)
        .Select(match => $"{At(file, file.Text, match)}: {match.Value.Trim()}");

    public static IEnumerable<string> SkippedTests(TreeFile file) => skips.Matches(file.Code)
        .Select(match => $"{At(file, file.Code, match)}: a test that is switched off");

    public static IEnumerable<string> RegistryHosts(TreeFile file) => hosts.Matches(file.Text)
        .Select(match => $"{At(file, file.Text, match)}: {match.Value}");

    public static IEnumerable<string> BannedCalls(TreeFile file) =>
        from ban in bans
        where ban.Folders.Any(file.Path.StartsWith) && !ban.Except.Any(file.Path.StartsWith)
        from Match match in Regex.Matches(file.Code, ban.Pattern)
        select $"{At(file, file.Code, match)}: {match.Value}; use {ban.Instead}";

    /// <summary>Names of files that say nothing about what is in them.</summary>
    public static IEnumerable<string> EmptyNames(TreeFile file) =>
        EmptyName().IsMatch(file.Path) ? [$"{file.Path}: a name that says nothing"] : [];

    static string At(TreeFile file, string text, Match match) =>
        $"{file.Path}:{text.AsSpan(0, match.Index).Count('\n') + 1}";

    [GeneratedRegex(@"(Utils?|Helpers?|Manager|Misc|Common)\.cs$")]
    private static partial Regex EmptyName();
}
