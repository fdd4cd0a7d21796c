using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.Sockets;

public class LeavingTests
{
    [Fact]
    public async Task Sockets_end_at_once_when_the_server_closes_however_long_the_goodbye_takes()
    {
        var server = Servers.Make();
        string? reason = null;
        server.OnConnection(socket => socket.OnDisconnect(why => reason = why));
        var session = FakeSession.Open(server, new FakeSession { IsSlow = true });
        session.Receive("0");
        _ = session.Sent;
        await server.CloseAsync();
        Assert.Equal("server shutting down", reason);
        Assert.Empty(session.Sent);
        Assert.Empty(server.Sockets);
    }

    [Fact]
    public void Disconnecting_all_of_a_connection_keeps_out_who_is_still_joining()
    {
        var server = Servers.Make();
        var checking = new TaskCompletionSource();
        server.Of("/slow").Use(async (_, next) =>
        {
            await checking.Task;
            await next();
        });
        var session = FakeSession.Open(server, new FakeSession { IsSlow = true });
        session.Receive("0", "0/slow,");
        server.Sockets.Single().Disconnect(close: true);
        checking.SetResult();
        Assert.Empty(server.Of("/slow").Sockets);
        Assert.Equal(CloseReasons.ForcedServerClose, session.Closed);
    }

    [Fact]
    public void Nothing_is_handled_after_a_mistake_while_the_goodbye_takes_its_time()
    {
        var server = Servers.Make();
        var seen = 0;
        server.OnConnection(socket => socket.On("e", () => seen++));
        var session = FakeSession.Open(server, new FakeSession { IsSlow = true });
        session.Receive("0", "2[\"e\"]", "9", "2[\"e\"]", "0/custom,");
        Assert.Equal(1, seen);
        Assert.Equal(CloseReasons.ForcedClose, session.Closed);
    }

    [Fact]
    public void Handlers_of_the_end_run_once_when_two_end_it()
    {
        var server = Servers.Make();
        var seen = new List<string>();
        FakeSession? session = null;
        server.OnConnection(socket =>
        {
            socket.OnDisconnecting(reason =>
            {
                seen.Add($"disconnecting {reason}");
                session!.Close(CloseReasons.TransportClose);
            });
            socket.OnDisconnect(reason => seen.Add($"disconnect {reason}"));
        });
        session = FakeSession.Open(server);
        session.Receive("0");
        server.Sockets.Single().Disconnect();
        Assert.Equal(
            ["disconnecting server namespace disconnect", "disconnect server namespace disconnect"],
            seen);
    }

    [Fact]
    public void A_callback_that_throws_keeps_no_other_socket_from_its_end()
    {
        var log = new FakeLog();
        var server = Servers.Make(log: log);
        var ended = 0;
        INamespace[] spaces = [server, server.Of("/b")];
        foreach (var nsp in spaces)
            nsp.OnConnection(socket =>
            {
                socket.Disconnected.Register(() => throw new InvalidOperationException());
                socket.OnDisconnect(new Action<string>(_ => ended++));
                socket.OnDisconnect(new Action<string>(_ => throw new InvalidOperationException()));
            });
        var session = FakeSession.Open(server);
        session.Receive("0", "0/b,");
        session.Close(CloseReasons.TransportClose);
        Assert.Equal(2, ended);
        Assert.All(spaces, nsp => Assert.Empty(nsp.Sockets));
        Assert.Equal(2, log.Lines.Count(line => line.StartsWith("Error CallbackFailed")));
        Assert.Equal(2, log.Lines.Count(line => line.StartsWith("Error HandlerFailed")));
    }

    [Fact]
    public void Who_looks_at_rooms_and_throws_keeps_no_socket_from_its_end()
    {
        var log = new FakeLog();
        var server = Servers.Make(log: log);
        ((InMemoryAdapter)server.Adapter).RoomLeft +=
            (_, _) => throw new InvalidOperationException();
        var (session, socket) = server.Join();
        var ended = false;
        socket.OnDisconnect(new Action<string>(_ => ended = true));
        session.Close(CloseReasons.TransportClose);
        Assert.True(ended);
        Assert.Contains("Error CallbackFailed InvalidOperationException", log.Lines);
    }

    [Fact]
    public void Data_that_is_no_JSON_keeps_no_socket_from_its_end()
    {
        var log = new FakeLog();
        var server = Servers.Make(
            configure: options => options.ConnectionStateRecovery = new(), log: log);
        var (session, socket) = server.Join();
        socket.Data["x"] = new Action(() => { });
        session.Close(CloseReasons.TransportClose);
        Assert.Empty(server.Sockets);
        Assert.Empty(server.Adapter.Rooms);
        Assert.Contains(log.Lines, line => line.StartsWith("Error CallbackFailed"));
    }

    [Fact]
    public void Joining_a_room_after_the_end_is_nothing()
    {
        var server = Servers.Make();
        var (session, socket) = server.Join();
        socket.OnDisconnecting(_ => socket.Join("last"));
        socket.OnDisconnect(_ => socket.Join("later"));
        session.Receive("1");
        socket.Join("much later");
        Assert.Empty(server.Adapter.Rooms);
    }

    [Fact]
    public void Who_asks_late_for_the_end_is_told_at_once()
    {
        var (session, socket) = Servers.Make().Join();
        session.Receive("1");
        string? reason = null;
        socket.OnDisconnect(why => reason = why);
        Assert.Equal("client namespace disconnect", reason);
    }

    [Fact]
    public void What_ends_because_the_client_went_is_no_error()
    {
        var log = new FakeLog();
        var server = Servers.Make(log: log);
        server.OnConnection(socket =>
        {
            socket.On("wait", () => Never(socket.Disconnected));
            socket.On("ask", () => (Task)socket.EmitWithAckAsync("q", []));
            socket.On("fail", () => Task.FromCanceled(new CancellationToken(canceled: true)));
        });
        server.Of("/slow").Use((socket, _) => Never(socket.Disconnected));
        var session = FakeSession.Open(server);
        session.Receive("0", "0/slow,", "2[\"wait\"]", "2[\"ask\"]");
        session.Close(CloseReasons.TransportClose);
        Assert.True(SpinWait.SpinUntil(
            () => log.Copy().Count(line => line == "Debug ClientGone") == 3, 10_000));
        Assert.DoesNotContain(log.Copy(), line => line.StartsWith("Error"));
        var (other, _) = server.Join();
        other.Receive("2[\"fail\"]");
        Assert.Contains(log.Copy(), line => line.StartsWith("Error"));
    }

    [Fact]
    public void An_answer_after_the_end_is_not_sent()
    {
        var server = Servers.Make();
        EventContext? asked = null;
        server.OnConnection(socket => socket.On("q", context => asked = context));
        var session = FakeSession.Open(server);
        session.Receive("0", "21[\"q\"]", "1");
        _ = session.Sent;
        asked!.Ack(1);
        Assert.Empty(session.Sent);
    }

    static Task Never(CancellationToken cancel) =>
        new TaskCompletionSource().Task.WaitAsync(cancel);
}
