using System.Net.WebSockets;
using System.Threading.Channels;
using Sluice.Samples.Messaging.Client;

namespace Sluice.Unit.Samples;

/// <summary>The twin of samples/Messaging/client/test, claim for claim.</summary>
public class ReconnectingWebSocketTests
{
    static readonly Uri url = new("ws://chat.example.test/ws/ada");

    [Theory]
    [InlineData("/ws/a", "https://x.test/page", "wss://x.test/ws/a")]
    [InlineData("/ws/a", "http://x.test:8202/page?q#h", "ws://x.test:8202/ws/a")]
    [InlineData("wss://y.test/ws", "http://x.test/", "wss://y.test/ws")]
    [InlineData("https://y.test/ws#here", "http://x.test/", "wss://y.test/ws")]
    public void A_page_over_tls_gets_wss_and_any_other_ws(
        string path, string page, string expected) =>
        Assert.Equal(
            expected, ReconnectingWebSocket.WebSocketUrl(new Uri(page), path).AbsoluteUri);

    [Fact]
    public void A_page_from_a_file_gets_none() => Assert.Throws<ArgumentException>(
        () => ReconnectingWebSocket.WebSocketUrl(new Uri("file:///page.html"), "ws"));

    [Fact]
    public void Waits_double_up_to_the_ceiling_and_chance_spreads_their_upper_half()
    {
        Assert.Equal(
            [250, 500, 1000, 2000, 15_000, 15_000, 15_000],
            new[] { 0, 1, 2, 3, 6, 7, 100 }
                .Select(attempt => Backoff.Default.Wait(attempt, 0).TotalMilliseconds));
        Assert.Equal(375, Backoff.Default.Wait(0, 0.5).TotalMilliseconds);
        Assert.True(Backoff.Default.Wait(100, 0.999_999) <= Backoff.Default.Max);
    }

    [Fact]
    public async Task An_attempt_that_hangs_is_given_up_and_followed_by_another()
    {
        await using var world = new World();
        await world.BecomesAsync(ConnectionState.Connecting);
        Assert.Equal(TimeSpan.FromSeconds(10), await world.Time.PassAsync());
        await world.BecomesAsync(ConnectionState.Waiting);
        Assert.Equal(TimeSpan.FromMilliseconds(250), await world.Time.PassAsync());
        await world.BecomesAsync(ConnectionState.Connecting);
        await world.OpenAsync();
        Assert.Equal(2, world.Client.Report.AttemptsCount);
    }

    [Fact]
    public async Task Every_failure_waits_longer_and_a_lasting_connection_begins_anew()
    {
        await using var world = new World();
        foreach (int wait in new[] { 250, 500, 1000 })
        {
            await world.FailAsync();
            await world.BecomesAsync(ConnectionState.Connecting, ConnectionState.Waiting);
            Assert.Equal(wait, (await world.Time.PassAsync()).TotalMilliseconds);
        }
        await world.BecomesAsync(ConnectionState.Connecting);
        var socket = await world.OpenAsync();
        world.Time.Skip(TimeSpan.FromSeconds(5));
        socket.Drop();
        await world.BecomesAsync(ConnectionState.Waiting);
        Assert.Equal(250, (await world.Time.PassAsync()).TotalMilliseconds);
        Assert.Equal(1, world.Client.Report.DroppedCount);
    }

    [Fact]
    public async Task A_connection_that_breaks_at_once_does_not_begin_anew()
    {
        await using var world = new World();
        await world.FailAsync();
        await world.BecomesAsync(ConnectionState.Connecting, ConnectionState.Waiting);
        await world.Time.PassAsync();
        await world.BecomesAsync(ConnectionState.Connecting);
        var socket = await world.OpenAsync();
        world.Time.Skip(TimeSpan.FromSeconds(4.9));
        socket.Drop();
        await world.BecomesAsync(ConnectionState.Waiting);
        Assert.Equal(500, (await world.Time.PassAsync()).TotalMilliseconds);
    }

    [Fact]
    public async Task A_heartbeat_that_is_answered_is_measured_and_no_message()
    {
        await using var world = new World();
        await world.BecomesAsync(ConnectionState.Connecting);
        var socket = await world.OpenAsync();
        Assert.Equal(TimeSpan.FromSeconds(25), await world.Time.PassAsync());
        Assert.Equal("""{"type":"ping","id":"1"}""", await socket.SentAsync());
        world.Time.Skip(TimeSpan.FromMilliseconds(40));
        socket.Say("""{"type":"pong","id":"1"}""");
        socket.Say("a message");
        Assert.Equal("a message", await world.ReadAsync());
        Assert.Equal(new LatencySummary(1, 40, 40, 40), world.Client.Report.Heartbeats);
        Assert.Equal(ConnectionState.Open, world.Client.State);
    }

    [Fact]
    public async Task A_heartbeat_without_an_answer_means_the_connection_is_dead()
    {
        await using var world = new World();
        await world.BecomesAsync(ConnectionState.Connecting);
        var socket = await world.OpenAsync();
        await world.Time.PassAsync();
        await socket.SentAsync();
        // A late answer to an earlier heartbeat proves nothing about this one.
        socket.Say("""{"type":"pong","id":"0"}""");
        socket.Say("read after it");
        Assert.Equal("read after it", await world.ReadAsync());
        Assert.Equal(TimeSpan.FromSeconds(10), await world.Time.PassAsync());
        await world.BecomesAsync(ConnectionState.Waiting);
        Assert.Equal(1, world.Client.Report.DroppedCount);
    }

    [Fact]
    public async Task What_is_sent_without_a_connection_is_sent_after_the_next_in_order()
    {
        await using var world = new World(new() { QueueMax = 2 });
        Assert.True(world.Client.Send("one"));
        Assert.True(world.Client.Send("two"));
        Assert.False(world.Client.Send("three"));
        Assert.Equal(1, world.Client.Report.RefusedCount);
        await world.BecomesAsync(ConnectionState.Connecting);
        var socket = await world.OpenAsync();
        Assert.Equal("one", await socket.SentAsync());
        Assert.Equal("two", await socket.SentAsync());
    }

    [Fact]
    public async Task What_could_not_be_sent_is_sent_by_the_next_connection()
    {
        await using var world = new World();
        await world.BecomesAsync(ConnectionState.Connecting);
        var first = await world.OpenAsync();
        first.IsBroken = true;
        world.Client.Send("held");
        await world.BecomesAsync(ConnectionState.Waiting);
        Assert.Equal(1, world.Client.Report.QueuedCount);
        await world.Time.PassAsync();
        await world.BecomesAsync(ConnectionState.Connecting);
        var second = await world.OpenAsync();
        Assert.Equal("held", await second.SentAsync());
    }

    [Theory]
    [InlineData(1000, ConnectionState.Closed)]
    [InlineData(1008, ConnectionState.Closed)]
    [InlineData(4401, ConnectionState.Closed)]
    [InlineData(1001, ConnectionState.Waiting)]
    [InlineData(1006, ConnectionState.Waiting)]
    [InlineData(1012, ConnectionState.Waiting)]
    public async Task A_final_code_ends_it_and_any_other_does_not(int code, ConnectionState state)
    {
        await using var world = new World();
        await world.BecomesAsync(ConnectionState.Connecting);
        (await world.OpenAsync()).Drop(code);
        await world.BecomesAsync(state);
        Assert.Equal(state != ConnectionState.Closed, world.Client.Send("late"));
    }

    [Fact]
    public async Task Closing_ends_everything()
    {
        await using var world = new World();
        await world.BecomesAsync(ConnectionState.Connecting);
        var socket = await world.OpenAsync();
        await world.Client.DisposeAsync();
        await world.BecomesAsync(ConnectionState.Closed);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.ClosedWith);
        Assert.Null(await world.ReadAsync());
    }

    [Fact]
    public async Task A_wait_can_be_cut_short()
    {
        await using var world = new World();
        await world.FailAsync();
        await world.BecomesAsync(ConnectionState.Connecting, ConnectionState.Waiting);
        world.Client.ReconnectNow();
        await world.BecomesAsync(ConnectionState.Connecting);
    }

    [Fact]
    public void Percentiles_are_of_the_latest_latencies()
    {
        var latencies = new Latencies(100);
        Assert.Equal(new LatencySummary(0, 0, 0, 0), latencies.Summary());
        for (int ms = 1000; ms > 0; ms--)
        {
            latencies.Add(TimeSpan.FromMilliseconds(ms));
        }
        Assert.Equal(new LatencySummary(1000, 50, 95, 100), latencies.Summary());
    }

    /// <summary>A client, and its time, chance and network.</summary>
    sealed class World : IAsyncDisposable
    {
        readonly Channel<ConnectionState> states = Channel.CreateUnbounded<ConnectionState>();
        readonly Channel<TaskCompletionSource<WebSocket>> attempts =
            Channel.CreateUnbounded<TaskCompletionSource<WebSocket>>();

        public World(ReconnectingWebSocketOptions? options = null)
        {
            Client = new ReconnectingWebSocket(() => url, (options ?? new()) with
            {
                Time = Time,
                Chance = () => 0,
                Connect = Connect,
                StateChanged = state => states.Writer.TryWrite(state),
            });
        }

        public FakeTime Time { get; } = new();

        public ReconnectingWebSocket Client { get; }

        public async Task BecomesAsync(params ConnectionState[] expected)
        {
            foreach (var state in expected)
            {
                Assert.Equal(
                    state, await states.Reader.ReadAsync().AsTask().WaitAsync(FakeTime.Bound));
            }
        }

        /// <summary>The attempt under way, or the next, succeeds.</summary>
        public async Task<FakeWebSocket> OpenAsync()
        {
            var socket = new FakeWebSocket();
            (await AttemptAsync()).TrySetResult(socket);
            await BecomesAsync(ConnectionState.Open);
            return socket;
        }

        /// <summary>The attempt under way, or the next, fails.</summary>
        public async Task FailAsync() =>
            (await AttemptAsync()).TrySetException(new WebSocketException("refused"));

        /// <summary>The next message the client got; null when there will be none.</summary>
        public async Task<string?> ReadAsync()
        {
            await using var messages = Client.ReadAllAsync().GetAsyncEnumerator();
            bool hasOne = await messages.MoveNextAsync().AsTask().WaitAsync(FakeTime.Bound);
            return hasOne ? messages.Current : null;
        }

        public ValueTask DisposeAsync() => Client.DisposeAsync();

        async Task<TaskCompletionSource<WebSocket>> AttemptAsync()
        {
            while (true)
            {
                var attempt = await attempts.Reader.ReadAsync().AsTask().WaitAsync(FakeTime.Bound);
                if (!attempt.Task.IsCompleted)
                {
                    return attempt;
                }
            }
        }

        Task<WebSocket> Connect(Uri to, CancellationToken cancel)
        {
            Assert.Equal(url, to);
            var attempt = new TaskCompletionSource<WebSocket>(
                TaskCreationOptions.RunContinuationsAsynchronously);
            cancel.Register(() => attempt.TrySetCanceled());
            attempts.Writer.TryWrite(attempt);
            return attempt.Task;
        }
    }
}
