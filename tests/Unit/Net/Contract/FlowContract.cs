using Sluice.Net;

namespace Sluice.Unit.Net.Contract;

/// <summary>Backpressure, fairness and the order of calls, on every loop.</summary>
public abstract class FlowContract(Loop loop) : ContractFixture(loop)
{
    /// <summary>More than any loop and kernel keep for one direction of an unread connection.</summary>
    const int MoreThanAnyoneKeeps = 256 * 1024 * 1024;

    [Fact]
    public void A_writer_whose_reader_does_not_read_has_to_wait() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        var recorder = new Recorder();
        client.Connection.Handler = recorder;
        var chunk = new byte[50_000];
        long sent = 0;
        while (true)
        {
            Fill(chunk, sent);
            int taken = client.Connection.Write(chunk);
            Assert.InRange(taken, 0, chunk.Length);
            sent += taken;
            Assert.True(sent < MoreThanAnyoneKeeps, "backpressure");
            Assert.False(taken < chunk.Length && client.Connection.CanWrite);
            if (client.Connection.CanWrite)
                continue;
            await PassAsync(30);
            if (!client.Connection.CanWrite)
                break;
        }
        Assert.Equal(0, client.Connection.Write(chunk));
        int told = recorder.Writable;
        await ExpectAsync(server, 0, sent);
        await UntilAsync(() => client.Connection.CanWrite);
        Assert.True(recorder.Writable > told);
    });

    /// <summary>Each byte says where in the stream it belongs.</summary>
    static void Fill(Span<byte> chunk, long position)
    {
        for (int i = 0; i < chunk.Length; i++)
            chunk[i] = (byte)((position + i) * 7 / 5);
    }

    static async LoopTask ExpectAsync(Peer reader, long from, long to)
    {
        var expected = new byte[64 * 1024];
        var buffer = new byte[64 * 1024];
        while (from < to)
        {
            int count = await reader.ReadAsync(buffer);
            Assert.True(count > 0, IoResult.Text(count));
            Fill(expected.AsSpan(0, count), from);
            Assert.True(buffer.AsSpan(0, count).SequenceEqual(expected.AsSpan(0, count)));
            from += count;
        }
        Assert.Equal(to, from);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_goes_in_in_random_chunks_comes_out_as_it_was(int seed) => Run(async () =>
    {
        var random = new Random(seed);
        var acceptor = Listen();
        var done = new Wakeup(Loop);
        int running = 0;
        for (int i = 0; i < 3; i++)
        {
            var client = await ConnectAsync(acceptor.Listener.LocalAddress);
            var server = await acceptor.NextAsync();
            int bytes = random.Next(1, 600_000);
            foreach (var (from, to) in new[] { (client, server), (server, client) })
            {
                running += 2;
                var sender = new Half(from.Connection, random.Next());
                var receiver = new Half(to.Connection, random.Next());
                SendAsync(sender, bytes, () => running--).Forget(Rethrow);
                ReceiveAsync(receiver, bytes, () => running--).Forget(Rethrow);
                _ = new Both(from.Connection, to.Connection, sender, receiver);
            }
        }
        await UntilAsync(() => running == 0);
    });

    static void Rethrow(Exception error) => throw error;

    static async LoopTask SendAsync(Half half, long total, Action whenDone)
    {
        var chunk = new byte[70_000];
        for (long sent = 0; sent < total;)
        {
            int want = (int)Math.Min(total - sent, half.Random.Next(1, chunk.Length));
            Fill(chunk.AsSpan(0, want), sent);
            int cut = half.Random.Next(want + 1);
            int taken = half.Connection.Write(chunk.AsSpan(0, cut), chunk.AsSpan(cut, want - cut));
            Assert.InRange(taken, 0, want);
            sent += taken;
            while (!half.Connection.CanWrite)
                await half.Wakeup.NextAsync();
        }
        half.Connection.ShutdownWrite();
        whenDone();
    }

    static async LoopTask ReceiveAsync(Half half, long total, Action whenDone)
    {
        var expected = new byte[70_000];
        var buffer = new byte[70_000];
        long received = 0;
        while (true)
        {
            int want = half.Random.Next(1, buffer.Length);
            int count = half.Connection.Read(buffer.AsSpan(0, want));
            if (count == IoResult.Again)
            {
                await half.Wakeup.NextAsync();
                continue;
            }
            Assert.InRange(count, 0, want);
            if (count == 0)
                break;
            Fill(expected.AsSpan(0, count), received);
            Assert.True(buffer.AsSpan(0, count).SequenceEqual(expected.AsSpan(0, count)));
            received += count;
        }
        Assert.Equal(total, received);
        whenDone();
    }

    /// <summary>One direction's user of one end, with a wakeup of its own.</summary>
    sealed class Half(Connection connection, int seed)
    {
        internal readonly Connection Connection = connection;
        internal readonly Random Random = new(seed);
        internal readonly Wakeup Wakeup = new(connection.Loop);
    }

    /// <summary>Wakes both directions' users of an end: the sender of one, the receiver of the other.</summary>
    sealed class Both : IConnectionHandler
    {
        readonly List<Wakeup> users = [];

        internal Both(Connection from, Connection to, Half sender, Half receiver)
        {
            Of(from).users.Add(sender.Wakeup);
            Of(to).users.Add(receiver.Wakeup);
        }

        Both()
        {
        }

        static Both Of(Connection connection)
        {
            if (connection.Handler is not Both both)
                connection.Handler = both = new();
            return both;
        }

        public void OnReadable(Connection connection) => users.ForEach(user => user.Wake());

        public void OnWritable(Connection connection) => users.ForEach(user => user.Wake());
    }

    [Fact]
    public void Who_yields_is_called_again_and_everybody_else_in_between() => Run(async () =>
    {
        var (client, server) = await PairAsync();
        var (otherClient, otherServer) = await PairAsync();
        int calls = 0;
        int posts = 0;
        var greedy = new Recorder();
        greedy.WhenReadable = connection =>
        {
            if (++calls < 10_000_000)
                connection.Yield();
        };
        server.Connection.Handler = greedy;
        server.Connection.Yield();
        server.Connection.Yield();
        Loop.Post(new Work(() => posts++));
        await otherClient.WriteAsync("let me through"u8.ToArray());
        await otherServer.ReadExactlyAsync(14);
        await PassAsync(1);
        Assert.InRange(calls, 1, 9_999_999);
        Assert.Equal(1, posts);
        calls = 10_000_000;
    });

    [Fact]
    public void No_call_of_a_handler_runs_inside_another() => Run(async () =>
    {
        var acceptor = Listen();
        var address = acceptor.Listener.LocalAddress;
        int depth = 0;
        int calls = 0;
        var recorder = new Recorder();
        void Everything(Connection connection)
        {
            Assert.Equal(0, depth++);
            if (calls++ < 20)
            {
                connection.Write("abc"u8);
                _ = connection.Read(new byte[2]);
                connection.Yield();
                connection.ShutdownWrite();
                Loop.Connect(address, ConnectOptions.Default, recorder, out _);
                Loop.Post(new Work(() => Assert.Equal(0, depth)));
            }
            else
            {
                connection.Close();
            }
            depth--;
        }
        recorder.WhenReadable = Everything;
        recorder.WhenWritable = Everything;
        Loop.Connect(address, ConnectOptions.Default, recorder, out _);
        await UntilAsync(() => calls > 20);
        await PassAsync(20);
    });

    [Fact]
    public void Those_closed_by_another_handler_of_their_batch_hear_nothing() => Run(async () =>
    {
        var acceptor = Listen();
        var clients = new List<Peer>();
        var servers = new List<Connection>();
        for (int i = 0; i < 10; i++)
        {
            clients.Add(await ConnectAsync(acceptor.Listener.LocalAddress));
            servers.Add((await acceptor.NextAsync()).Connection);
        }
        var told = new List<Connection>();
        var recorder = new Recorder();
        recorder.WhenReadable = connection =>
        {
            Assert.Equal(ConnectionState.Open, connection.State);
            told.Add(connection);
            foreach (var server in servers)
                server.Close();
        };
        servers.ForEach(server => server.Handler = recorder);
        clients.ForEach(client => client.Connection.Write("x"u8));
        await UntilAsync(() => told.Count > 0);
        await PassAsync(20);
        Assert.Single(told);
    });

    [Fact]
    public void An_event_of_a_closed_connection_does_not_reach_the_next_owner() => Run(async () =>
    {
        var acceptor = Listen();
        var (clients, servers) = (new List<Peer>(), new List<Connection>());
        for (int i = 0; i < 10; i++)
        {
            clients.Add(await ConnectAsync(acceptor.Listener.LocalAddress));
            servers.Add((await acceptor.NextAsync()).Connection);
        }
        // The newcomers get the descriptors and slots of those that are closed here, in the
        // middle of the batch that holds their events.
        var newcomers = new List<Connection>();
        var readOfNewcomers = new List<int>();
        var newcomer = new Recorder
        {
            WhenReadable = connection => readOfNewcomers.Add(connection.Read(new byte[10])),
        };
        int heardAtOnce = -1;
        var recorder = new Recorder();
        recorder.WhenReadable = first =>
        {
            foreach (var server in servers)
            {
                server.Close();
                newcomers.Add(Loop.Connect(
                    acceptor.Listener.LocalAddress, ConnectOptions.Default, newcomer, out _)!);
            }
            servers.Clear();
            // Still this turn: whatever they hear before it was meant for their predecessors.
            Loop.Post(new Work(() => heardAtOnce = newcomer.Readable + newcomer.Writable));
        };
        servers.ForEach(server => server.Handler = recorder);
        clients.ForEach(client => client.Connection.Write("x"u8));
        await UntilAsync(() => newcomers.Count == 10 && newcomer.Writable >= 10);
        await PassAsync(20);
        Assert.Equal(1, recorder.Readable);
        Assert.Equal(0, heardAtOnce);
        Assert.All(readOfNewcomers, result => Assert.Equal(IoResult.Again, result));
        newcomers.ForEach(connection => connection.Close());
    });
}
