using Sluice.Net.Simulated;
using Sluice.Proxy.Tunnel;

namespace Sluice.Unit.Simulation;

/// <summary>A peer that fails, and the next one.</summary>
public sealed class FailoverTests
{
    const string TwoPeers = """
        upstream pool { server 10.0.0.1:80; server 10.0.0.2:80; }
        server {
            listen 10.1.0.1:80;
            proxy_next_upstream error timeout invalid_header http_503;
            proxy_read_timeout 5s;
            location / { proxy_pass http://pool; }
        }
        """;

    static void Succeeds(SimulatedGateway gateway, Wire client, WireServer second, string tries)
    {
        gateway.Settle();
        second.Last.Send(Http.Switching);
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 101 ", client.Received);
        client.Send("up");
        second.Last.Send("down");
        gateway.Settle();
        Assert.EndsWith(Http.Body("up"), second.Last.Received);
        Assert.EndsWith(Http.Body("down"), client.Received);
        second.Last.Close();
        gateway.Settle();
        var line = LogLine.Parse(gateway.AccessLines.Single());
        Assert.Equal("10.0.0.1:80, 10.0.0.2:80", line.UpstreamAddress);
        Assert.Equal(tries, line.UpstreamStatus);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_handshake_that_is_refused_goes_to_the_next_peer()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var second = gateway.Serve("10.0.0.2:80");
        var client = gateway.Connect();
        client.Send(Http.Handshake);
        Succeeds(gateway, client, second, "502, 101");
    }

    [Fact]
    public void A_handshake_that_is_cut_off_goes_to_the_next_peer()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var first = gateway.Serve("10.0.0.1:80");
        var second = gateway.Serve("10.0.0.2:80");
        var client = gateway.Connect();
        client.Send(Http.Handshake);
        gateway.Settle();
        first.Last.Send("HTTP/1.1 101 Swit");
        gateway.Settle();
        first.Last.Close();
        Succeeds(gateway, client, second, "502, 101");
    }

    [Fact]
    public void A_handshake_that_is_not_answered_goes_to_the_next_peer()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        gateway.Serve("10.0.0.1:80");
        var second = gateway.Serve("10.0.0.2:80");
        var client = gateway.Connect();
        client.Send(Http.Handshake);
        gateway.Pass(5_100);
        Succeeds(gateway, client, second, "504, 101");
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "503, 101")]
    [InlineData("what?\r\n\r\n", "502, 101")]
    public void A_handshake_that_is_turned_down_goes_to_the_next_peer(string answer, string tries)
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var first = gateway.Serve("10.0.0.1:80");
        var second = gateway.Serve("10.0.0.2:80");
        var client = gateway.Connect();
        client.Send(Http.Handshake);
        gateway.Settle();
        first.Last.Send(answer);
        Succeeds(gateway, client, second, tries);
    }

    [Fact]
    public void A_status_that_is_not_named_is_the_answer()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var first = gateway.Serve("10.0.0.1:80");
        var second = gateway.Serve("10.0.0.2:80");
        var client = gateway.Connect();
        client.Send(Http.Handshake);
        gateway.Settle();
        first.Last.Send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n");
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 500 No\r\n", client.Received);
        Assert.Empty(second.Wires);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void When_all_have_failed_it_is_502_until_the_time_of_failure_is_over()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var client = gateway.Connect();
        client.Send(Http.Get("/1"));
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 502 ", client.Take());
        var second = gateway.Serve("10.0.0.2:80");
        client.Send(Http.Get("/2"));
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 502 ", client.Take());
        Assert.Contains("no live upstreams", gateway.ErrorText);
        gateway.Pass(12_000);
        client.Send(Http.Get("/3"));
        gateway.Settle();
        second.Last.Send(Http.Ok("back"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("back"), client.Take());
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_peer_counts_as_healthy_from_the_101_on()
    {
        using var gateway = new SimulatedGateway(TwoPeers);
        var second = gateway.Serve("10.0.0.2:80");
        var first = gateway.Connect();
        first.Send(Http.Get("/"));
        gateway.Settle();
        second.Last.Send(Http.Ok("x"));
        gateway.Settle();
        var peer = gateway.Serve("10.0.0.1:80");
        gateway.Pass(12_000);
        // After a probe it has its share again, although no tunnel has ended.
        for (int i = 0; i < 8; i++)
        {
            gateway.Connect().Send(Http.Handshake);
            gateway.Settle();
            foreach (var wire in peer.Wires.Concat(second.Wires))
            {
                if (wire.Take().Contains("GET /chat"))
                    wire.Send(Http.Switching);
            }
            gateway.Settle();
        }
        Assert.Equal(8, gateway.Worker.TunnelsCount);
        Assert.Equal(3, peer.Wires.Count);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_connect_that_times_out_goes_to_the_next_peer()
    {
        using var gateway = new SimulatedGateway(
            TwoPeers.Replace("proxy_read", "proxy_connect_timeout 3s; proxy_read"));
        var second = gateway.Serve("10.0.0.2:80");
        gateway.Serve("10.0.0.1:80");
        var client = gateway.Connect();
        gateway.Settle();
        gateway.Network.Faults = new() { ConnectTimeouts = 1 };
        client.Send(Http.Handshake);
        gateway.Pass(2_000);
        gateway.Network.Faults = SimulatedFaults.None;
        gateway.Pass(2_000);
        Succeeds(gateway, client, second, "504, 101");
        Assert.Equal(1, gateway.Worker.Counters.TunnelsEnded((int)TunnelEnd.UpstreamClosed));
    }
}
