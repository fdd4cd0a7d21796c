using Sluice.SocketIO;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.Sockets;

public class SocketTests
{
    static readonly string[] noNames = [];

    [Theory]
    [InlineData("2[\"e\"]")]
    [InlineData("1")]
    [InlineData("4{\"message\":\"x\"}")]
    public void Anything_before_CONNECT_closes_the_connection(string packet)
    {
        var session = FakeSession.Open(Servers.Make());
        session.Receive(packet);
        Assert.Equal(CloseReasons.ForcedClose, session.Closed);
    }

    [Fact]
    public void CONNECT_is_answered_with_an_id_of_20_characters_and_a_second_one_closes()
    {
        var session = FakeSession.Open(Servers.Make());
        session.Receive("0");
        Assert.Matches("^0\\{\"sid\":\"[A-Za-z0-9_-]{20}\"}$", Assert.Single(session.Sent));
        Assert.Null(session.Closed);
        session.Receive("0");
        Assert.Equal(CloseReasons.ForcedClose, session.Closed);
    }

    [Fact]
    public void A_connection_that_joins_nothing_is_closed_and_one_that_does_stays()
    {
        var time = new FakeTime();
        var server = Servers.Make(time);
        var idle = FakeSession.Open(server);
        var joined = FakeSession.Open(server);
        joined.Receive("0");
        time.Pass(TimeSpan.FromSeconds(45));
        Assert.NotNull(idle.Closed);
        Assert.Null(joined.Closed);
    }

    [Fact]
    public void Rooms_are_full_while_disconnecting_and_empty_when_disconnected()
    {
        var server = Servers.Make();
        var seen = new List<string>();
        server.OnConnection(socket =>
        {
            socket.Join("r");
            socket.OnDisconnecting(reason => seen.Add($"{reason} {socket.Rooms.Count}"));
            socket.OnDisconnect(reason => seen.Add($"{reason} {socket.Rooms.Count}"));
        });
        var session = FakeSession.Open(server);
        session.Receive("0", "1");
        Assert.Equal(["client namespace disconnect 2", "client namespace disconnect 0"], seen);
        Assert.Empty(server.Sockets);
    }

    [Fact]
    public async Task Events_wait_for_an_asynchronous_connection_handler_and_keep_their_order()
    {
        var server = Servers.Make();
        var ready = new TaskCompletionSource();
        var seen = new List<int>();
        server.OnConnection(async socket =>
        {
            await ready.Task;
            socket.On<int>("n", n => seen.Add(n));
        });
        var session = FakeSession.Open(server);
        session.Receive("0", "2[\"n\",1]", "2[\"n\",2]");
        Assert.Empty(seen);
        ready.SetResult();
        await ready.Task;
        session.Receive("2[\"n\",3]");
        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public void An_array_is_one_argument_of_an_answer()
    {
        var server = Servers.Make();
        server.OnConnection(socket => socket.On("e", context => context.Ack(noNames)));
        var session = FakeSession.Open(server);
        session.Receive("0");
        _ = session.Sent;
        session.Receive("27[\"e\"]");
        Assert.Equal(["37[[]]"], session.Sent);
    }

    [Fact]
    public void Attachments_come_back_under_new_numbers()
    {
        var server = Servers.Make();
        server.OnConnection(socket => socket.On<byte[], byte[]>(
            "e", (a, b) => socket.Emit("e", b, new Dictionary<string, object?> { ["a"] = a })));
        var session = FakeSession.Open(server);
        session.Receive("0");
        _ = session.Sent;
        session.Receive(
            "52-[\"e\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]");
        session.ReceiveBinary(1);
        session.ReceiveBinary(2);
        Assert.Equal(
            ["52-[\"e\",{\"_placeholder\":true,\"num\":0},"
                + "{\"a\":{\"_placeholder\":true,\"num\":1}}]", "01", "02"],
            session.Sent);
    }

    [Fact]
    public async Task A_question_without_an_answer_ends_with_its_timeout()
    {
        var time = new FakeTime();
        var (session, socket) = Servers.Make(time).Join();
        var asked = socket.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync<int>("q");
        Assert.Equal(["20[\"q\"]"], session.Sent);
        time.Pass(TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<AckTimeoutException>(() => asked);
        Assert.Equal("operation has timed out", failure.Message);
        var again = socket.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync<int>("q");
        session.Receive("31[5]");
        Assert.Equal(5, await again);
    }

    [Fact]
    public void A_union_of_rooms_reaches_each_socket_once_and_spares_the_exceptions()
    {
        var server = Servers.Make();
        var (one, a) = server.Join();
        var (two, b) = server.Join();
        var (three, _) = server.Join();
        a.Join(["x", "y"]);
        b.Join(["x", "z"]);
        server.To("x", "y").Except("z").Emit("e");
        Assert.Equal(["2[\"e\"]"], one.Sent);
        Assert.Empty(two.Sent);
        Assert.Empty(three.Sent);
    }

    [Fact]
    public void A_volatile_event_is_dropped_for_a_client_that_cannot_take_it()
    {
        var (session, socket) = Servers.Make().Join();
        session.IsFull = true;
        socket.Volatile.Emit("v");
        socket.Emit("e");
        session.IsFull = false;
        socket.Volatile.Emit("w");
        Assert.Equal(["2[\"e\"]", "2[\"w\"]"], session.Sent);
    }

    [Fact]
    public void A_recovered_socket_gets_what_it_missed_before_the_answer_to_CONNECT()
    {
        var server = Servers.Make(configure: options => options.ConnectionStateRecovery = new());
        var (first, socket) = server.Join();
        socket.Join("r");
        socket.Data["x"] = 1;
        socket.Emit("a");
        var offset = Assert.Single(first.Sent).Split('"')[3];
        first.Close(CloseReasons.TransportClose);
        server.To("r").Emit("missed");
        server.To("other").Emit("not mine");
        var second = FakeSession.Open(server);
        second.Receive($"0{{\"pid\":\"{socket.PrivateId}\",\"offset\":\"{offset}\"}}");
        var sent = second.Sent;
        Assert.Equal(2, sent.Length);
        Assert.StartsWith("2[\"missed\",\"", sent[0]);
        Assert.Equal($"0{{\"sid\":\"{socket.Id}\",\"pid\":\"{socket.PrivateId}\"}}", sent[1]);
        var back = Assert.Single(server.Sockets);
        Assert.True(back.Recovered);
        Assert.Equal(1, back.Data.Get<int>("x"));
        Assert.Contains("r", back.Rooms);
    }

    [Fact]
    public void A_socket_that_left_by_itself_is_not_recovered()
    {
        var server = Servers.Make(configure: options => options.ConnectionStateRecovery = new());
        var (first, socket) = server.Join();
        socket.Emit("a");
        var offset = Assert.Single(first.Sent).Split('"')[3];
        first.Receive("1");
        var second = FakeSession.Open(server);
        second.Receive($"0{{\"pid\":\"{socket.PrivateId}\",\"offset\":\"{offset}\"}}");
        Assert.False(Assert.Single(server.Sockets).Recovered);
    }

    [Fact]
    public void A_child_namespace_goes_with_its_last_socket_when_that_is_asked_for()
    {
        var server = Servers.Make(configure: options => options.CleanupEmptyChildNamespaces = true);
        server.Of((name, _) => ValueTask.FromResult(name == "/child"));
        var session = FakeSession.Open(server);
        session.Receive("0/child,", "0/other,");
        Assert.Equal("4/other,{\"message\":\"Invalid namespace\"}", session.Sent[1]);
        Assert.Contains(server.Namespaces, nsp => nsp.Name == "/child");
        session.Receive("1/child,");
        Assert.DoesNotContain(server.Namespaces, nsp => nsp.Name == "/child");
    }

    [Fact]
    public void A_failing_middleware_keeps_its_message_to_itself_unless_it_is_a_ConnectError()
    {
        var server = Servers.Make();
        server.Use((_, _) => throw new InvalidOperationException("secret"));
        server.Of("/told").Use((_, _) => throw new ConnectError("no"));
        var session = FakeSession.Open(server);
        session.Receive("0", "0/told,");
        Assert.Equal(
            ["4{\"message\":\"internal server error\"}", "4/told,{\"message\":\"no\"}"],
            session.Sent);
        Assert.Null(session.Closed);
    }

    [Fact]
    public void An_old_client_is_in_the_main_namespace_and_its_query_is_the_auth_payload()
    {
        var server = Servers.Make();
        string? token = null;
        server.Of("/admin").OnConnection(
            socket => token = socket.Handshake.GetAuthString("token"));
        var session = FakeSession.Open(server, version: 3);
        Assert.Equal(["0"], session.Sent);
        session.Receive("0/admin?token=1,");
        Assert.Equal(["0/admin,"], session.Sent);
        Assert.Equal("1", token);
    }
}
