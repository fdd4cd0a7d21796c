using Sluice.Net;

namespace Sluice.Unit.Simulation;

/// <summary>Calls somebody at a time of the loop; at most one call is awaited.</summary>
sealed class Alarm(Loop loop, Action ring) : ITimed
{
    TimerHandle handle;

    internal bool IsSet => loop.Timers.IsLive(handle);

    internal void Set(long ms)
    {
        Cancel();
        handle = loop.Timers.Schedule(default, loop.NowMs + ms, this);
    }

    internal void Cancel() => loop.Timers.Cancel(ref handle);

    long ITimed.OnTimer(long nowMs)
    {
        Cancel();
        ring();
        return 0;
    }
}
