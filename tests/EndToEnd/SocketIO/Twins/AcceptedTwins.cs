namespace Sluice.EndToEnd.SocketIO.Twins;

/// <summary>
/// What is meant to be different, with the reason; docs/socketio/from-node.md tells of each.
/// </summary>
/// <param name="Section">Where.</param>
/// <param name="Official">Lines that follow each other in the official server's transcript.</param>
/// <param name="Ours">What stands there instead.</param>
/// <param name="Transport">The only one where it is so; null for all.</param>
/// <param name="Parser">Likewise.</param>
sealed record AcceptedTwins(
    string Section, string[] Official, string[] Ours, string? Transport = null,
    string? Parser = null)
{
    static readonly AcceptedTwins[] all =
    [
        // Not every client takes events before its CONNECT is answered.
        new("guarded",
            ["A got early [\"before the answer\"]", "A connect"],
            ["A connect", "A got early [\"before the answer\"]"]),
        // Whoever waits for an answer is told that nobody can give it any more.
        new("answers", ["server never gone"], ["server gone socket has been disconnected"]),
        // A namespace that has a middleware of its own keeps it, and is kept.
        new("names",
            ["One names -> [\"/names/1\", \"/names/a\", \"/names/by-auth\"]"],
            ["One names -> [\"/names/1\", \"/names/7\", \"/names/a\", \"/names/by-auth\"]"]),
        // The text that the client reads is what somebody looks for in a log.
        new("refused", ["log refusals -> [\"4 Forbidden\""], ["log refusals -> [\"4 not today\""]),
        // System.Text.Json's own form of a date, which JavaScript reads too.
        new("values",
            ["\"1970-01-01T00:00:00.000Z\""], ["\"1970-01-01T00:00:00Z\""], Parser: "json"),
        // Arguments are JSON whatever the parser is, and JSON has no dates and no odd numbers.
        new("values",
            ["A echo -> undefined", "A echo -> {a: undefined, b: null"],
            ["A echo -> null", "A echo -> {b: null"], Parser: "msgpack"),
        new("values",
            ["A echo -> NaN", "A echo -> date(2009-02-13T23:31:30.123Z)"],
            ["A echo -> null", "A echo -> \"2009-02-13T23:31:30.123Z\""], Parser: "msgpack"),
        new("values",
            ["date(1970-01-01T00:00:00.000Z), date(2026-11-21T01:02:03.456Z)"],
            ["\"1970-01-01T00:00:00Z\", \"2026-11-21T01:02:03.456Z\""], Parser: "msgpack"),
        // Lost is what the connection cannot take now, not what follows something at once.
        new("volatile",
            ["A got kept [1]"], ["A got kept [1]", "A got lost [2]", "A got lost [3]"],
            Transport: "websocket"),
    ];

    /// <summary>The official transcript with the differences; each of them must be there.</summary>
    public static string Expect(
        string official, string section, string transport, string parser)
    {
        foreach (var one in all)
        {
            if (one.Section != section || (one.Transport ?? transport) != transport
                || (one.Parser ?? parser) != parser)
                continue;
            var place = string.Join('\n', one.Official);
            Assert.Contains(place, official, StringComparison.Ordinal);
            official = official.Replace(
                place, string.Join('\n', one.Ours), StringComparison.Ordinal);
        }

        return official;
    }
}
