using Sluice.Net;
using Sluice.Net.Simulated;
using Sluice.Proxy.Tunnel;

namespace Sluice.Unit.Simulation;

public sealed class TunnelTests
{
    /// <summary>More than the network and the gateway hold of one direction.</summary>
    const int Much = 1_000_000;

    const int Scratch = NetLimits.ScratchBytes;

    [Fact]
    public void Bytes_that_came_with_the_handshake_come_first()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Handshake + "early ");
        gateway.Settle();
        client.Send("more ");
        gateway.Settle();
        Assert.EndsWith("\r\n\r\n", server.Last.Take());
        server.Last.Send(Http.Switching + "greeting ");
        gateway.Settle();
        server.Last.Send("news");
        client.Send("late");
        gateway.Settle();
        Assert.Equal("early more late", server.Last.Take());
        Assert.EndsWith(Http.Body("greeting news"), client.Take());
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_peer_that_does_not_read_stops_the_client()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        Stops(gateway, client, peer);
    }

    [Fact]
    public void A_client_that_does_not_read_stops_the_peer()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        Stops(gateway, peer, client);
    }

    static void Stops(SimulatedGateway gateway, Wire sender, Wire receiver)
    {
        string text = Http.Numbers(Much);
        receiver.IsReading = false;
        sender.Send(text);
        gateway.Settle();
        Assert.Equal(Much - (3 * Scratch), sender.UnsentCount);
        Assert.Equal(1, gateway.Worker.Buffers.OutCount);
        // The other direction does not mind.
        receiver.Send("back");
        gateway.Settle();
        Assert.Equal("back", sender.Take());

        receiver.IsReading = true;
        gateway.Settle();
        Assert.Equal(text, receiver.Take());
        Assert.Equal(0, gateway.Worker.Buffers.OutCount);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Either_direction_puts_off_the_idle_timeout(bool isClientActive)
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        for (int i = 0; i < 5; i++)
        {
            gateway.Pass(50_000);
            (isClientActive ? client : peer).Send("x");
        }
        gateway.Pass(59_000);
        Assert.Equal(1, gateway.Worker.TunnelsCount);
        gateway.Pass(2_000);
        Assert.Equal(0, gateway.Worker.TunnelsCount);
        Assert.Equal(1, gateway.Worker.Counters.TunnelsEnded((int)TunnelEnd.IdleTimeout));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void What_the_client_sent_before_its_end_is_delivered_first()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        EndsAfterDelivery(gateway, client, peer, TunnelEnd.ClientClosed);
    }

    [Fact]
    public void What_the_peer_sent_before_its_end_is_delivered_first()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        EndsAfterDelivery(gateway, peer, client, TunnelEnd.UpstreamClosed);
    }

    static void EndsAfterDelivery(
        SimulatedGateway gateway, Wire sender, Wire receiver, TunnelEnd end)
    {
        string text = Http.Numbers(150_000);
        receiver.IsReading = false;
        sender.Send(text);
        gateway.Settle();
        sender.Close();
        gateway.Settle();
        Assert.Equal(1, gateway.Worker.TunnelsCount);
        receiver.IsReading = true;
        gateway.Settle();
        Assert.Equal(text, receiver.Take());
        Assert.True(receiver.IsEnded);
        Assert.Equal(0, receiver.Error);
        Assert.Equal(1, gateway.Worker.Counters.TunnelsEnded((int)end));
        gateway.AssertNothingStays();
    }

    /// <summary>
    /// A server that sends a close frame and closes while its client is still sending: the reset
    /// must not take the close frame away.
    /// </summary>
    [Fact]
    public void What_a_peer_sent_before_its_reset_is_delivered_although_writing_to_it_fails()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        string text = Http.Numbers(150_000);
        client.IsReading = false;
        peer.Send(text);
        gateway.Settle();
        peer.Close(reset: true);
        gateway.Settle();
        client.Send("still there?");
        gateway.Settle();
        client.IsReading = true;
        gateway.Settle();
        Assert.Equal(text, client.Take());
        Assert.True(client.IsEnded);
        Assert.Equal(1, gateway.Worker.Counters.TunnelsEnded((int)TunnelEnd.UpstreamGone));
        gateway.AssertNothingStays();
    }

    /// <summary>A socket closed at once would answer what is under way with a reset.</summary>
    [Fact]
    public void A_client_that_is_still_sending_at_the_peers_end_is_not_reset()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        client.IsReading = false;
        peer.Send("goodbye");
        peer.Close();
        gateway.Settle();
        client.Send("under way");
        gateway.Settle();
        client.IsReading = true;
        gateway.Settle();
        Assert.Equal("goodbye", client.Take());
        Assert.True(client.IsEnded);
        Assert.Equal(0, client.Error);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_that_sends_but_never_reads_is_given_up()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        client.IsReading = false;
        peer.Send(Http.Numbers(Much));
        for (int i = 0; i < 5; i++)
        {
            client.Send("x");
            gateway.Pass(10_000);
        }
        Assert.Equal(1, gateway.Worker.TunnelsCount);
        gateway.Pass(15_000);
        Assert.Equal(1, gateway.Worker.Counters.TunnelsEnded((int)TunnelEnd.ClientStalled));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_peer_that_sends_but_never_reads_is_given_up()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        peer.IsReading = false;
        client.Send(Http.Numbers(Much));
        for (int i = 0; i < 7; i++)
        {
            peer.Send("x");
            gateway.Pass(10_000);
        }
        Assert.Equal(1, gateway.Worker.Counters.TunnelsEnded((int)TunnelEnd.UpstreamStalled));
        gateway.AssertNothingStays();
    }

    /// <summary>Also when the client takes the head of the handshake in many pieces.</summary>
    [Theory]
    [InlineData(65536)]
    [InlineData(10)]
    public void The_log_line_counts_every_byte_once(int pipeBytes)
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        gateway.Network.Faults = new() { PipeBytesMin = pipeBytes, PipeBytesMax = pipeBytes };
        var client = gateway.Connect();
        client.Send(Http.Handshake);
        gateway.Settle();
        var peer = server.Last;
        long requestBytes = peer.ReceivedCount;
        peer.Send(Http.Switching + "early");
        gateway.Settle();
        client.Send("up");
        peer.Send("down");
        gateway.Settle();
        client.End();
        gateway.Settle();

        var line = LogLine.Parse(gateway.AccessLines.Single());
        Assert.Equal(101, line.Status);
        Assert.Equal(client.ReceivedCount, line.BytesSent);
        Assert.Equal("earlydown".Length, line.BodyBytesSent);
        Assert.Equal(Http.Handshake.Length, line.RequestLength);
        Assert.Equal($"{requestBytes + 2}", line.UpstreamBytesSent);
        Assert.Equal($"{peer.SentCount}", line.UpstreamBytesReceived);
        Assert.True(line.IsComplete);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("access_log /log/$1 f;", "/log/chat", "chat|room|room!\n")]
    [InlineData("access_log /log/a f if=$2;", "/log/a", "chat|room|room!\n")]
    [InlineData("access_log /log/a f;", "/log/a", "chat|room|room!\n")]
    [InlineData("access_log /log/a f if=$3;", "/log/a", "")]
    [InlineData("access_log /log/a plain;", "/log/a", "101\n")]
    public void The_log_line_has_what_expressions_captured(string log, string path, string line)
    {
        using var gateway = new SimulatedGateway($$"""
            map $status $by_map { default "$2!"; }
            log_format f "$name|$kept|$by_map";
            log_format plain "$status";
            server {
                listen {{SimulatedGateway.Front}};
                location ~ ^/(?<name>\w+)/(\w+)$ {
                    set $kept $2;
                    {{log}}
                    proxy_pass http://{{Http.PeerAddress}};
                }
            }
            """);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Handshake.Replace("/chat", "/chat/room"));
        gateway.Settle();
        server.Last.Send(Http.Switching);
        gateway.Settle();
        Assert.Equal("", gateway.LogText(path));
        client.Close();
        gateway.Settle();

        Assert.Equal(line, gateway.LogText(path));
    }

    [Fact]
    public void The_log_line_has_the_request_id_that_the_peer_was_sent()
    {
        using var gateway = new SimulatedGateway("""
            upstream pool { server 10.0.0.1:80; }
            log_format id "$request_id|$args|$pipe";
            server {
                listen 10.1.0.1:80;
                access_log /log/id id;
                location = /chat { error_page 418 = /inner?a=b; return 418; }
                location /inner {
                    proxy_set_header Id $request_id;
                    proxy_pass http://pool;
                }
            }
            """);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Handshake);
        gateway.Settle();
        string request = server.Last.Take();
        int at = request.IndexOf("Id: ", StringComparison.Ordinal) + 4;
        server.Last.Send(Http.Switching);
        gateway.Settle();
        client.End();
        gateway.Settle();
        Assert.Equal($"{request.Substring(at, 32)}|a=b|.\n", gateway.LogText("/log/id"));
    }

    [Fact]
    public void A_dead_peer_is_noticed_at_once_when_the_client_resets()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        client.Close(reset: true);
        gateway.Settle();
        Assert.True(peer.IsEnded);
        Assert.Equal(1, gateway.Worker.Counters.TunnelsEnded((int)TunnelEnd.ClientGone));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_peer_that_switches_for_a_client_that_did_not_ask_makes_no_tunnel()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/chat"));
        gateway.Settle();
        server.Last.Send(Http.Switching);
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 502 ", client.Take());
        Assert.Equal(0, gateway.Worker.TunnelsCount);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_rough_network_loses_nothing()
    {
        using var gateway = new SimulatedGateway(
            Http.OnePeer, seed: 5, SimulatedFaults.Rough with { PipeBytesMin = 200 });
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        string up = Http.Numbers(50_000);
        string down = Http.Numbers(60_000);
        client.Send(up);
        peer.Send(down);
        gateway.Settle();
        Assert.Equal(up, peer.Take());
        Assert.Equal(down, client.Take());
        gateway.AssertNothingStays();
    }
}
