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
    ];

    /// <summary>Null when it is not accepted.</summary>
    public static string? ReasonFor(AcceptedGolden.Difference difference, GoldenCase session) =>
        entries.FirstOrDefault(entry => entry.Covers(difference, session))?.Reason;

    [GeneratedRegex(@"4[2356][^\[ ]* \[")]
    private static partial Regex SpaceBeforeData();
}
