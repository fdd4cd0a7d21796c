using System.Diagnostics;

namespace Sluice.SocketIO.Diagnostics;

/// <summary>
/// One run of a handler: its activity and its duration. Where nobody looks it is empty, and costs
/// two branches.
/// </summary>
readonly struct HandlerWatch
{
    readonly Namespace? nsp;
    readonly string name;
    readonly long started;
    readonly Activity? activity;
    readonly Activity? before;

    HandlerWatch(Namespace nsp, EventContext context)
    {
        this.nsp = nsp;
        name = context.Name;
        started = nsp.Server.Time.GetTimestamp();
        before = Activity.Current;
        activity = SocketIOActivity.StartEvent(nsp.Name, name, context.Socket.Id);
    }

    /// <summary>
    /// Begins; what is called next, up to <see cref="Leave"/>, has the activity as its own.
    /// </summary>
    public static HandlerWatch Start(Namespace nsp, EventContext context) =>
        nsp.Server.Metrics.IsTimingHandlers || SocketIOActivity.Source.HasListeners()
            ? new HandlerWatch(nsp, context) : default;

    /// <summary>The handler has returned, and may go on asynchronously.</summary>
    public void Leave()
    {
        if (nsp is not null)
            Activity.Current = before;
    }

    /// <summary>The handler is done.</summary>
    public void End(Exception? error)
    {
        if (nsp is null)
            return;
        if (error is not null)
            SocketIOActivity.Fail(activity, error);
        activity?.Dispose();
        nsp.Server.Metrics.Handled(
            nsp.MetricsName, name, nsp.Server.Time.GetElapsedTime(started), error);
    }
}
