using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
using Sluice.SocketIO.Redis;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>
/// Nodes with streams and recovery, whose events to their own clients go through Redis too: what
/// becomes of them when it is away, dies, does not answer, or cuts connections.
/// </summary>
public sealed class SocketIOStreamsFailureTests : IAsyncLifetime
{
    static readonly TimeSpan bound = TimeSpan.FromSeconds(1);

    RedisProcess redis = null!;
    ClusterClients clients = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        redis = await RedisProcess.StartAsync();
        clients = await ClusterClients.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await clients.DisposeAsync();
        await redis.DisposeAsync();
    }

    [Fact]
    public async Task Without_Redis_a_nodes_own_clients_get_its_events_and_questions_fail_in_time()
    {
        await redis.KillAsync();
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        await clients.ConnectAsync("a", one.Address);
        await clients.ConnectAsync("b", two.Address);
        for (var i = 0; i < 3; i++)
        {
            one.IO.Emit("event", i);
            Assert.Equal($"[[{i}]]", await OwnAsync(one, "a"));
        }

        one.IO.All.SocketsJoin("r");
        one.IO.To("r").Emit("event", "joined");
        Assert.Equal("""[["joined"]]""", await OwnAsync(one, "a"));
        await FailsAsync(() => one.IO.All.FetchSocketsAsync());
        await FailsAsync(() => one.IO.ServerSideEmitWithAckAsync("q", []));

        await redis.RestartAsync();
        await BothAsync(one, two);
        await BackAsync(one, two);
        one.IO.Emit("event", "back");
        await EverybodyHasAsync(one, two, """[["back"]]""");
    }

    [Fact]
    public async Task A_Redis_that_dies_and_comes_back_with_nothing_joins_the_nodes_again()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        await clients.ConnectAsync("a", one.Address);
        await clients.ConnectAsync("b", two.Address);
        await BothAsync(one, two);
        for (var round = 0; round < 3; round++)
        {
            await redis.KillAsync();
            two.IO.Emit("event", "own");
            Assert.Equal("""[["own"]]""", await OwnAsync(two, "b"));
            await redis.RestartAsync();
            await BothAsync(one, two);
            await BackAsync(one, two);
            two.IO.Emit("event", round);
            await EverybodyHasAsync(one, two, $"[[{round}]]");
        }
    }

    [Fact]
    public async Task A_Redis_that_does_not_answer_stops_nobody()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        await clients.ConnectAsync("a", one.Address);
        await clients.ConnectAsync("b", two.Address);
        await BothAsync(one, two);
        redis.Pause();
        try
        {
            one.IO.Emit("event", 1);
            one.IO.Emit("event", 2);
            Assert.Equal("[[1],[2]]", await OwnAsync(one, "a"));
        }
        finally
        {
            redis.Resume();
        }

        await BothAsync(one, two);
        await BackAsync(one, two);
        one.IO.Emit("event", 3);
        // What had gone out before reaches the other node late, and nobody twice.
        var taken = await clients.TakeAsync((one, two));
        Assert.Equal("[[3]]", JsonSerializer.Serialize(taken["a"]));
        Assert.Equal("[3]", JsonSerializer.Serialize(taken["b"][^1]));
    }

    [Fact]
    public async Task Connections_that_break_lose_nothing_and_bring_nothing_twice()
    {
        const int cuts = 20;
        await using var one = await StartAsync(TimeSpan.FromSeconds(20));
        await using var two = await StartAsync(TimeSpan.FromSeconds(20));
        await using var control = new RedisClient(
            new RedisClientOptions { Address = RedisAddress.Parse(redis.Address) },
            NullLogger.Instance, TimeProvider.System);
        await clients.ConnectAsync("a", one.Address);
        await clients.ConnectAsync("b", two.Address);
        await BothAsync(one, two);
        using var over = new CancellationTokenSource();
        SluiceNode[] nodes = [one, two];
        var counts = new int[nodes.Length];
        var sending = nodes.Select((node, i) => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                node.IO.Emit("event", i, counts[i]++);
                if (counts[i] % 3 == 0)
                    await Task.Delay(1);
            }
        })).ToArray();
        for (var cut = 0; cut < cuts; cut++)
        {
            // But for the one that asks.
            await ExecuteAsync(control, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            await BothAsync(one, two);
        }

        await over.CancelAsync();
        await Task.WhenAll(sending);
        var taken = await clients.TakeAsync((one, two));
        foreach (var name in (string[])["a", "b"])
            for (var i = 0; i < nodes.Length; i++)
                // What goes out for a second time may stand behind what came after it.
                Assert.Equal(
                    Enumerable.Range(0, counts[i]),
                    taken[name].Where(args => args[0].GetInt32() == i)
                        .Select(args => args[1].GetInt32()).Order());
        // But for everybody alike.
        Assert.Equal(
            JsonSerializer.Serialize(taken["a"]), JsonSerializer.Serialize(taken["b"]));
    }

    [Fact]
    public async Task Who_comes_back_while_Redis_is_away_begins_anew()
    {
        await using var one = await StartAsync();
        var id = await clients.ConnectAsync("a", one.Address);
        await clients.TakeAsync((one, one));
        await clients.LeaveAsync("a");
        await redis.KillAsync();
        var back = await clients.ArriveAsync("a", one.Address);
        Assert.False(back.GetProperty("recovered").GetBoolean());
        Assert.NotEqual(id, back.GetProperty("id").GetString());
        one.IO.Emit("event", 1);
        Assert.Equal("[[1]]", await OwnAsync(one, "a"));
        await redis.RestartAsync();
    }

    [Fact]
    public async Task A_flood_that_Redis_does_not_take_costs_bounded_memory()
    {
        await using var one = await StartAsync();
        await Patience.ForAsync(() => one.IO.Adapter.Problem is null, () => "Redis");
        redis.Pause();
        try
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var text = new string('x', 10_000);
            // Half a gigabyte, of which no more than the limits may stay.
            for (var i = 0; i < 50_000; i++)
                one.IO.Emit("event", text);
            var more = GC.GetTotalMemory(forceFullCollection: true) - before;
            Assert.InRange(more, 0, 400_000_000);
        }
        finally
        {
            redis.Resume();
        }

        await BackAsync(one);
        await clients.ConnectAsync("a", one.Address);
        one.IO.Emit("event", 1);
        Assert.Equal("[[1]]", await OwnAsync(one, "a"));
    }

    [Fact]
    public async Task A_key_that_is_no_stream_is_named_and_stops_nobody()
    {
        await using var control = new RedisClient(
            new RedisClientOptions { Address = RedisAddress.Parse(redis.Address) },
            NullLogger.Instance, TimeProvider.System);
        await ExecuteAsync(control, "SET", "socket.io", "no stream");
        await using var one = await StartAsync();
        await clients.ConnectAsync("a", one.Address);
        one.IO.Emit("event", 1);
        Assert.Equal("[[1]]", await OwnAsync(one, "a"));
        await ExecuteAsync(control, "DEL", "socket.io");
        await using var two = await StartAsync();
        await clients.ConnectAsync("b", two.Address);
        await BothAsync(one, two);
        await BackAsync(one, two);
        one.IO.Emit("event", 2);
        await EverybodyHasAsync(one, two, "[[2]]");
    }

    // ---- helpers ----

    Task<SluiceNode> StartAsync(TimeSpan? patience = null) => SluiceNode.StartAsync(
        "net", redis,
        adapter =>
        {
            adapter.Kind = RedisAdapterKind.Streams;
            adapter.RequestsTimeout = patience ?? bound;
            adapter.Streams.BlockTime = bound;
            adapter.Redis.ReconnectDelayMax = TimeSpan.FromMilliseconds(200);
        },
        options =>
        {
            options.CommandTimeout = patience ?? bound;
            options.ConnectTimeout = bound;
            options.PingInterval = bound;
            options.ReconnectDelayMax = TimeSpan.FromMilliseconds(200);
        },
        awaitRedis: false,
        configureServer: options => options.ConnectionStateRecovery = new());

    static async Task FailsAsync(Func<Task> question)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => question().WaitAsync(Patience.Event));
        Assert.True(failure is RedisException or ClusterTimeoutException, failure.ToString());
    }

    /// <summary>Waits until two nodes count each other.</summary>
    static Task BothAsync(SluiceNode one, SluiceNode two) => Patience.ForAsync(
        () => Count(one) == 2 && Count(two) == 2, () => "two nodes");

    static int Count(SluiceNode node)
    {
        try
        {
            return node.IO.Adapter.CountServersAsync(Cancel).AsTask().GetAwaiter().GetResult();
        }
        catch (RedisException)
        {
            return 0;
        }
    }

    /// <summary>Waits until nodes read the stream, and their events go through it again.</summary>
    async Task BackAsync(params SluiceNode[] nodes)
    {
        await using var control = new RedisClient(
            new RedisClientOptions { Address = RedisAddress.Parse(redis.Address) },
            NullLogger.Instance, TimeProvider.System);
        foreach (var node in nodes)
            await Patience.ForAsync(
                () =>
                {
                    var before = Length(control);
                    // To nobody.
                    node.IO.To("nowhere").Emit("event");
                    return node.IO.Adapter.Problem is null && Length(control) > before;
                }, () => "a stream that grows");
    }

    static long Length(RedisClient control) =>
        ExecuteAsync(control, "XLEN", "socket.io").GetAwaiter().GetResult().Number;

    static Task<RedisValue> ExecuteAsync(
        RedisClient control, string command, params string[] arguments) => control.ExecuteAsync(
        command, [.. arguments.Select(
            text => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(text))], Cancel);

    /// <summary>What a node's own client has, with fences that go the same way.</summary>
    async Task<string> OwnAsync(SluiceNode node, string name)
    {
        var taken = await clients.TakeOwnAsync(number =>
        {
            node.IO.Emit("fence", number, 0);
            node.IO.Emit("fence", number, 1);
        }, name);
        return JsonSerializer.Serialize(taken.GetValueOrDefault(name));
    }

    async Task EverybodyHasAsync(SluiceNode one, SluiceNode two, string expected)
    {
        var taken = await clients.TakeAsync((one, two));
        Assert.Equal(["a", "b"], taken.Keys.Order());
        Assert.All(
            taken.Values, value => Assert.Equal(expected, JsonSerializer.Serialize(value)));
    }
}
