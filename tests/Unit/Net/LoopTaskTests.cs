using Sluice.Net;
using Sluice.Net.Simulated;

namespace Sluice.Unit.Net;

public sealed class LoopTaskTests : IDisposable
{
    readonly SimulatedLoop loop = new(new SimulatedNetwork(1));
    readonly Wakeup wakeup;

    public LoopTaskTests() => wakeup = new(loop);

    public void Dispose() => loop.Dispose();

    [Fact]
    public void A_method_that_never_waits_is_completed_at_once()
    {
        var task = Immediate(7);
        Assert.True(task.GetAwaiter().IsCompleted);
        Assert.Equal(7, Result(task));
        Assert.True(LoopTask.Done.GetAwaiter().IsCompleted);
    }

    [Fact]
    public void A_wait_ends_in_place_when_the_wakeup_wakes()
    {
        var seen = new List<int>();
        Count(seen).Forget(Fail);
        Assert.Equal([1], seen);
        wakeup.Wake();
        Assert.Equal([1, 2], seen);
        wakeup.Wake();
        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public void An_event_between_two_waits_is_not_lost()
    {
        var seen = new List<int>();
        wakeup.Wake();
        Count(seen).Forget(Fail);
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public void Results_and_exceptions_travel_through_nested_methods()
    {
        int result = 0;
        Exception? error = null;
        Outer(fails: false).Forget(Fail);
        wakeup.Wake();
        Assert.Equal(12, result);
        Outer(fails: true).Forget(thrown => error = thrown);
        wakeup.Wake();
        Assert.Equal("inner", Assert.IsType<FormatException>(error).Message);
        Assert.Contains(nameof(Inner), error.StackTrace);

        async LoopTask Outer(bool fails) => result = await Middle(fails) * 2;

        async LoopTask<int> Middle(bool fails) => await Inner(fails) + 1;
    }

    async LoopTask<int> Inner(bool fails)
    {
        await wakeup.NextAsync();
        return fails ? throw new FormatException("inner") : 5;
    }

    [Fact]
    public void An_exception_before_the_first_wait_travels_too()
    {
        Exception? error = null;
        Outer().Forget(thrown => error = thrown);
        Assert.IsType<FormatException>(error);

        static async LoopTask Outer() => await Throw();

        static async LoopTask<int> Throw() =>
            await Immediate(1) == 1 ? throw new FormatException() : 0;
    }

    [Fact]
    public void A_forgotten_method_reports_its_error_and_nothing_when_it_has_none()
    {
        var errors = new List<Exception>();
        Inner(fails: true).Ignoring().Forget(errors.Add);
        wakeup.Wake();
        Assert.Single(errors);
        Inner(fails: false).Ignoring().Forget(errors.Add);
        wakeup.Wake();
        Assert.Single(errors);
    }

    [Fact]
    public void A_task_is_used_once()
    {
        var task = Count([]);
        task.Forget(Fail);
        Assert.Throws<InvalidOperationException>(() => task.Forget(Fail));
        wakeup.Wake();
        wakeup.Wake();
        // Its box is back in the pool, and the next method has it.
        var next = Count([]);
        Assert.Throws<InvalidOperationException>(() => task.Forget(Fail));
        Assert.Throws<InvalidOperationException>(() => Result(task));
        next.Forget(Fail);
    }

    [Fact]
    public void A_result_is_not_to_be_had_before_the_end()
    {
        var task = Inner(fails: false);
        Assert.Throws<InvalidOperationException>(() => Result(task));
        wakeup.Wake();
        Assert.Equal(5, Result(task));
    }

    /// <summary>
    /// The caller is resumed from inside the last step of the method it awaited, and calls it
    /// again: the box it gets is the one whose last step is still on the stack.
    /// </summary>
    [Fact]
    public void A_method_may_be_called_again_by_who_is_resumed_at_its_end()
    {
        var sums = new List<int>();
        var depths = new List<int>();
        Sum().Forget(Fail);
        for (int i = 0; i < 1000; i++)
            wakeup.Wake();
        Assert.Equal(1000, sums.Count);
        Assert.Equal(5 * 1000, sums[^1]);
        Assert.True(depths[^1] <= depths[0], "the stack does not grow");

        async LoopTask Sum()
        {
            int sum = 0;
            while (true)
            {
                sum += await Inner(fails: false);
                sums.Add(sum);
                depths.Add(new System.Diagnostics.StackTrace().FrameCount);
            }
        }
    }

    [Fact]
    public void A_warm_method_that_waits_allocates_nothing()
    {
        int rounds = 0;
        Forever().Forget(Fail);
        int turns = 0;
        Assert.Equal(0, Allocations.Of(Turn));
        Assert.Equal(turns, rounds);

        void Turn()
        {
            for (int i = 0; i < 1000; i++)
                wakeup.Wake();
            turns += 1000;
        }

        async LoopTask Forever()
        {
            while (true)
            {
                rounds += await OneLevelDown();
            }
        }

        async LoopTask<int> OneLevelDown() => await Inner(fails: false) - 4;
    }

    [Fact]
    public void A_deadline_ends_a_wait_and_says_so()
    {
        bool isTimedOut = false;
        long until = loop.NowMs + 100;
        Wait().Forget(Fail);
        loop.RunFor(90);
        Assert.False(isTimedOut);
        loop.RunFor(20);
        Assert.True(isTimedOut);
        Assert.Equal(0, loop.Timers.Count);

        async LoopTask Wait()
        {
            await wakeup.NextAsync(until);
            isTimedOut = wakeup.IsTimedOut;
        }
    }

    [Fact]
    public void A_thousand_waits_with_later_and_later_deadlines_use_one_timer()
    {
        int waits = 0;
        Wait().Forget(Fail);
        for (int i = 0; i < 1000; i++)
        {
            wakeup.Wake();
            loop.RunFor(30);
            Assert.Equal(1, loop.Timers.Count);
        }
        Assert.Equal(1001, waits);
        wakeup.Cancel();
        Assert.Equal(0, loop.Timers.Count);
        loop.RunFor(10_000);
        Assert.Equal(1001, waits);

        async LoopTask Wait()
        {
            while (true)
            {
                waits++;
                await wakeup.NextAsync(loop.NowMs + 1000);
                Assert.False(wakeup.IsTimedOut);
            }
        }
    }

    [Fact]
    public void A_wait_without_a_deadline_is_not_ended_by_the_last_ones()
    {
        int waits = 0;
        Wait().Forget(Fail);
        wakeup.Wake();
        loop.RunFor(1000);
        Assert.Equal(1, waits);
        wakeup.Wake();
        Assert.Equal(2, waits);

        async LoopTask Wait()
        {
            await wakeup.NextAsync(loop.NowMs + 100);
            waits++;
            await wakeup.NextAsync();
            waits++;
        }
    }

    async LoopTask Count(List<int> seen)
    {
        seen.Add(1);
        await wakeup.NextAsync();
        seen.Add(2);
        await wakeup.NextAsync();
        seen.Add(3);
    }

    static async LoopTask<int> Immediate(int value)
    {
        await LoopTask.Done;
        return value;
    }

    static T Result<T>(LoopTask<T> task) => task.GetAwaiter().GetResult();

    static void Result(LoopTask task) => task.GetAwaiter().GetResult();

    static void Fail(Exception error) => throw error;
}

static class LoopTaskExtensions
{
    internal static async LoopTask Ignoring(this LoopTask<int> task) => _ = await task;
}
