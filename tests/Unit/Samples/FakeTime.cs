namespace Sluice.Unit.Samples;

/// <summary>Time that passes when a test says so, in one jump from timer to timer.</summary>
sealed class FakeTime : TimeProvider
{
    readonly Lock access = new();
    readonly List<FakeTimer> timers = [];
    TaskCompletionSource added = NewSignal();
    long now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref now);

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until a timer runs, lets it run out, and tells how long it was for.</summary>
    public async Task<TimeSpan> PassAsync()
    {
        while (true)
        {
            Task next;
            FakeTimer? first;
            lock (access)
            {
                next = added.Task;
                first = timers.MinBy(timer => timer.DueAt);
                if (first is not null)
                {
                    timers.Remove(first);
                    now = Math.Max(now, first.DueAt);
                }
            }
            if (first is not null)
            {
                first.Run();
                return first.Length;
            }
            await next.WaitAsync(Bound);
        }
    }

    /// <summary>Lets time pass during which no timer runs out.</summary>
    public void Skip(TimeSpan time)
    {
        lock (access)
        {
            now += time.Ticks;
            Assert.DoesNotContain(timers, timer => timer.DueAt <= now);
        }
    }

    /// <summary>For waiting for something that happens at once, unless it is broken.</summary>
    public static TimeSpan Bound { get; } = TimeSpan.FromSeconds(30);

    static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    sealed class FakeTimer(FakeTime time, Action run) : ITimer
    {
        public long DueAt { get; private set; }

        public TimeSpan Length { get; private set; }

        public void Run() => run();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.access)
            {
                time.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }
                (DueAt, Length) = (time.now + dueTime.Ticks, dueTime);
                time.timers.Add(this);
                time.added.TrySetResult();
                time.added = NewSignal();
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.access)
            {
                time.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
