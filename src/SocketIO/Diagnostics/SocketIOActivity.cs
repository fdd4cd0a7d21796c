using System.Diagnostics;

namespace Sluice.SocketIO.Diagnostics;

/// <summary>
/// Traces: an activity for each connection to a namespace and each event that is handled, under
/// the source "Sluice.SocketIO". Arguments, handshakes and tokens are never in them.
/// </summary>
public static class SocketIOActivity
{
    /// <summary>For <c>AddSource</c> of OpenTelemetry.</summary>
    public const string SourceName = "Sluice.SocketIO";

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>An event is handled; null when nobody listens.</summary>
    internal static Activity? StartEvent(string name, string eventName, string socketId)
    {
        if (!Source.HasListeners())
        {
            return null;
        }
        // Handling begins by itself: the request that opened the connection is another matter.
        var before = Activity.Current;
        Activity.Current = null;
        var activity = Source.StartActivity(
            $"{eventName} receive", ActivityKind.Consumer, default(ActivityContext));
        if (activity is null)
        {
            Activity.Current = before;
        }
        activity?.SetTag("messaging.system", "socketio")
            .SetTag("messaging.operation.type", "process")
            .SetTag("messaging.destination.name", name)
            .SetTag("messaging.client.id", socketId);
        return activity;
    }

    /// <summary>A socket joins a namespace; null when nobody listens.</summary>
    internal static Activity? StartConnect(string name)
    {
        var activity = Source.StartActivity(
            "connect", ActivityKind.Server, default(ActivityContext));
        return activity?.SetTag("messaging.system", "socketio")
            .SetTag("messaging.destination.name", name);
    }

    /// <summary>The socket that is joining was refused.</summary>
    internal static void FailConnect(Exception error)
    {
        if (Activity.Current is { } activity && activity.Source == Source)
        {
            Fail(activity, error);
        }
    }

    /// <summary>The handler threw.</summary>
    internal static void Fail(Activity? activity, Exception error) =>
        activity?.SetStatus(ActivityStatusCode.Error)
            .SetTag("error.type", error.GetType().FullName);
}
