using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Redis;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.Redis;

/// <summary>A node with the streams adapter, on a Redis in memory.</summary>
public sealed class StreamsAdapterTests : IAsyncDisposable
{
    readonly FakeRedis redis = new();

    public ValueTask DisposeAsync() => redis.DisposeAsync();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Operations_are_in_the_stream_as_the_official_adapter_writes_them()
    {
        await using var server = await StartAsync();
        var chat = server.Of("/chat");
        await StartedAsync(server);
        chat.To("r").Except("x").Emit("hello", 1, "é\"<", new { a = new object?[] { true, null } });
        chat.All.Volatile.Emit("bin", new byte[] { 1, 2, 255 }, new { b = Array.Empty<byte>() });
        chat.To("a").SocketsJoin("b", "c");
        chat.All.Except("b").DisconnectSockets(close: true);
        var added = redis.Commands.Where(command => command.StartsWith("XADD", Ordinal))
            .Select(command => command[command.IndexOf(" nsp ", Ordinal)..]);
        Assert.Equal(
        [
            """ nsp /chat type 3 data {"packet":{"type":2,"data":["hello",1,"é\"<","""
            + """{"a":[true,null]}]},"opts":{"rooms":["r"],"except":["x"],"flags":{}}}""",
            " nsp /chat type 3 data gqZwYWNrZXSCpHR5cGUCpGRhdGGTo2JpbsQDAQL/gaFixACkb3B0c4Olcm9v"
            + "bXOQpmV4Y2VwdJClZmxhZ3OBqHZvbGF0aWxlww==",
            """ nsp /chat type 4 data {"opts":{"rooms":["a"],"except":[],"flags":{}},"""
            + "\"rooms\":[\"b\",\"c\"]}",
            """ nsp /chat type 6 data {"opts":{"rooms":[],"except":["b"],"flags":{}},"""
            + "\"close\":true}",
        ], added);
    }

    [Fact]
    public async Task Events_of_this_node_and_of_others_come_in_the_streams_order_with_offsets()
    {
        await using var server = await StartAsync();
        await StartedAsync(server);
        var (session, _) = server.Join();
        var held = new TaskCompletionSource();
        redis.BeforeAdding = () => held.Task;
        server.All.Emit("ours", 1);
        // Another node is faster.
        Broadcast("""["theirs",1]""");
        await SentAsync(session, """2["theirs",1,"1001-0"]""");
        held.SetResult();
        await SentAsync(session, """2["ours",1,"1002-0"]""");
    }

    [Fact]
    public async Task Whoever_comes_back_gets_what_it_missed_and_nothing_else()
    {
        await using var server = await StartAsync();
        await StartedAsync(server);
        var (first, socket) = server.Join();
        socket.Join("r");
        server.All.Emit("n", 0);
        await SentAsync(first, """2["n",0,"1001-0"]""");
        first.Close(CloseReasons.TransportClose);
        Broadcast("""["n",1]""", """["r"]""");
        Broadcast("""["n",2]""", """["other"]""");
        Broadcast("""["n",3]""", except: """["r"]""");
        Broadcast("""["n",4]""", flags: """{"volatile":true}""");
        Broadcast("""["n",5]""", id: ",\"id\":7");
        redis.Add("uid", "u", "nsp", "/chat", "type", "3", "data", Data("""["n",6]"""));
        redis.Add("uid", "u", "nsp", "/", "type", "3", "data", "what is this");
        redis.Add("somebody", "else");
        Broadcast("""["n",8]""", $"""["{socket.Id}"]""");
        var second = Return(server, socket, "1001-0");
        await SentAsync(
            second, """2["n",1,"1002-0"]""", """2["n",8,"1010-0"]""",
            $"0{{\"sid\":\"{socket.Id}\",\"pid\":\"{socket.PrivateId}\"}}");
        Broadcast("""["n",9]""", """["r"]""");
        await SentAsync(second, """2["n",9,"1011-0"]""");
        Assert.True(server.Sockets.Single().Recovered);
        Assert.Empty(redis.Keys);
    }

    [Theory]
    [InlineData("1001-0", true)]
    // Never in the stream, in another namespace, and no offsets at all.
    [InlineData("1000-0", false)]
    [InlineData("1002-0", false)]
    [InlineData("+", false)]
    [InlineData("", false)]
    public async Task An_offset_that_this_namespace_does_not_know_begins_anew(
        string offset, bool isKnown)
    {
        await using var server = await StartAsync();
        await StartedAsync(server);
        var (first, socket) = server.Join();
        server.All.Emit("n", 0);
        await SentAsync(first, """2["n",0,"1001-0"]""");
        redis.Add("uid", "u", "nsp", "/chat", "type", "3", "data", Data("""["n",6]"""));
        first.Close(CloseReasons.TransportClose);
        var second = Return(server, socket, offset);
        await SentAsync(second);
        Assert.Equal(isKnown, server.Sockets.Single().Recovered);
        // Somebody else's guess takes nothing away.
        Assert.Equal(isKnown ? 0 : 1, redis.Keys.Count);
    }

    [Fact]
    public async Task Who_missed_what_is_trimmed_begins_anew()
    {
        await using var server = await StartAsync();
        await StartedAsync(server);
        var (first, socket) = server.Join();
        server.All.Emit("n", 0);
        await SentAsync(first, """2["n",0,"1001-0"]""");
        first.Close(CloseReasons.TransportClose);
        redis.Trim();
        Broadcast("""["n",1]""");
        await SentAsync(Return(server, socket, "1001-0"));
        Assert.False(server.Sockets.Single().Recovered);
    }

    [Fact]
    public async Task More_than_one_page_is_recovered_in_order()
    {
        await using var server = await StartAsync(readCount: 3);
        await StartedAsync(server);
        var (first, socket) = server.Join();
        server.All.Emit("n", 0);
        await SentAsync(first, """2["n",0,"1001-0"]""");
        first.Close(CloseReasons.TransportClose);
        for (var n = 1; n <= 10; n++)
            Broadcast($"[\"n\",{n}]");
        var second = Return(server, socket, "1001-0");
        await SentAsync(
            second, [.. Enumerable.Range(1, 10).Select(n => $"2[\"n\",{n},\"{1001 + n}-0\"]"),
                $"0{{\"sid\":\"{socket.Id}\",\"pid\":\"{socket.PrivateId}\"}}"]);
    }

    [Fact]
    public async Task A_question_to_a_socket_follows_what_was_emitted_before_it()
    {
        await using var server = await StartAsync();
        await StartedAsync(server);
        var (session, socket) = server.Join();
        var held = new TaskCompletionSource();
        redis.BeforeAdding = () => held.Task;
        socket.Emit("event");
        var answer = socket.EmitWithAckAsync("question", [], Cancel);
        Assert.Empty(session.Sent);
        held.SetResult();
        await SentAsync(session, """2["event","1001-0"]""", """20["question"]""");
        session.Receive("30[7]");
        Assert.Equal(7, (await answer)[0].As<int>());
    }

    [Fact]
    public async Task Without_recovery_events_are_sent_at_once_and_without_offsets()
    {
        await using var server = await StartAsync(recovers: false);
        await StartedAsync(server);
        var (session, _) = server.Join();
        redis.BeforeAdding = () => Task.FromException(new RedisException("away"));
        server.All.Emit("ours");
        Assert.Equal("""2["ours"]""", Assert.Single(session.Sent));
        Broadcast("""["theirs"]""");
        await SentAsync(session, """2["theirs"]""");
    }

    [Fact]
    public void A_client_without_a_connection_for_reading_says_what_is_missing()
    {
        var options = new RedisAdapterOptions { Kind = RedisAdapterKind.Streams };
        var failure = Assert.Throws<NotSupportedException>(() => Servers.Make(
            adapters: new Factory(new Narrow(), options)));
        Assert.Contains("OpenBlocking", failure.Message, StringComparison.Ordinal);
    }

    // ---- helpers ----

    const StringComparison Ordinal = StringComparison.Ordinal;

    static string Data(
        string json, string rooms = "[]", string except = "[]", string flags = "{}",
        string id = "") =>
        $"{{\"packet\":{{\"type\":2,\"data\":{json}{id}}},\"opts\":{{\"rooms\":{rooms},"
        + $"\"except\":{except},\"flags\":{flags}}}}}";

    void Broadcast(
        string json, string rooms = "[]", string except = "[]", string flags = "{}",
        string id = "") => redis.Add(
        "uid", "another", "nsp", "/", "type", "3", "data", Data(json, rooms, except, flags, id));

    static FakeSession Return(SocketIOServer server, Socket socket, string offset)
    {
        var session = FakeSession.Open(server);
        session.Receive($"0{{\"pid\":\"{socket.PrivateId}\",\"offset\":\"{offset}\"}}");
        return session;
    }

    /// <summary>Waits until something is sent: this, or anything at all.</summary>
    static async Task SentAsync(FakeSession session, params string[] expected)
    {
        var sent = new List<string>();
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(TimeSpan.FromSeconds(30));
        while (sent.Count < Math.Max(1, expected.Length))
        {
            sent.AddRange(session.Sent);
            await Task.Yield();
            late.Token.ThrowIfCancellationRequested();
        }

        if (expected.Length > 0)
            Assert.Equal(expected, sent);
    }

    /// <summary>Reading has begun.</summary>
    static async Task StartedAsync(SocketIOServer server)
    {
        foreach (var nsp in server.Namespaces)
            await nsp.Adapter.CountServersAsync(Cancel);
    }

    Task<SocketIOServer> StartAsync(bool recovers = true, int readCount = 100)
    {
        var options = new RedisAdapterOptions { Kind = RedisAdapterKind.Streams };
        options.Streams.ReadCount = readCount;
        return Task.FromResult(Servers.Make(
            configure: server => server.ConnectionStateRecovery = recovers ? new() : null,
            adapters: new Factory(redis, options)));
    }

    sealed class Factory(IRedisClient redis, RedisAdapterOptions options) : IAdapterFactory
    {
        readonly RedisStreams streams = new(redis, options, NullLogger.Instance);

        public Adapter Create(IAdapterHost host) =>
            new RedisStreamsAdapter(host, redis, options, streams);
    }

    /// <summary>What an application has made of another client, before there were streams.</summary>
    sealed class Narrow : IRedisClient
    {
        public bool IsConnected => true;

        public Task<RedisValue> ExecuteAsync(
            string command, IReadOnlyList<ReadOnlyMemory<byte>> arguments,
            CancellationToken cancel = default) => Task.FromResult<RedisValue>(default);

        public Task SubscribeAsync(
            RedisChannelKind kind, string name, Action<string, ReadOnlyMemory<byte>> onMessage) =>
            Task.CompletedTask;

        public Task UnsubscribeAsync(RedisChannelKind kind, string name) => Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
