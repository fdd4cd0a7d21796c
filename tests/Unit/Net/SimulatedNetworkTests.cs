using Sluice.Net;
using Sluice.Net.Simulated;

namespace Sluice.Unit.Net;

public sealed class SimulatedNetworkTests
{
    static readonly Address service = Address.Parse("10.0.0.1:80");

    [Fact]
    public void Equal_seeds_give_equal_runs_and_other_seeds_others()
    {
        var runs = new HashSet<ulong>();
        for (int seed = 1; seed <= 20; seed++)
        {
            ulong first = EchoRun(seed, SimulatedFaults.Hostile);
            Assert.Equal(first, EchoRun(seed, SimulatedFaults.Hostile));
            runs.Add(first);
        }
        Assert.Equal(20, runs.Count);
    }

    /// <summary>Clients that come, ask and leave, whatever happens to them; nothing may stay.</summary>
    [Fact]
    public void After_five_hundred_hostile_runs_everything_is_closed()
    {
        var outcomes = new HashSet<int>();
        for (int seed = 1000; seed < 1500; seed++)
            EchoRun(seed, SimulatedFaults.Hostile, outcomes);
        HashSet<int> expected =
        [
            0,
            IoResult.ConnectionReset,
            IoResult.ConnectionRefused,
            IoResult.TimedOut,
        ];
        Assert.Superset(expected, outcomes);
    }

    static ulong EchoRun(int seed, SimulatedFaults faults, HashSet<int>? outcomes = null)
    {
        var network = new SimulatedNetwork(seed, faults);
        using var loop = new SimulatedLoop(network);
        var echo = new Echo();
        var listener = loop.Listen(service, new(), echo, out _)!;
        var askers = new Asker[5];
        for (int i = 0; i < askers.Length; i++)
        {
            askers[i] = new Asker(loop, seed + i);
            askers[i].Start();
        }
        loop.RunFor(400_000);
        listener.Close();
        loop.RunUntilIdle();
        foreach (var asker in askers)
        {
            Assert.True(asker.Outcome <= 0, $"seed {seed}: {asker.Outcome}");
            outcomes?.Add(asker.Outcome);
        }
        Assert.True(network.ConnectionsOpen == 0, $"seed {seed}: {network.DescribeOpen()}");
        Assert.Equal(0, network.ListenersOpen);
        Assert.Equal(0, loop.Timers.Count);
        return network.Fingerprint;
    }

    [Fact]
    public void Without_faults_every_run_succeeds()
    {
        for (int seed = 0; seed < 10; seed++)
        {
            var network = new SimulatedNetwork(seed);
            using var loop = new SimulatedLoop(network);
            loop.Listen(service, new(), new Echo(), out _);
            var asker = new Asker(loop, seed);
            asker.Start();
            loop.RunUntilIdle();
            Assert.Equal(0, asker.Outcome);
        }
    }

    [Fact]
    public void Running_for_a_time_ends_at_that_time_and_fires_what_is_due()
    {
        using var loop = new SimulatedLoop(new SimulatedNetwork(1));
        var timer = new Counting(again: 100);
        long started = loop.NowMs;
        long wall = loop.UnixMs;
        loop.Timers.Schedule(default, started + 100, timer);
        loop.RunFor(1050);
        Assert.Equal(started + 1050, loop.NowMs);
        Assert.Equal(wall + 1050, loop.UnixMs);
        Assert.Equal(10, timer.Count);
    }

    [Fact]
    public void Idle_time_is_not_waited_out()
    {
        using var loop = new SimulatedLoop(new SimulatedNetwork(1));
        var timer = new Counting(again: 0);
        loop.Timers.Schedule(default, loop.NowMs + 60_000, timer);
        loop.RunUntilIdle();
        Assert.Equal(0, timer.Count);
        Assert.True(loop.RunUntil(() => timer.Count == 1, 60_010));
        Assert.False(loop.RunUntil(() => timer.Count == 2, 60_000));
    }

    [Fact]
    public void A_loop_that_never_rests_is_an_exception()
    {
        using var loop = new SimulatedLoop(new SimulatedNetwork(1));
        loop.Post(new Again());
        Assert.Throws<InvalidOperationException>(() => loop.RunUntilIdle(1000));
    }

    [Fact]
    public void Without_descriptors_the_listener_pauses_and_goes_on_when_there_are_some()
    {
        var network = new SimulatedNetwork(1);
        using var loop = new SimulatedLoop(network);
        var echo = new Echo();
        loop.Listen(service, new(), echo, out _);
        var first = new Asker(loop, 1);
        var second = new Asker(loop, 2);
        first.Start();
        second.Start();
        // The listener and two clients, and not one for the accepted sides.
        network.Faults = SimulatedFaults.None with { DescriptorsMax = 3 };
        loop.RunUntilIdle();
        Assert.Equal([IoResult.TooManyOpenFiles], echo.Failures);
        Assert.Null(loop.Connect(service, ConnectOptions.Default, echo, out int error));
        Assert.Equal(IoResult.TooManyOpenFiles, error);

        loop.RunFor(NetLimits.AcceptPauseMs - 20);
        Assert.Single(echo.Failures);
        loop.RunFor(40);
        Assert.Equal(2, echo.Failures.Count);
        network.Faults = SimulatedFaults.None;
        loop.RunFor(1000);
        Assert.Equal(2, echo.Failures.Count);
        Assert.Equal(0, first.Outcome);
        Assert.Equal(0, second.Outcome);
    }

    [Fact]
    public void A_connect_into_the_void_times_out()
    {
        var network = new SimulatedNetwork(1, new() { ConnectTimeouts = 1 });
        using var loop = new SimulatedLoop(network);
        loop.Listen(service, new(), new Echo(), out _);
        var asker = new Asker(loop, 1);
        asker.Start();
        loop.RunFor(126_000);
        Assert.Equal(1, asker.Outcome);
        loop.RunFor(2_000);
        Assert.Equal(IoResult.TimedOut, asker.Outcome);
    }

    [Fact]
    public void A_client_comes_from_wherever_it_binds_to()
    {
        using var loop = new SimulatedLoop(new SimulatedNetwork(1));
        var echo = new Echo();
        loop.Listen(Address.Parse("0.0.0.0:80"), new(), echo, out _);
        var bind = new ConnectOptions { Bind = Address.Parse("203.0.113.9:0") };
        loop.Connect(service, bind, new Recorder(), out _);
        loop.RunUntilIdle();
        Assert.Equal("203.0.113.9"u8.ToArray(), echo.LastRemote!.IpText.ToArray());
        Assert.NotEqual(0, echo.LastRemote.Port);
    }

    [Fact]
    public void A_wildcard_and_an_address_of_its_port_exclude_each_other_unless_both_share()
    {
        using var loop = new SimulatedLoop(new SimulatedNetwork(1));
        var shared = new ListenOptions { ReusePort = true };
        Assert.NotNull(loop.Listen(Address.Parse("0.0.0.0:80"), shared, new Echo(), out _));
        Assert.NotNull(loop.Listen(service, shared, new Echo(), out _));
        Assert.NotNull(loop.Listen(Address.Parse("[::]:80"), new(), new Echo(), out _));
        Assert.Null(loop.Listen(service, new(), new Echo(), out int error));
        Assert.Equal(IoResult.AddressInUse, error);
    }

    [Fact]
    public void A_close_with_bytes_unread_resets()
    {
        using var loop = new SimulatedLoop(new SimulatedNetwork(1));
        var server = new Recorder();
        loop.Listen(service, new(), server, out _);
        var client = loop.Connect(service, ConnectOptions.Default, new Recorder(), out _)!;
        loop.RunUntilIdle();
        client.Write("unread"u8);
        loop.RunUntilIdle();
        server.Last!.Close();
        loop.RunUntilIdle();
        Assert.Equal(IoResult.ConnectionReset, client.Read(loop.Scratch));
    }

    [Fact]
    public void What_is_sent_to_a_closed_end_is_answered_with_a_reset()
    {
        using var loop = new SimulatedLoop(new SimulatedNetwork(1));
        var server = new Recorder();
        loop.Listen(service, new(), server, out _);
        var client = loop.Connect(service, ConnectOptions.Default, new Recorder(), out _)!;
        loop.RunUntilIdle();
        server.Last!.Close();
        loop.RunUntilIdle();
        Assert.Equal(0, client.Read(loop.Scratch));
        Assert.Equal(1, client.Write("x"u8));
        loop.RunUntilIdle();
        Assert.Equal(IoResult.ConnectionReset, client.Write("x"u8));
    }

    /// <summary>Bytes may be lost by a reset, but then the end is no orderly one.</summary>
    [Fact]
    public void An_end_in_order_means_that_everything_came()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var network = new SimulatedNetwork(seed, new() { DelayMsMax = 50 });
            using var loop = new SimulatedLoop(network);
            var server = new Recorder();
            loop.Listen(service, new(), server, out _);
            var client = loop.Connect(service, ConnectOptions.Default, new Recorder(), out _)!;
            loop.RunUntil(() => server.Last is not null && client.CanWrite, 1000);
            client.Write("under way"u8);
            server.Last!.Write("answer"u8);
            server.Last.Close();
            loop.RunUntilIdle();
            int count = client.Read(new byte[100]);
            Assert.True(count != 0 && (count < 0 || client.Read(new byte[100]) <= 0));
        }
    }

    sealed class Recorder : IAcceptHandler, IConnectionHandler
    {
        internal Connection? Last;

        public IConnectionHandler OnAccept(Listener listener, Connection connection)
        {
            Last = connection;
            return this;
        }

        public void OnAcceptFailed(Listener listener, int error)
        {
        }

        public void OnReadable(Connection connection)
        {
        }

        public void OnWritable(Connection connection)
        {
        }
    }

    sealed class Counting(int again) : ITimed
    {
        internal int Count;

        public long OnTimer(long nowMs)
        {
            Count++;
            return again == 0 ? 0 : nowMs + again;
        }
    }

    sealed class Again : ILoopWork
    {
        public void Run(Loop loop) => loop.Post(this);
    }

    /// <summary>Sends back what comes, a little at a time, and closes at the end.</summary>
    sealed class Echo : IAcceptHandler, IConnectionHandler
    {
        internal readonly List<int> Failures = [];
        internal Address? LastRemote;

        public IConnectionHandler OnAccept(Listener listener, Connection connection)
        {
            LastRemote = connection.RemoteAddress;
            return new EchoOne();
        }

        public void OnAcceptFailed(Listener listener, int error) => Failures.Add(error);

        public void OnReadable(Connection connection)
        {
        }

        public void OnWritable(Connection connection)
        {
        }
    }

    sealed class EchoOne : IConnectionHandler
    {
        readonly byte[] kept = new byte[300];
        int keptCount;

        public void OnReadable(Connection connection) => Go(connection);

        public void OnWritable(Connection connection) => Go(connection);

        void Go(Connection connection)
        {
            while (true)
            {
                if (keptCount == 0)
                {
                    int count = connection.Read(kept);
                    if (count == IoResult.Again)
                        return;
                    if (count <= 0)
                    {
                        connection.Close();
                        return;
                    }
                    keptCount = count;
                }
                int taken = connection.Write(kept.AsSpan(0, keptCount));
                if (taken < 0)
                {
                    connection.Close();
                    return;
                }
                kept.AsSpan(taken, keptCount - taken).CopyTo(kept);
                keptCount -= taken;
                if (keptCount > 0)
                    return;
            }
        }
    }

    /// <summary>Sends a few thousand bytes and wants the same back; a minute is the limit.</summary>
    sealed class Asker(Loop loop, int seed) : IConnectionHandler, ITimed
    {
        readonly byte[] question = Question(seed);
        Connection? connection;
        TimerHandle limit;
        int sent;
        int received;

        /// <summary>1 while it runs, 0 for success, -errno for failure.</summary>
        internal int Outcome { get; private set; } = 1;

        static byte[] Question(int seed)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(1, 5000)];
            random.NextBytes(bytes);
            return bytes;
        }

        internal void Start()
        {
            connection = loop.Connect(service, ConnectOptions.Default, this, out int error);
            if (connection is null)
                Outcome = error;
            else
                limit = loop.Timers.Schedule(default, loop.NowMs + 300_000, this);
        }

        public long OnTimer(long nowMs)
        {
            End(IoResult.TimedOut);
            return 0;
        }

        public void OnWritable(Connection connection)
        {
            while (connection.CanWrite && sent < question.Length)
            {
                int taken = connection.Write(question.AsSpan(sent));
                if (taken < 0)
                {
                    End(taken);
                    return;
                }
                sent += taken;
            }
            if (sent == question.Length)
                connection.ShutdownWrite();
        }

        public void OnReadable(Connection connection)
        {
            var buffer = new byte[100];
            while (true)
            {
                int count = connection.Read(buffer);
                if (count == IoResult.Again)
                    return;
                if (count <= 0)
                {
                    End(count < 0 ? count : received == question.Length ? 0 : IoResult.BrokenPipe);
                    return;
                }
                Assert.Equal(question.AsSpan(received, count), buffer.AsSpan(0, count));
                received += count;
            }
        }

        void End(int outcome)
        {
            Outcome = outcome;
            connection!.Close(reset: outcome < 0);
            loop.Timers.Cancel(ref limit);
        }
    }
}
