using Sluice.Net;

namespace Sluice.Unit.Net.Contract;

/// <summary>Posted work, timers, kinds of addresses and the end of a loop, on every loop.</summary>
public abstract class LoopContract(Loop loop) : ContractFixture(loop)
{
    [Fact]
    public void What_other_threads_post_runs_here_in_the_order_of_each_thread() => Run(async () =>
    {
        const int Threads = 4;
        const int Each = 2000;
        var last = new int[Threads];
        int ran = 0;
        var loopThread = Thread.CurrentThread;
        var threads = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            int mine = t;
            threads[t] = new Thread(() =>
            {
                for (int i = 1; i <= Each; i++)
                {
                    int number = i;
                    Loop.Post(new Work(() =>
                    {
                        Assert.Same(loopThread, Thread.CurrentThread);
                        Assert.Equal(last[mine] + 1, number);
                        last[mine] = number;
                        ran++;
                    }));
                }
            });
            threads[t].Start();
        }
        await UntilAsync(() => ran == Threads * Each);
        foreach (var thread in threads)
            thread.Join();
    });

    [Fact]
    public void Work_that_posts_itself_leaves_room_for_the_rest() => Run(async () =>
    {
        bool isDone = false;
        int rounds = 0;
        Work again = null!;
        again = new Work(() =>
        {
            rounds++;
            if (!isDone)
                Loop.Post(again);
        });
        Loop.Post(again);
        var (client, server) = await PairAsync();
        await client.WriteAsync("x"u8.ToArray());
        await server.ReadExactlyAsync(1);
        isDone = true;
        Assert.True(rounds > 0);
    });

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_and_never_early() => Run(async () =>
    {
        var fired = new List<int>();
        long started = Loop.NowMs;
        foreach (int delay in (int[])[90, 30, 60, 20, 120])
        {
            Loop.Timers.Schedule(default, started + delay, new Timer(now =>
            {
                Assert.True(now >= started + delay);
                Assert.Equal(Loop.NowMs, now);
                fired.Add(delay);
                return 0;
            }));
        }
        await UntilAsync(() => fired.Count == 5);
        Assert.Equal([20, 30, 60, 90, 120], fired);
    });

    [Fact]
    public void A_deadline_that_is_put_off_is_met_at_its_new_time() => Run(async () =>
    {
        var wakeup = new Wakeup(Loop);
        long first = Loop.NowMs + 20;
        var waiting = wakeup.NextAsync(first);
        wakeup.Wake();
        await waiting;
        Assert.False(wakeup.IsTimedOut);
        long second = first + 60;
        await wakeup.NextAsync(second);
        Assert.True(wakeup.IsTimedOut);
        Assert.True(Loop.NowMs >= second);
    });

    [Fact]
    public void A_read_resumes_in_place_under_a_synchronization_context() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        var context = new CountingContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        var thread = Thread.CurrentThread;
        Loop.Post(new Work(() => client.Connection.Write("x"u8)));
        Assert.Equal(1, await server.ReadAsync(new byte[1]));
        Assert.Same(thread, Thread.CurrentThread);
        SynchronizationContext.SetSynchronizationContext(before);
        Assert.Equal(0, context.Count);
    });

    [Fact]
    public void Unix_sockets_carry_bytes_and_their_path_goes_with_the_listener() => Run(async () =>
    {
        var address = NewPath();
        var acceptor = Listen(address);
        Assert.Null(Loop.Listen(address, new ListenOptions(), acceptor, out int error));
        Assert.Equal(IoResult.AddressInUse, error);
        var client = await ConnectAsync(address);
        var server = await acceptor.NextAsync();
        await client.WriteAsync("through a path"u8.ToArray());
        Assert.Equal(14, (await server.ReadExactlyAsync(14)).Length);
        await server.WriteAsync("and back"u8.ToArray());
        Assert.Equal(8, (await client.ReadExactlyAsync(8)).Length);
        Assert.Equal("unix:"u8.ToArray(), server.Connection.RemoteAddress.IpText.ToArray());
        Assert.Equal(address, client.Connection.RemoteAddress);
        Assert.Equal(address, server.Connection.LocalAddress);
        acceptor.Listener.Close();
        Assert.False(File.Exists(address.UnixPath));
    });

    [Fact]
    public void Ipv6_carries_bytes() => Run(async () =>
    {
        var (client, server) = await PairAsync(Address.Parse("[::1]:0"));
        await client.WriteAsync("six"u8.ToArray());
        Assert.Equal(3, (await server.ReadExactlyAsync(3)).Length);
        Assert.Equal("::1"u8.ToArray(), server.Connection.RemoteAddress.IpText.ToArray());
        Assert.Equal(client.Connection.LocalAddress, server.Connection.RemoteAddress);
    });

    [Fact]
    public void What_a_handler_throws_ends_the_run()
    {
        var broken = new InvalidOperationException("a bug");
        var error = Assert.Throws<InvalidOperationException>(() => Run(async () =>
        {
            var (client, server) = await PairAsync();
            server.Connection.Handler = new Recorder { WhenReadable = _ => throw broken };
            await client.WriteAsync("x"u8.ToArray());
            await PassAsync(5_000);
        }));
        Assert.Same(broken, error);
    }

    [Fact]
    public void Another_thread_can_stop_a_loop_that_waits()
    {
        var stopper = new Thread(Loop.Stop);
        Loop.Post(new Work(stopper.Start));
        Loop.Run();
        stopper.Join();
        Assert.True(Loop.IsCurrent);
    }

    [Fact]
    public void A_running_loop_is_current_on_its_thread_alone() => Run(async () =>
    {
        Assert.True(Loop.IsCurrent);
        bool isCurrentElsewhere = true;
        var other = new Thread(() => isCurrentElsewhere = Loop.IsCurrent);
        other.Start();
        other.Join();
        Assert.False(isCurrentElsewhere);
        await PassAsync(1);
    });

    sealed class Timer(Func<long, long> onTimer) : ITimed
    {
        public long OnTimer(long nowMs) => onTimer(nowMs);
    }

    sealed class CountingContext : SynchronizationContext
    {
        internal int Count;

        public override void Post(SendOrPostCallback callback, object? state)
        {
            Count++;
            callback(state);
        }

        public override void Send(SendOrPostCallback callback, object? state) =>
            Post(callback, state);
    }
}
