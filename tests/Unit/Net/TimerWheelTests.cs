using Sluice.Net;

namespace Sluice.Unit.Net;

public class TimerWheelTests
{
    readonly TimerWheel wheel = new();

    [Fact]
    public void A_timer_fires_at_its_time_and_not_before()
    {
        var timer = new Recorder();
        timer.Handle = wheel.Schedule(default, 1000, timer);
        wheel.Advance(999);
        Assert.Empty(timer.Fired);
        wheel.Advance(1000);
        Assert.Equal([1000], timer.Fired);
        Assert.False(wheel.IsLive(timer.Handle));
        Assert.Equal(0, wheel.Count);
        Assert.Equal(long.MaxValue, wheel.NextDueMs);
    }

    [Fact]
    public void An_entry_that_is_due_earlier_is_left_and_a_later_one_moved()
    {
        var timer = new Recorder();
        var handle = wheel.Schedule(default, 1000, timer);
        Assert.Equal(handle, wheel.Schedule(handle, 5000, timer));
        Assert.Equal(handle, wheel.Schedule(handle, 300, timer));
        wheel.Advance(299);
        Assert.Empty(timer.Fired);
        wheel.Advance(6000);
        Assert.Equal([6000], timer.Fired);
    }

    [Fact]
    public void The_answer_of_OnTimer_is_the_next_due_time()
    {
        var timer = new Recorder();
        timer.OnFire = now => now < 200 ? now + 50 : 0;
        timer.Handle = wheel.Schedule(default, 100, timer);
        for (long now = 0; now <= 500; now += 10)
            wheel.Advance(now);
        Assert.Equal([100, 150, 200], timer.Fired);
    }

    [Fact]
    public void An_answer_in_the_past_fires_in_the_next_advance_and_not_in_this_one()
    {
        var timer = new Recorder { OnFire = _ => 1 };
        wheel.Schedule(default, 100, timer);
        wheel.Advance(50_000);
        wheel.Advance(50_010);
        Assert.Equal([50_000, 50_010], timer.Fired);
    }

    [Fact]
    public void What_OnTimer_schedules_on_its_own_handle_stays_when_it_answers_zero()
    {
        var timer = new Recorder();
        timer.OnFire = now =>
        {
            if (now < 200)
                Assert.Equal(timer.Handle, wheel.Schedule(timer.Handle, now + 100, timer));
            return 0;
        };
        timer.Handle = wheel.Schedule(default, 100, timer);
        for (long now = 0; now <= 500; now += 10)
            wheel.Advance(now);
        Assert.Equal([100, 200], timer.Fired);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void A_handle_cancelled_in_OnTimer_stays_cancelled_whatever_it_answers()
    {
        var other = new Recorder();
        var timer = new Recorder();
        timer.OnFire = now =>
        {
            wheel.Cancel(ref timer.Handle);
            other.Handle = wheel.Schedule(default, now + 30, other);
            return now + 10;
        };
        timer.Handle = wheel.Schedule(default, 100, timer);
        for (long now = 0; now <= 500; now += 10)
            wheel.Advance(now);
        Assert.Equal([100], timer.Fired);
        Assert.Equal([130], other.Fired);
    }

    [Fact]
    public void OnTimer_may_cancel_a_timer_that_is_due_in_the_same_tick()
    {
        var second = new Recorder();
        var first = new Recorder { OnFire = _ => { wheel.Cancel(ref second.Handle); return 0; } };
        var third = new Recorder();
        wheel.Schedule(default, 100, first);
        second.Handle = wheel.Schedule(default, 100, second);
        wheel.Schedule(default, 100, third);
        wheel.Advance(100);
        Assert.Single(first.Fired);
        Assert.Empty(second.Fired);
        Assert.Single(third.Fired);
    }

    [Fact]
    public void An_old_handle_does_not_touch_the_next_owner_of_its_entry()
    {
        var first = new Recorder();
        var handle = wheel.Schedule(default, 100, first);
        var stale = handle;
        wheel.Cancel(ref handle);
        Assert.Equal(default, handle);

        var second = new Recorder();
        var next = wheel.Schedule(default, 100, second);
        Assert.Equal(stale.Index, next.Index);
        wheel.Cancel(ref stale);
        wheel.Advance(100);
        Assert.Empty(first.Fired);
        Assert.Single(second.Fired);
    }

    [Fact]
    public void Timers_of_one_tick_fire_in_the_order_they_were_scheduled()
    {
        var order = new List<int>();
        for (int i = 0; i < 5; i++)
        {
            int mine = i;
            var timer = new Recorder { OnFire = _ => { order.Add(mine); return 0; } };
            wheel.Schedule(default, 70_000, timer);
        }
        wheel.Advance(70_000);
        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Fact]
    public void A_due_time_beyond_the_horizon_waits_at_the_horizon()
    {
        var timer = new Recorder();
        wheel.Schedule(default, long.MaxValue, timer);
        wheel.Advance(1_000_000_000_000);
        Assert.Empty(timer.Fired);
        Assert.Equal(1, wheel.Count);
    }

    [Fact]
    public void Scheduling_and_firing_allocates_nothing_once_the_array_has_grown()
    {
        var timers = new Recorder[100];
        for (int i = 0; i < timers.Length; i++)
            timers[i] = new Recorder { IsSilent = true };
        long now = Round(timers, 0);
        Assert.Equal(0, Allocations.Of(() => now = Round(timers, now)));
        Assert.Equal(0, wheel.Count);
    }

    long Round(Recorder[] timers, long now)
    {
        for (int i = 0; i < timers.Length; i++)
            timers[i].Handle = wheel.Schedule(default, now + (i * 977), timers[i]);
        for (int i = 0; i < timers.Length; i += 3)
            wheel.Cancel(ref timers[i].Handle);
        wheel.Advance(now + 100_000);
        return now + 100_000;
    }

    /// <summary>Seeded operations against a list that is searched each time.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_wheel_behaves_as_a_sorted_list_does(int seed)
    {
        var random = new Random(seed);
        long now = random.NextInt64(1_000_000_000);
        wheel.Advance(now);
        var timers = new ModelTimer[50];
        for (int i = 0; i < timers.Length; i++)
            timers[i] = new ModelTimer();
        for (int step = 0; step < 20_000; step++)
        {
            var timer = timers[random.Next(timers.Length)];
            switch (random.Next(4))
            {
                case 0 or 1:
                    Reschedule(timer, now, now + (1L << random.Next(24)) + random.Next(1000));
                    break;
                case 2:
                    wheel.Cancel(ref timer.Handle);
                    timer.DueTick = -1;
                    break;
                default:
                    now += random.NextInt64(1L << random.Next(20));
                    AdvanceBoth(timers, now);
                    break;
            }
        }
    }

    void Reschedule(ModelTimer timer, long now, long dueMs)
    {
        timer.Handle = wheel.Schedule(timer.Handle, dueMs, timer);
        long tick = Math.Max((dueMs + 9) / 10, (now / 10) + 1);
        timer.DueTick = timer.DueTick < 0 ? tick : Math.Min(tick, timer.DueTick);
    }

    void AdvanceBoth(ModelTimer[] timers, long now)
    {
        long next = wheel.NextDueMs;
        foreach (var timer in timers)
        {
            timer.IsFired = false;
            if (timer.DueTick >= 0)
                Assert.True(next <= timer.DueTick * 10, "the next due time is never too late");
        }
        wheel.Advance(now);
        foreach (var timer in timers)
        {
            Assert.Equal(timer.DueTick >= 0 && timer.DueTick * 10 <= now, timer.IsFired);
            if (timer.IsFired)
                timer.DueTick = -1;
        }
    }

    sealed class ModelTimer : ITimed
    {
        internal TimerHandle Handle;
        internal long DueTick = -1;
        internal bool IsFired;

        public long OnTimer(long nowMs)
        {
            IsFired = true;
            return 0;
        }
    }

    sealed class Recorder : ITimed
    {
        internal readonly List<long> Fired = [];
        internal TimerHandle Handle;
        internal Func<long, long>? OnFire;
        internal bool IsSilent;

        public long OnTimer(long nowMs)
        {
            if (!IsSilent)
                Fired.Add(nowMs);
            return OnFire?.Invoke(nowMs) ?? 0;
        }
    }
}
