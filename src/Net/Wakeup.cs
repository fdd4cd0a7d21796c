using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice.Net;

/// <summary>
/// Where the code that serves one client waits: an event of any connection that has this as its
/// handler, or the deadline, resumes it in place on the loop's thread. The waiter then looks at
/// what can move (CanRead, CanWrite); a wake-up without progress is allowed.
/// </summary>
/// <remarks>One waiter at a time. Waiting allocates nothing: the wakeup is its own awaiter.</remarks>
public sealed class Wakeup(Loop loop) : IConnectionHandler, ITimed, ICriticalNotifyCompletion
{
    Action? continuation;
    TimerHandle timer;
    long deadlineMs;
    bool woken;

    /// <summary>True when the last wait ended because its deadline had passed.</summary>
    public bool IsTimedOut { get; private set; }

    /// <summary>Waits for the next event, or until the loop's clock reaches the deadline.</summary>
    /// <param name="untilMs">On the scale of <see cref="Loop.NowMs"/>; long.MaxValue is never.</param>
    public Wakeup NextAsync(long untilMs = long.MaxValue)
    {
        loop.AssertCurrent();
        IsTimedOut = false;
        deadlineMs = untilMs;
        if (untilMs != long.MaxValue)
            timer = loop.Timers.Schedule(timer, untilMs, this);
        return this;
    }

    public Wakeup GetAwaiter() => this;

    public bool IsCompleted => woken;

    public void GetResult() => woken = false;

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        Debug.Assert(this.continuation is null, "one waiter at a time");
        this.continuation = continuation;
    }

    public void OnReadable(Connection connection) => Wake();

    public void OnWritable(Connection connection) => Wake();

    /// <summary>Resumes the waiter, or lets the next wait end at once.</summary>
    public void Wake()
    {
        loop.AssertCurrent();
        woken = true;
        var resume = continuation;
        continuation = null;
        resume?.Invoke();
    }

    /// <summary>Gives the timer back; nothing wakes this any more but its connections.</summary>
    public void Cancel()
    {
        loop.Timers.Cancel(ref timer);
        deadlineMs = long.MaxValue;
    }

    /// <summary>
    /// Timers are moved lazily: a deadline that was put off since is only noticed here.
    /// </summary>
    long ITimed.OnTimer(long nowMs)
    {
        if (deadlineMs > nowMs)
            return deadlineMs == long.MaxValue ? 0 : deadlineMs;
        IsTimedOut = true;
        Wake();
        return 0;
    }
}
