using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.Unit.SocketIO.Sockets;

public class EventTests
{
    [Fact]
    public void Events_wait_for_the_middleware_of_those_before_them()
    {
        var server = Servers.Make();
        var slow = new TaskCompletionSource();
        var seen = new List<int>();
        server.OnConnection(socket =>
        {
            socket.Use(async (context, next) =>
            {
                if (context.Arguments.Get<int>(0) == 1)
                    await slow.Task;
                await next();
            });
            socket.On<int>("n", n => seen.Add(n));
        });
        var session = FakeSession.Open(server);
        session.Receive("0", "2[\"n\",0]", "2[\"n\",1]", "2[\"n\",2]", "2[\"n\",3]");
        Assert.Equal([0], seen);
        slow.SetResult();
        Assert.Equal([0, 1, 2, 3], seen);
    }

    [Fact]
    public void An_event_whose_socket_left_during_a_middleware_is_not_handled()
    {
        var server = Servers.Make();
        var slow = new TaskCompletionSource();
        server.OnConnection(socket =>
        {
            socket.Use(async (_, next) =>
            {
                await slow.Task;
                await next();
            });
            socket.On("e", () => Assert.Fail("too late"));
        });
        var session = FakeSession.Open(server);
        session.Receive("0", "2[\"e\"]", "1");
        slow.SetResult();
        Assert.Empty(server.Sockets);
    }

    [Fact]
    public void What_a_middleware_throws_goes_to_the_error_handlers_or_else_to_the_log()
    {
        var log = new FakeLog();
        var server = Servers.Make(log: log);
        var errors = new List<string>();
        server.OnConnection(socket =>
        {
            socket.Use((_, _) => throw new InvalidOperationException("not that"));
            socket.On("e", () => Assert.Fail("refused"));
        });
        var (session, socket) = server.Join();
        session.Receive("2[\"e\"]");
        Assert.Contains("Error HandlerFailed InvalidOperationException", log.Lines);
        log.Lines.Clear();
        socket.OnError(error => errors.Add(error.Message));
        session.Receive("2[\"e\"]");
        Assert.Equal(["not that"], errors);
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error"));
    }

    [Fact]
    public void Error_handlers_hear_why_a_client_is_closed()
    {
        var server = Servers.Make();
        var errors = new List<string>();
        server.OnConnection(socket => socket.OnError(error => errors.Add(error.Message)));
        var session = FakeSession.Open(server);
        session.Receive("0", "9");
        Assert.Equal(["unknown packet type"], errors);
        Assert.NotNull(session.Closed);
    }

    [Fact]
    public void Arguments_of_the_wrong_kind_are_no_error_of_ours()
    {
        var log = new FakeLog();
        var server = Servers.Make(log: log);
        server.OnConnection(socket =>
        {
            socket.On<int>("n", _ => { });
            socket.On("own", () => throw new System.Text.Json.JsonException());
        });
        var session = FakeSession.Open(server);
        session.Receive("0", "2[\"n\",\"text\"]");
        Assert.Contains("Debug BadArguments", log.Lines);
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Error"));
        session.Receive("2[\"own\"]");
        Assert.Contains("Error HandlerFailed JsonException", log.Lines);
    }

    [Theory]
    [InlineData(1, "+0|-0+1|-1+2|-2")]
    [InlineData(2, "+0+1|-0+2|-1|-2")]
    [InlineData(1024, "+0+1+2|-0|-1|-2")]
    public void As_many_handlers_of_a_socket_run_as_the_options_say(int most, string expected)
    {
        var server = Servers.Make(configure: options => options.MaxParallelEvents = most);
        var seen = new System.Text.StringBuilder();
        TaskCompletionSource[] ends = [new(), new(), new()];
        server.OnConnection(socket => socket.On<int>("n", async n =>
        {
            lock (seen)
                seen.Append('+').Append(n);
            await ends[n].Task;
            lock (seen)
                seen.Append('-').Append(n);
        }));
        var session = FakeSession.Open(server);
        session.Receive("0", "2[\"n\",0]", "2[\"n\",1]", "2[\"n\",2]");
        var steps = expected.Split('|');
        for (var end = 0; end <= ends.Length; end++)
        {
            if (end > 0)
            {
                lock (seen)
                    seen.Append('|');
                ends[end - 1].SetResult();
            }

            var then = string.Join('|', steps[..(end + 1)]);
            Assert.True(SpinWait.SpinUntil(() => Seen() == then, 10_000), $"{Seen()}, not {then}");
        }

        string Seen()
        {
            lock (seen)
                return seen.ToString();
        }
    }

    [Fact]
    public void A_client_whose_events_pile_up_is_closed()
    {
        var log = new FakeLog();
        var server = Servers.Make(log: log);
        server.OnConnection(_ => new TaskCompletionSource().Task);
        var session = FakeSession.Open(server);
        session.Receive("0");
        var many = Enumerable.Repeat("2[\"e\"]", 16 * 1024).ToArray();
        session.Receive(many);
        Assert.Null(session.Closed);
        session.Receive("2[\"e\"]");
        Assert.Equal(CloseReasons.ForcedClose, session.Closed);
        Assert.Contains("Information HandlersTooSlow", log.Lines);
    }

    [Fact]
    public void Large_events_that_pile_up_close_the_client_sooner()
    {
        var server = Servers.Make();
        server.OnConnection(_ => new TaskCompletionSource().Task);
        var session = FakeSession.Open(server);
        var large = $"2[\"e\",\"{new string('x', 6 * 1024 * 1024)}\"]";
        session.Receive("0", large, large);
        Assert.Null(session.Closed);
        session.Receive(large);
        Assert.NotNull(session.Closed);
    }

    [Fact]
    public void A_listener_that_throws_keeps_no_broadcast_from_the_others()
    {
        var server = Servers.Make();
        server.OnConnection(socket =>
            socket.OnAnyOutgoing((_, _) => throw new InvalidOperationException()));
        var (one, _) = server.Join();
        var (two, _) = server.Join();
        server.All.Emit("e");
        Assert.Equal(["2[\"e\"]"], one.Sent);
        Assert.Equal(["2[\"e\"]"], two.Sent);
    }

    [Fact]
    public void Once_is_once_even_when_its_handler_brings_the_next()
    {
        var server = Servers.Make();
        var (session, socket) = server.Join();
        var once = 0;
        var always = 0;
        socket.Once("e", _ => once++);
        socket.On("e", () => always++);
        session.Receive("2[\"e\"]", "2[\"e\"]");
        Assert.Equal((1, 2), (once, always));
    }

    [Fact]
    public void Listeners_of_any_event_come_in_their_order_and_go_one_by_one()
    {
        var server = Servers.Make();
        var (session, socket) = server.Join();
        var seen = new List<string>();
        void First(string name, EventArguments arguments) =>
            seen.Add($"first {name} {arguments.Count}");
        socket.OnAny((name, _) => seen.Add($"last {name}"));
        socket.PrependAny(First);
        session.Receive("2[\"e\",1,2]");
        Assert.Equal(["first e 2", "last e"], seen);
        socket.OffAny(First);
        session.Receive("2[\"f\"]");
        Assert.Equal("last f", seen[^1]);
        socket.OffAny();
        session.Receive("2[\"g\"]");
        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public void Who_owes_too_many_answers_is_left_out_and_the_others_are_asked()
    {
        var server = Servers.Make();
        var (_, silent) = server.Join();
        var (session, _) = server.Join();
        var cancel = TestContext.Current.CancellationToken;
        for (var i = 0; i < 16 * 1024; i++)
            _ = silent.EmitWithAckAsync("q", [], cancel);
        Assert.IsType<InvalidOperationException>(
            silent.EmitWithAckAsync("q", [], cancel).Exception?.InnerException);
        _ = server.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync("all", [], cancel);
        Assert.Matches("^2[0-9]+\\[\"all\"]$", Assert.Single(session.Sent));
    }

    [Fact]
    public void Questions_that_were_given_up_are_not_owed()
    {
        var (_, socket) = Servers.Make().Join();
        for (var i = 0; i <= 16 * 1024; i++)
            Assert.True(
                socket.EmitWithAckAsync("q", [], new CancellationToken(canceled: true)).IsCanceled);
    }

    [Fact]
    public void Arguments_within_other_values_keep_their_attachments()
    {
        var server = Servers.Make();
        server.OnConnection(socket =>
        {
            socket.On("sent on", context => context.Ack(new Dictionary<string, object?>
            {
                ["new"] = new byte[] { 9 }, ["old"] = new[] { context.Arguments[0] },
            }));
            socket.On<Argument[]>(
                "taken apart", parts => socket.Emit("bytes", parts[1].As<byte[]>()));
        });
        var session = FakeSession.Open(server);
        session.Receive("0");
        _ = session.Sent;
        session.Receive("51-7[\"sent on\",{\"_placeholder\":true,\"num\":0}]");
        session.ReceiveBinary(1);
        Assert.Equal(
            ["62-7[{\"new\":{\"_placeholder\":true,\"num\":0},"
                + "\"old\":[{\"_placeholder\":true,\"num\":1}]}]", "09", "01"],
            session.Sent);
        session.Receive("51-[\"taken apart\",[1,{\"_placeholder\":true,\"num\":0}]]");
        session.ReceiveBinary(2);
        Assert.Equal(["51-[\"bytes\",{\"_placeholder\":true,\"num\":0}]", "02"], session.Sent);
    }

    [Fact]
    public async Task A_single_server_has_nobody_to_tell_and_nobody_answers()
    {
        var server = Servers.Make();
        server.OnServerSide("e", _ => throw new InvalidOperationException("not to oneself"));
        server.ServerSideEmit("e", [1]);
        Assert.Empty(await server.ServerSideEmitWithAckAsync(
            "e", [], TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentException>(() => server.ServerSideEmit("connection", []));
    }

    [Fact]
    public void A_parent_sends_to_its_children_and_can_do_nothing_else()
    {
        var server = Servers.Make();
        var parent = server.Of((_, _) => ValueTask.FromResult(true));
        var session = FakeSession.Open(server);
        session.Receive("0/a,", "0/b,");
        _ = session.Sent;
        server.Of("/a").SocketsJoin("r");
        parent.All.Emit("e");
        parent.To("r").Emit("room");
        Assert.Equal(
            ["2/a,[\"e\"]", "2/a,[\"room\"]", "2/b,[\"e\"]"],
            session.Sent.Order(StringComparer.Ordinal));
        var cancel = TestContext.Current.CancellationToken;
        Assert.IsType<NotSupportedException>(
            parent.FetchSocketsAsync(cancel).Exception?.InnerException);
        Assert.Throws<NotSupportedException>(() => parent.SocketsJoin("r"));
        Assert.Throws<NotSupportedException>(() => parent.DisconnectSockets());
        Assert.Throws<NotSupportedException>(() => parent.ServerSideEmit("e", []));
        Assert.IsType<NotSupportedException>(parent.Timeout(TimeSpan.FromSeconds(1))
            .EmitWithAckAsync("q", [], cancel).Exception?.InnerException);
    }

    [Fact]
    public async Task A_broadcast_that_everybody_answered_is_forgotten()
    {
        var adapters = new AskedAdapters();
        var server = Servers.Make(adapters: adapters);
        var (session, _) = server.Join();
        var asked = server.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync(
            "q", [], TestContext.Current.CancellationToken);
        Assert.False(adapters.Cancel.IsCancellationRequested);
        session.Receive("30[1]");
        Assert.Single(await asked);
        Assert.True(adapters.Cancel.IsCancellationRequested);
    }

    /// <summary>Adapters that remember how long a question is remembered.</summary>
    sealed class AskedAdapters : IAdapterFactory
    {
        public CancellationToken Cancel { get; set; }

        public Adapter Create(IAdapterHost host) => new AskedAdapter(host, this);
    }

    sealed class AskedAdapter(IAdapterHost host, AskedAdapters factory) : InMemoryAdapter(host)
    {
        public override void BroadcastWithAck(
            Packet packet, BroadcastOptions options, Action<int> onClientCount,
            Action<Packet> onAck, CancellationToken cancel)
        {
            factory.Cancel = cancel;
            base.BroadcastWithAck(packet, options, onClientCount, onAck, cancel);
        }
    }
}
