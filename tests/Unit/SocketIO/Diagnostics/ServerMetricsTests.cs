using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Diagnostics;
using Sluice.Unit.SocketIO.Sockets;

namespace Sluice.Unit.SocketIO.Diagnostics;

/// <summary>What a server counts and traces, read as an exporter reads it.</summary>
public sealed class ServerMetricsTests : IDisposable
{
    readonly ServiceProvider services = new ServiceCollection()
        .AddMetrics().AddSingleton<SocketIOMetrics>().BuildServiceProvider();

    readonly FakeTime time = new();
    readonly Measurements measurements;

    public ServerMetricsTests() =>
        measurements = new(services.GetRequiredService<IMeterFactory>());

    [Fact]
    public void A_socket_and_its_rooms_are_counted_while_they_are_there()
    {
        var server = Make();
        server.OnConnection(socket => socket.Join("r"));
        var (session, _) = server.Join();
        Assert.Contains("socketio.sockets / 1", measurements.Lines);
        Assert.Contains("socketio.rooms 2", measurements.Lines);
        session.Receive("1");
        Assert.Contains("socketio.sockets / 0", measurements.Lines);
        Assert.Contains("socketio.rooms 0", measurements.Lines);
        Assert.Contains(
            "socketio.sockets.disconnections / client namespace disconnect 1", measurements.Lines);
    }

    [Fact]
    public void Events_are_counted_both_ways_and_a_broadcast_for_each_who_gets_it()
    {
        var server = Make();
        var (session, _) = server.Join();
        server.Join();
        session.Receive("2[\"a\"]", "2[\"b\",1]");
        server.Emit("c");
        Assert.Contains("socketio.events.received / 2", measurements.Lines);
        Assert.Contains("socketio.events.sent / 2", measurements.Lines);
        Assert.Contains("socketio.broadcast.recipients 2", measurements.Lines);
    }

    [Fact]
    public void Namespaces_that_clients_name_count_as_one()
    {
        var server = Make();
        server.Of((_, _) => ValueTask.FromResult(true));
        FakeSession.Open(server).Receive("0/one");
        FakeSession.Open(server).Receive("0/two");
        Assert.Equal(2, server.Namespaces.Count - 1);
        Assert.Contains("socketio.sockets /_0 2", measurements.Lines);
    }

    [Fact]
    public async Task Answers_are_counted_and_those_that_do_not_come()
    {
        var server = Make();
        server.OnConnection(socket => socket.On("ask", context => context.Ack(1)));
        var (session, socket) = server.Join();
        session.Receive("20[\"ask\"]");
        var answered = socket.EmitWithAckAsync("q", [], TestContext.Current.CancellationToken);
        var late = socket.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync(
            "q", [], TestContext.Current.CancellationToken);
        session.Receive("30[]");
        await answered;
        time.Pass(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<AckTimeoutException>(() => late);
        Assert.Contains("socketio.acks.sent 1", measurements.Lines);
        Assert.Contains("socketio.acks.received 1", measurements.Lines);
        Assert.Contains("socketio.ack.timeouts 1", measurements.Lines);
    }

    [Fact]
    public void A_volatile_event_that_is_dropped_is_counted()
    {
        var server = Make();
        var (session, socket) = server.Join();
        session.IsFull = true;
        socket.Volatile.Emit("x");
        Assert.Contains("socketio.queue.drops volatile 1", measurements.Lines);
    }

    [Fact]
    public async Task Handlers_are_timed_by_event_and_failure()
    {
        var server = Make();
        var go = new TaskCompletionSource();
        server.OnConnection(socket =>
        {
            socket.On("good", () => { });
            socket.On("bad", (Action)(() => throw new FormatException()));
            socket.On("slow", () => go.Task);
        });
        var (session, _) = server.Join();
        session.Receive("2[\"good\"]", "2[\"bad\"]", "2[\"slow\"]", "2[\"nobody's\"]");
        Assert.Equal(
            [
                "socketio.handler.duration / bad System.FormatException",
                "socketio.handler.duration / good",
            ],
            measurements.Timed);
        go.SetResult();
        await measurements.SeenAsync("socketio.handler.duration / slow");
    }

    [Fact]
    public async Task An_event_is_an_activity_of_its_own_which_its_handler_has()
    {
        var stopped = new List<Activity>();
        var server = Make();
        using var listener = Listen(stopped, "/traced");
        Activity? seen = null;
        var go = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        server.Of("/traced").OnConnection(socket => socket.On("go", async () =>
        {
            await go.Task;
            seen = Activity.Current;
            end.SetResult();
            throw new FormatException();
        }));
        using var request = new Activity("the request").Start();
        var session = FakeSession.Open(server);
        session.Receive("0/traced", "2/traced,[\"go\"]");
        Assert.Same(request, Activity.Current);
        go.SetResult();
        await end.Task;
        await UntilAsync(() => stopped.Count == 2);
        Assert.Equal(["connect", "go receive"], stopped.Select(one => one.DisplayName));
        Assert.Same(seen, stopped[1]);
        Assert.Null(seen!.Parent);
        Assert.NotEqual(request.TraceId, seen.TraceId);
        Assert.Equal(ActivityStatusCode.Error, seen.Status);
        Assert.Equal("System.FormatException", seen.GetTagItem("error.type"));
    }

    [Fact]
    public void A_refused_socket_is_a_failed_activity()
    {
        var stopped = new List<Activity>();
        var server = Make();
        using var listener = Listen(stopped, "/refusing");
        server.Of("/refusing").Use((_, _) => throw new ConnectError("no"));
        FakeSession.Open(server).Receive("0/refusing");
        Assert.Equal(ActivityStatusCode.Error, Assert.Single(stopped).Status);
    }

    [Fact]
    public void Several_observers_see_everything()
    {
        var server = Make();
        var first = new Recorder();
        var second = new Recorder();
        server.Observe(first);
        server.Observe(second);
        var (session, socket) = server.Join();
        session.Receive("2[\"a\"]");
        socket.Emit("b");
        socket.Data["k"] = 1;
        session.Receive("1");
        Assert.Equal(["connected", "received a", "sent", "data", "gone 1"], first.Seen);
        Assert.Equal(first.Seen, second.Seen);
    }

    [Fact]
    public async Task A_server_that_closes_is_unhealthy_and_one_without_its_cluster_degraded()
    {
        var adapters = new LonelyAdapters();
        await using var provider = new ServiceCollection().AddLogging()
            .AddSingleton<IAdapterFactory>(adapters)
            .AddSocketIO().Services.AddHealthChecks().AddSocketIO().Services.BuildServiceProvider();
        var health = provider.GetRequiredService<HealthCheckService>();
        var server = provider.GetRequiredService<ISocketIOServer>();
        server.Of("/other");
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(cancel)).Status);
        adapters.Problem = "Redis is out of reach.";
        var degraded = await health.CheckHealthAsync(cancel);
        Assert.Equal(HealthStatus.Degraded, degraded.Status);
        Assert.Equal("Redis is out of reach.", degraded.Entries["socketio"].Description);
        adapters.Problem = null;
        await server.CloseAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(cancel)).Status);
    }

    public void Dispose()
    {
        measurements.Dispose();
        services.Dispose();
    }

    static ActivityListener Listen(List<Activity> stopped, string nsp)
    {
        // Tests run side by side: only what is of this one's namespace is kept.
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == SocketIOActivity.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("messaging.destination.name"), nsp))
                    lock (stopped)
                        stopped.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    static async Task UntilAsync(Func<bool> done)
    {
        while (!done())
            await Task.Yield();
    }

    SocketIOServer Make() =>
        new(new SocketIOOptions(), NullLoggerFactory.Instance, time, services);

    sealed class Recorder : ServerObserver
    {
        public List<string> Seen { get; } = [];

        public override void SocketConnected(Sluice.SocketIO.Socket socket) =>
            Seen.Add("connected");

        public override void SocketDisconnected(Sluice.SocketIO.Socket socket, string reason) =>
            Seen.Add($"gone {socket.Rooms.Count}");

        public override void DataChanged(Sluice.SocketIO.Socket socket) => Seen.Add("data");

        public override void EventReceived(EventContext context) =>
            Seen.Add($"received {context.Name}");

        public override void EventSent(
            Sluice.SocketIO.Socket socket, Sluice.SocketIO.Protocol.Packet packet) =>
            Seen.Add("sent");
    }

    sealed class LonelyAdapters : IAdapterFactory
    {
        public string? Problem { get; set; }

        public Adapter Create(IAdapterHost host) => new LonelyAdapter(host, this);
    }

    sealed class LonelyAdapter(IAdapterHost host, LonelyAdapters factory) : InMemoryAdapter(host)
    {
        public override string? Problem => factory.Problem;
    }
}
