namespace Sluice.Samples.Messaging.Client;

/// <summary>Where a connection stands.</summary>
public enum ConnectionState
{
    /// <summary>An attempt to connect is under way.</summary>
    Connecting,

    /// <summary>Messages flow.</summary>
    Open,

    /// <summary>The last attempt failed or the connection was lost; the next has its time.</summary>
    Waiting,

    /// <summary>Closed for good, by this side or by a code that says so.</summary>
    Closed,
}

/// <summary>What became of a connection so far.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="AttemptsCount">Attempts to connect.</param>
/// <param name="OpenedCount">Attempts that succeeded.</param>
/// <param name="DroppedCount">Open connections that ended without being asked to.</param>
/// <param name="SentCount">Messages sent, heartbeats left out.</param>
/// <param name="ReceivedCount">Messages received, answers to heartbeats left out.</param>
/// <param name="QueuedCount">Messages that wait to be sent now.</param>
/// <param name="RefusedCount">Messages refused because the queue was full.</param>
/// <param name="Heartbeats">From heartbeats to their answers.</param>
public sealed record ConnectionReport(
    ConnectionState State, long AttemptsCount, long OpenedCount, long DroppedCount, long SentCount,
    long ReceivedCount, int QueuedCount, long RefusedCount, LatencySummary Heartbeats);
