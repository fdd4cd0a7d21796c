using System.Globalization;
using Sluice.SocketIO;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.Sockets;

public class RecoveryTests
{
    [Fact]
    public void What_is_sent_while_middlewares_run_is_not_lost_and_keeps_its_order()
    {
        var server = Servers.Make(configure: options =>
            options.ConnectionStateRecovery = new() { SkipMiddlewares = false });
        var checking = new TaskCompletionSource();
        server.Use(async (socket, next) =>
        {
            if (socket.Recovered)
                await checking.Task;
            await next();
        });
        var (first, socket) = server.Join();
        socket.Emit("n", 0);
        var offset = OffsetOf(first.Sent[0]);
        first.Close(CloseReasons.TransportClose);
        server.All.Emit("n", 1);
        var second = FakeSession.Open(server);
        second.Receive($"0{{\"pid\":\"{socket.PrivateId}\",\"offset\":\"{offset}\"}}");
        server.All.Emit("n", 2);
        Assert.Empty(second.Sent);
        checking.SetResult();
        server.All.Emit("n", 3);
        var sent = second.Sent;
        Assert.Equal(
            ["2[\"n\",1", "2[\"n\",2", $"0{{\"sid\":\"{socket.Id}\"", "2[\"n\",3"],
            sent.Select(text => text[..text.LastIndexOf(',')]));
    }

    [Fact]
    public void A_session_whose_client_went_away_during_a_middleware_is_there_again()
    {
        var server = Servers.Make(configure: options =>
            options.ConnectionStateRecovery = new() { SkipMiddlewares = false });
        var checks = 0;
        server.Use((socket, next) => socket.Recovered && ++checks == 1
            ? new TaskCompletionSource().Task.WaitAsync(socket.Disconnected) : next());
        var (first, socket) = server.Join();
        socket.Emit("n", 0);
        var offset = OffsetOf(first.Sent[0]);
        var connect = $"0{{\"pid\":\"{socket.PrivateId}\",\"offset\":\"{offset}\"}}";
        first.Close(CloseReasons.TransportClose);
        var second = FakeSession.Open(server);
        second.Receive(connect);
        second.Close(CloseReasons.TransportClose);
        Assert.Empty(server.Adapter.Rooms);
        var third = FakeSession.Open(server);
        Assert.True(SpinWait.SpinUntil(() =>
        {
            // The middleware learns of the end on a thread of its own.
            third = FakeSession.Open(server);
            third.Receive(connect);
            return third.Sent[0].Contains(socket.Id, StringComparison.Ordinal);
        }, 10_000));
    }

    [Fact]
    public void Who_missed_more_than_is_kept_while_it_joined_has_to_begin_anew()
    {
        var server = Servers.Make(configure: options => options.ConnectionStateRecovery =
            new() { SkipMiddlewares = false, MaxPackets = 2 });
        var checking = new TaskCompletionSource();
        server.Use(async (socket, next) =>
        {
            if (socket.Recovered)
                await checking.Task;
            await next();
        });
        var (first, socket) = server.Join();
        socket.Emit("n", 0);
        var offset = OffsetOf(first.Sent[0]);
        first.Close(CloseReasons.TransportClose);
        var second = FakeSession.Open(server);
        second.Receive($"0{{\"pid\":\"{socket.PrivateId}\",\"offset\":\"{offset}\"}}");
        for (var n = 1; n <= 3; n++)
            server.All.Emit("n", n);
        checking.SetResult();
        Assert.NotNull(second.Closed);
        Assert.Empty(server.Sockets);
        Assert.Empty(server.Adapter.Rooms);
    }

    [Fact]
    public void A_client_that_comes_and_goes_gets_everything_once()
    {
        var server = Servers.Make(configure: options => options.ConnectionStateRecovery = new());
        var (session, socket) = server.Join();
        socket.Join("r");
        socket.Emit("start");
        var offset = OffsetOf(session.Sent[0]);
        var got = new List<int>();
        var next = 0;
        var taken = 0;
        var isOver = false;
        var sending = new Thread[2];
        for (var i = 0; i < sending.Length; i++)
        {
            sending[i] = new Thread(() =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    // No further ahead than what is kept for recovery.
                    if (Volatile.Read(ref next) < Volatile.Read(ref taken) + 1000)
                        server.To("r").Emit("n", Interlocked.Increment(ref next) - 1);
                    else
                        Thread.Yield();
                }
            });
            sending[i].Start();
        }

        try
        {
            for (var recoveries = 0; recoveries < 300; recoveries++)
            {
                session.Close(CloseReasons.TransportClose);
                Take(session.Sent);
                session = FakeSession.Open(server);
                session.Receive($"0{{\"pid\":\"{socket.PrivateId}\",\"offset\":\"{offset}\"}}");
                Assert.True(server.Sockets.Single().Recovered);
            }
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            foreach (var thread in sending)
                thread.Join();
        }

        Take(session.Sent);
        Assert.Equal(Enumerable.Range(0, next), got.Order());

        void Take(string[] sent)
        {
            foreach (var text in sent)
            {
                if (!text.StartsWith('2'))
                    continue;
                got.Add(int.Parse(text.Split(',')[1], CultureInfo.InvariantCulture));
                offset = OffsetOf(text);
            }

            Volatile.Write(ref taken, got.Count);
        }
    }

    static string OffsetOf(string text) => text.Split('"')[^2];
}
