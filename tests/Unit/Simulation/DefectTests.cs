using Sluice.Config.Model;
using Sluice.Proxy.Log;

namespace Sluice.Unit.Simulation;

/// <summary>What no code expected: here, a log file whose write throws.</summary>
public sealed class DefectTests
{
    [Fact]
    public void A_defect_ends_one_client_lets_its_peer_go_and_leaves_the_others()
    {
        var logs = new BrokenLogs();
        using var gateway = new SimulatedGateway(Http.OnePeer, logs: logs);
        var server = gateway.Serve(Http.PeerAddress);
        var other = gateway.Connect();
        other.Send(Http.Get("/other"));
        gateway.Settle();
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        Assert.Equal(2, gateway.HoldsCount);

        logs.IsBroken = true;
        server.Last.Send("no head\r\n\r\n");
        // A build for debugging stops at a defect.
        Assert.ThrowsAny<Exception>(gateway.Settle);
        logs.IsBroken = false;
        gateway.Settle();
        Assert.True(client.IsEnded);
        Assert.True(server.Last.IsEnded);
        Assert.Equal(1, gateway.HoldsCount);
        Assert.Equal(1, gateway.Worker.ExchangesCount);
        server.Wires[0].Send(Http.Ok("other"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("other"), other.Received);
    }

    sealed class BrokenLogs : LogStorage
    {
        internal bool IsBroken { get; set; }

        public override LogHandle? Open(string? path, out int error)
        {
            error = 0;
            return new Handle(this);
        }

        public override LogHandle? OpenSyslog(SyslogConfig config, out int error) =>
            Open(null, out error);

        public override int TestDirectory(string path) => 0;

        sealed class Handle(BrokenLogs logs) : LogHandle
        {
            public override int Write(ReadOnlySpan<byte> bytes) => logs.IsBroken
                ? throw new InvalidOperationException("a defect")
                : bytes.Length;

            public override void Close()
            {
            }
        }
    }
}
