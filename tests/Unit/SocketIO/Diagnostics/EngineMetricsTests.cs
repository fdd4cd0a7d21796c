using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.Diagnostics;

/// <summary>What an engine counts, read as an exporter reads it.</summary>
public sealed class EngineMetricsTests : IDisposable
{
    readonly ServiceProvider services = new ServiceCollection()
        .AddMetrics().AddSingleton<SocketIOMetrics>().BuildServiceProvider();

    readonly Measurements measurements;

    public EngineMetricsTests() =>
        measurements = new(services.GetRequiredService<IMeterFactory>());

    [Fact]
    public void A_session_is_counted_from_its_beginning_to_its_end()
    {
        var session = Open(new EngineOptions());
        session.Receive("4abc"u8, isBinary: false);
        session.Receive([1, 2], isBinary: true);
        session.Receive("3"u8, isBinary: false);
        session.Send([new EngineMessage("4hello"u8.ToArray(), IsBinary: false)]);
        int open = session.TryTake(out var first) ? first.Bytes.Length - 1 : 0;
        session.TryTake(out _);
        Assert.Equal(
            [
                $"socketio.bytes.received 5", $"socketio.bytes.sent {open + 5}",
                "socketio.connections polling 1", "socketio.packets.received 2",
                "socketio.packets.sent 2",
            ],
            measurements.Lines);
        session.End(CloseReasons.TransportClose);
        Assert.Contains("socketio.connections polling 0", measurements.Lines);
        Assert.Contains("socketio.disconnections transport close 1", measurements.Lines);
    }

    [Fact]
    public void A_session_that_moves_is_counted_where_it_is()
    {
        var session = Open(new EngineOptions());
        Assert.True(session.MoveTo(new Stuck("websocket")));
        session.End(CloseReasons.TransportClose);
        Assert.Contains("socketio.connections polling 0", measurements.Lines);
        Assert.Contains("socketio.connections websocket 0", measurements.Lines);
        Assert.Contains("socketio.upgrades 1", measurements.Lines);
    }

    [Fact]
    public void What_a_full_queue_does_not_take_is_counted()
    {
        var session = Open(new EngineOptions { MaxSendQueueBytes = 200 });
        session.Send([new EngineMessage(new byte[300], IsBinary: true)]);
        Assert.Contains("socketio.queue.drops full 1", measurements.Lines);
    }

    [Fact]
    public async Task A_refused_request_is_counted_by_its_code()
    {
        var request = new DefaultHttpContext { RequestServices = services };
        request.Request.QueryString = new QueryString("?EIO=4&transport=telepathy");
        await Server(new EngineOptions()).HandleAsync(request);
        Assert.Equal(["socketio.refusals 0 1"], measurements.Lines);
    }

    public void Dispose()
    {
        measurements.Dispose();
        services.Dispose();
    }

    EngineServer Server(EngineOptions options) =>
        new(options, NullLogger.Instance, TimeProvider.System, services);

    LiveSession Open(EngineOptions options)
    {
        var session = new LiveSession(Server(options), EngineId.Next(), new EngineHandshake
        {
            Headers = new HeaderDictionary(),
            Query = new QueryCollection(),
            Url = "/",
            Address = "127.0.0.1",
            IsCrossDomain = false,
            IsSecure = false,
            Time = DateTimeOffset.UnixEpoch,
            User = new(),
            Services = services,
        });
        session.Start(new Stuck("polling"), _ => new Deaf());
        return session;
    }

    sealed class Deaf : IEngineHandler
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary)
        {
        }

        public void OnClosed(string reason)
        {
        }
    }

    /// <summary>A transport that takes nothing by itself.</summary>
    sealed class Stuck(string name) : Transport
    {
        public override string Name => name;

        public override bool IsWritable => false;

        public override void Pump()
        {
        }

        public override void CloseWhenSent()
        {
        }

        public override void Abort()
        {
        }
    }
}
