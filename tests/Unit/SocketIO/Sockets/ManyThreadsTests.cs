using Sluice.SocketIO;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.Sockets;

/// <summary>Many threads at once: nothing is left of who has gone, and nobody waits for ever.</summary>
public class ManyThreadsTests
{
    const int threadsCount = 4;
    const int rounds = 400;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_left_when_all_have_gone(bool isRecovering)
    {
        var server = Servers.Make(configure: options =>
        {
            options.CleanupEmptyChildNamespaces = true;
            // One session: those of clients that are gone would be rightly kept.
            options.ConnectionStateRecovery = isRecovering
                ? new() { MaxSessions = 1, MaxPackets = 10 } : null;
        });
        var ended = 0;
        var came = 0;
        INamespace[] spaces = [server, server.Of((_, _) => ValueTask.FromResult(true))];
        foreach (var nsp in spaces)
        {
            nsp.Use(async (socket, next) =>
            {
                socket.Join("early");
                await Task.Yield();
                await next();
            });
            nsp.OnConnection(socket =>
            {
                Interlocked.Increment(ref came);
                socket.OnDisconnect(_ => { Interlocked.Increment(ref ended); });
                socket.On<string>("join", room =>
                {
                    socket.Join(room);
                    socket.To(room).Emit("joined", socket.Id);
                    socket.Namespace.All.Except(room).Emit("elsewhere");
                });
                socket.On("leave", () => socket.Disconnect());
                socket.On("all", () => socket.Namespace.To("r").DisconnectSockets());
            });
        }

        await Task.WhenAll(Enumerable.Range(0, threadsCount).Select(at =>
            Task.Factory.StartNew(
                () => ComeAndGo(server, new Random(at)),
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));

        // Middlewares of connections that have ended are still on their way.
        Assert.True(SpinWait.SpinUntil(
            () => server.Namespaces.Count == 1 && server.Adapter.Rooms.Count == 0
                && server.Sockets.Count == 0 && Volatile.Read(ref came) == Volatile.Read(ref ended),
            30_000), $"{server.Namespaces.Count} {server.Adapter.Rooms.Count} "
                + $"{server.Sockets.Count} {came} {ended}");
        Assert.True(came > 0);
    }

    static void ComeAndGo(SocketIOServer server, Random random)
    {
        for (var round = 0; round < rounds; round++)
        {
            var session = FakeSession.Open(server);
            var child = $"/child-{random.Next(3)}";
            session.Receive("0", $"0{child},");
            var isIn = false;
            // Either it is in, or it goes before it is.
            if (random.Next(4) > 0)
                isIn = SpinWait.SpinUntil(
                    () => session.Sent.Any(text => text.StartsWith($"0{child},")), 30_000);
            if (isIn)
                for (var i = random.Next(6); i > 0 && session.Closed is null; i--)
                    session.Receive(random.Next(5) switch
                    {
                        0 => $"2{child},[\"join\",\"r\"]",
                        1 => $"2{child},[\"join\",\"{random.Next(3)}\"]",
                        2 when random.Next(3) == 0 => $"2{child},[\"all\"]",
                        3 => $"2{child},[\"leave\"]",
                        _ => "2[\"join\",\"r\"]",
                    });
            session.Close(CloseReasons.TransportClose);
        }
    }
}
