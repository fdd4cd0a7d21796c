using System.Text.RegularExpressions;
using Sluice.EndToEnd.SocketIO.Golden;

namespace Sluice.EndToEnd.SocketIO.Hostile;

/// <summary>Where Sluice.SocketIO may differ from the official server, and why.</summary>
static partial class AcceptedHostile
{
    /// <summary>A kind of difference.</summary>
    /// <param name="Reason">Why it is right.</param>
    /// <param name="Covers">It is one of this kind.</param>
    sealed record Entry(
        string Reason, Func<AcceptedGolden.Difference, GoldenCase, bool> Covers);

    static readonly Entry[] entries =
    [
        new(
            "A client that says over its WebSocket that it leaves is closed at once. The official "
            + "server waits for it to close (websocket/engine-close in accepted.json).",
            (_, session) => session.Steps.Contains("> 1")),
        new(
            "A space in front of an event's data is the space that JSON may have. For the official "
            + "parser it is a number, 0, and asks for an acknowledgement.",
            (_, session) => session.Steps.Any(SpaceBeforeData().IsMatch)),
        new(
            "Arguments are sent on as they came. JavaScript makes Infinity of a number that is too "
            + "large, and null of that.",
            (difference, session) => session.Steps.Any(step => step.Contains("1e400"))
                && difference.Official.Contains("null") && difference.Sluice.Contains("1e400")),
        new(
            "The length of a packet of version 3 is digits. The official server takes whatever "
            + "JavaScript reads as a number.",
            (_, session) => session.Variant == "eio3"
                && session.Steps.Any(step => step.Contains(" 1.0:"))),
        new(
            "The heartbeat of version 3 is text. The official server takes it in base64 too.",
            (_, session) => session.Variant == "eio3"
                && session.Steps.Any(TypedBase64().IsMatch)),
        new(
            "The name of a namespace is what the client sent. For clients of version 3 the "
            + "official server makes a URL's path of it and escapes what is not allowed there.",
            (difference, session) => session.Variant == "eio3"
                && EscapedName().IsMatch(difference.Official)),
    ];

    /// <summary>Null when it is not accepted.</summary>
    public static string? ReasonFor(AcceptedGolden.Difference difference, GoldenCase session) =>
        entries.FirstOrDefault(entry => entry.Covers(difference, session))?.Reason;

    [GeneratedRegex(@"4[2356][^\[ ]* \[")]
    private static partial Regex SpaceBeforeData();

    [GeneratedRegex("(^> |:)b[0-35-6]")]
    private static partial Regex TypedBase64();

    [GeneratedRegex("44/[^,]*%[0-9A-F]{2}")]
    private static partial Regex EscapedName();
}
