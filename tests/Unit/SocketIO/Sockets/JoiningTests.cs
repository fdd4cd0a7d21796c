using System.Text.RegularExpressions;
using Sluice.SocketIO;
using Sluice.SocketIO.EngineIO;
using IOSocket = Sluice.SocketIO.Socket;

namespace Sluice.Unit.SocketIO.Sockets;

public class JoiningTests
{
    [Fact]
    public void A_connection_that_ends_during_a_middleware_leaves_nothing_behind()
    {
        var server = Servers.Make();
        var checking = new TaskCompletionSource();
        IOSocket? joining = null;
        server.Use(async (socket, next) =>
        {
            joining = socket;
            socket.Join("r");
            await checking.Task;
            await next();
        });
        server.OnConnection(_ => Assert.Fail("nobody came"));
        var session = FakeSession.Open(server);
        session.Receive("0");
        var gone = joining!.Disconnected;
        Assert.False(gone.IsCancellationRequested);
        session.Close(CloseReasons.TransportClose);
        Assert.True(gone.IsCancellationRequested);
        checking.SetResult();
        joining.Join("too late");
        Assert.Empty(server.Sockets);
        Assert.Empty(server.Adapter.Rooms);
    }

    [Fact]
    public void A_connection_that_breaks_over_the_answer_to_CONNECT_leaves_nothing_behind()
    {
        var server = Servers.Make();
        var seen = 0;
        server.OnConnection(_ => seen++);
        var session = FakeSession.Open(server);
        session.OnSent = _ => session.Close(CloseReasons.TransportError);
        session.Receive("0");
        Assert.Empty(server.Sockets);
        Assert.Empty(server.Adapter.Rooms);
        Assert.Equal(0, seen);
        FakeSession.Open(server).Receive("0");
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task A_question_asked_in_a_middleware_ends_with_the_refusal()
    {
        var server = Servers.Make();
        Task? asked = null;
        server.Use((socket, _) =>
        {
            asked = socket.EmitWithAckAsync("q", []);
            throw new ConnectError("no");
        });
        var session = FakeSession.Open(server);
        session.Receive("0");
        await Assert.ThrowsAsync<SocketDisconnectedException>(() => asked!);
        Assert.Equal(["4{\"message\":\"no\"}"], session.Sent);
    }

    [Fact]
    public void A_client_may_ask_again_as_soon_as_it_is_refused()
    {
        var server = Servers.Make();
        var asked = 0;
        server.Use((_, next) => ++asked > 1 ? next() : throw new ConnectError("no"));
        var session = FakeSession.Open(server);
        session.OnSent = text =>
        {
            if (text.StartsWith('4'))
                session.Receive("0");
        };
        session.Receive("0");
        Assert.Null(session.Closed);
        Assert.Single(server.Sockets);
    }

    [Fact]
    public void Details_of_a_refusal_that_are_no_JSON_are_left_out()
    {
        var server = Servers.Make();
        server.Use((_, _) => throw new ConnectError("no", new Action(() => { })));
        var session = FakeSession.Open(server);
        session.Receive("0");
        Assert.Equal(["4{\"message\":\"no\"}"], session.Sent);
        Assert.Null(session.Closed);
    }

    [Fact]
    public void An_old_client_is_refused_in_its_own_words()
    {
        var server = Servers.Make();
        server.Of("/mw").Use((socket, _) => throw new ConnectError(
            "no", socket.Handshake.GetAuthString("details") is null ? null : "why"));
        var session = FakeSession.Open(server, version: 3);
        session.Receive("0/mw", "0/mw?details=1", "0/nope?x=1,");
        Assert.Equal(
            ["0", "4/mw,\"no\"", "4/mw,\"why\"", "4/nope,{\"message\":\"Invalid namespace\"}"],
            session.Sent);
        Assert.Null(session.Closed);
    }

    [Fact]
    public void A_client_may_come_back_as_soon_as_it_hears_that_it_was_disconnected()
    {
        var server = Servers.Make();
        var (session, socket) = server.Join();
        session.OnSent = text =>
        {
            if (text == "1")
                session.Receive("0");
        };
        socket.Disconnect();
        Assert.Null(session.Closed);
        Assert.NotEqual(socket.Id, Assert.Single(server.Sockets).Id);
    }

    [Fact]
    public void A_socket_that_is_not_in_yet_hears_nothing_and_may_not_speak()
    {
        var server = Servers.Make();
        var checking = new TaskCompletionSource();
        server.Use((_, _) => checking.Task);
        var session = FakeSession.Open(server);
        session.Receive("0");
        server.All.Emit("e");
        Assert.Empty(session.Sent);
        session.Receive("2[\"e\"]");
        Assert.Equal(CloseReasons.ForcedClose, session.Closed);
    }

    [Fact]
    public void What_a_middleware_sends_comes_after_the_answer_to_CONNECT()
    {
        var server = Servers.Make();
        server.Use((socket, next) =>
        {
            socket.Emit("a");
            socket.Volatile.Emit("lost");
            return next();
        });
        var session = FakeSession.Open(server);
        session.Receive("0");
        var sent = session.Sent;
        Assert.StartsWith("0{", sent[0]);
        Assert.Equal(["2[\"a\"]"], sent[1..]);
    }

    [Fact]
    public void A_function_that_throws_refuses_the_namespace_and_keeps_the_connection()
    {
        var log = new FakeLog();
        var server = Servers.Make(log: log);
        server.Of((name, _) => name == "/bad"
            ? throw new InvalidOperationException() : ValueTask.FromResult(true));
        var session = FakeSession.Open(server);
        session.Receive("0/bad,", "0/good,");
        Assert.Null(session.Closed);
        var sent = session.Sent;
        Assert.Equal("4/bad,{\"message\":\"Invalid namespace\"}", sent[0]);
        Assert.StartsWith("0/good,{", sent[1]);
        Assert.Contains("Error CallbackFailed InvalidOperationException", log.Lines);
    }

    [Fact]
    public void Nobody_joins_a_child_before_NewNamespace_has_told_of_it()
    {
        var server = Servers.Make();
        server.Of((_, _) => ValueTask.FromResult(true));
        var other = FakeSession.Open(server);
        server.NewNamespace += child =>
        {
            other.Receive($"0{child.Name},");
            child.Use((_, _) => throw new ConnectError("guarded"));
        };
        var session = FakeSession.Open(server);
        session.Receive("0/child,");
        string[] refusal = ["4/child,{\"message\":\"guarded\"}"];
        Assert.Equal(refusal, session.Sent);
        Assert.True(SpinWait.SpinUntil(() => other.Sent is [var one] && one == refusal[0], 10_000));
    }

    [Fact]
    public void A_child_stays_while_somebody_is_joining_and_goes_with_the_last()
    {
        var server = Servers.Make(configure: options => options.CleanupEmptyChildNamespaces = true);
        var checking = new TaskCompletionSource();
        server.Of((_, _) => ValueTask.FromResult(true)).Use(async (socket, next) =>
        {
            if (socket.Handshake.GetAuthString("wait") is not null)
                await checking.Task;
            await next();
        });
        var first = FakeSession.Open(server);
        first.Receive("0/child,");
        var child = server.Namespaces.Single(nsp => nsp.Name == "/child");
        var second = FakeSession.Open(server);
        second.Receive("0/child,{\"wait\":\"1\"}");
        first.Receive("1/child,");
        Assert.Contains(child, server.Namespaces);
        checking.SetResult();
        Assert.Single(child.Sockets);
        second.Receive("1/child,");
        Assert.DoesNotContain(child, server.Namespaces);
        first.Receive("0/child,");
        Assert.NotSame(child, server.Namespaces.Single(nsp => nsp.Name == "/child"));
    }

    [Fact]
    public void A_child_made_by_its_name_goes_with_its_last_socket_too_and_others_stay()
    {
        var server = Servers.Make(configure: options => options.CleanupEmptyChildNamespaces = true);
        server.Of(new Regex("^/child"));
        var child = server.Of("/child-1");
        var own = server.Of("/own");
        // Nobody has been there yet.
        Assert.Same(child, server.Of("/child-1"));
        var session = FakeSession.Open(server);
        session.Receive("0/child-1,", "0/own,");
        Assert.Single(child.Sockets);
        session.Receive("1/child-1,", "1/own,");
        Assert.DoesNotContain(child, server.Namespaces);
        Assert.Same(own, server.Of("/own"));
        var next = server.Of("/child-1");
        Assert.NotSame(child, next);
        session.Receive("0/child-1,");
        Assert.Single(next.Sockets);
    }

    [Fact]
    public void A_child_that_the_program_guards_stays_with_its_guard()
    {
        var server = Servers.Make(configure: options => options.CleanupEmptyChildNamespaces = true);
        server.Of(new Regex("^/child"));
        server.NewNamespace += child => child.OnConnection(_ => { });
        server.Of("/child-1").Use((socket, next) =>
            socket.Handshake.GetAuthString("token") is null
                ? throw new ConnectError("guarded") : next());
        var session = FakeSession.Open(server);
        session.Receive("0/child-1,{\"token\":\"1\"}", "1/child-1,");
        session.Receive("0/child-2,", "1/child-2,");
        _ = session.Sent;
        session.Receive("0/child-1,");
        Assert.Equal(["4/child-1,{\"message\":\"guarded\"}"], session.Sent);
        Assert.DoesNotContain(server.Namespaces, nsp => nsp.Name == "/child-2");
    }

    [Fact]
    public void A_child_made_by_its_name_stays_while_it_is_not_asked_to_go()
    {
        var server = Servers.Make();
        server.Of(new Regex("^/child"));
        var child = server.Of("/child-1");
        var session = FakeSession.Open(server);
        session.Receive("0/child-1,", "1/child-1,");
        Assert.Same(child, server.Of("/child-1"));
    }

    [Fact]
    public void A_connection_in_more_namespaces_than_allowed_is_closed()
    {
        var server = Servers.Make();
        server.Of((_, _) => ValueTask.FromResult(true));
        var session = FakeSession.Open(server);
        for (var i = 0; i < 64; i++)
            session.Receive($"0/{i},");
        Assert.Null(session.Closed);
        session.Receive("0/one-more,");
        Assert.NotNull(session.Closed);
        Assert.All(server.Namespaces, nsp => Assert.Empty(nsp.Sockets));
    }
}
