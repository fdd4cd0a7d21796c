using Sluice.Net.Simulated;

namespace Sluice.Unit.Simulation;

/// <summary>Sides that keep the gateway waiting, or leave: 408, 499, 504.</summary>
public sealed class TimeoutTests
{
    const string Front = """
        upstream pool { server 10.0.0.1:80; }
        server {
            listen 10.1.0.1:80;
            client_header_timeout 5s;
            client_body_timeout 6s;
            send_timeout 7s;
            keepalive_timeout 8s;
            proxy_connect_timeout 9s;
            proxy_send_timeout 10s;
            proxy_read_timeout 11s;
            location / { proxy_pass http://pool; }
            location /passed/ { proxy_request_buffering off; proxy_pass http://pool; }
            location /slow/ { send_timeout 100s; proxy_buffering off; proxy_pass http://pool; }
            location /stays/ { proxy_ignore_client_abort on; proxy_pass http://pool; }
        }
        """;

    static int StatusLogged(SimulatedGateway gateway) =>
        LogLine.Parse(gateway.AccessLines.Single()).Status;

    [Fact]
    public void A_head_that_does_not_come_whole_is_408_without_an_answer()
    {
        using var gateway = new SimulatedGateway(Front);
        var client = gateway.Connect();
        client.Send("GET / HTTP/1.1\r\n");
        gateway.Pass(3_000);
        client.Send("Host: test\r\n");
        gateway.Pass(1_900);
        Assert.False(client.IsEnded);
        gateway.Pass(200);
        Assert.True(client.IsEnded);
        Assert.Equal("", client.Received);
        Assert.Equal(408, StatusLogged(gateway));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_that_never_asks_leaves_no_line()
    {
        using var gateway = new SimulatedGateway(Front);
        var client = gateway.Connect();
        gateway.Pass(5_100);
        Assert.True(client.IsEnded);
        Assert.Empty(gateway.AccessLines);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_that_leaves_within_its_head_is_logged_with_400()
    {
        using var gateway = new SimulatedGateway(Front);
        var client = gateway.Connect();
        client.Send("GET / HT");
        gateway.Settle();
        client.Close();
        gateway.Settle();
        Assert.Equal(400, StatusLogged(gateway));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void An_idle_keep_alive_connection_is_closed_after_its_time()
    {
        using var gateway = new SimulatedGateway(
            "server { listen 10.1.0.1:80; keepalive_timeout 8s; location / { return 200; } }");
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Pass(7_900);
        Assert.False(client.IsEnded);
        gateway.Pass(200);
        Assert.True(client.IsEnded);
        Assert.Single(gateway.AccessLines);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_connection_of_a_certain_age_serves_its_last_request()
    {
        using var gateway = new SimulatedGateway(
            "server { listen 10.1.0.1:80; keepalive_time 8s; location / { return 200; } }");
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Pass(7_900);
        client.Send(Http.Get("/"));
        gateway.Pass(200);
        Assert.DoesNotContain("Connection: close", client.Take());
        client.Send(Http.Get("/"));
        gateway.Settle();
        Assert.Contains("Connection: close", client.Take());
        Assert.True(client.IsEnded);
        Assert.Equal(3, gateway.AccessLines.Length);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/passed/")]
    public void A_body_that_does_not_come_is_408_without_an_answer(string path)
    {
        using var gateway = new SimulatedGateway(Front);
        gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Post(path, "hello")[..^2]);
        gateway.Pass(5_900);
        Assert.False(client.IsEnded);
        gateway.Pass(200);
        Assert.True(client.IsEnded);
        Assert.Equal("", client.Received);
        Assert.Equal(408, StatusLogged(gateway));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_peer_that_does_not_answer_is_504()
    {
        using var gateway = new SimulatedGateway(Front);
        gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Pass(10_900);
        Assert.Equal("", client.Received);
        gateway.Pass(200);
        Assert.StartsWith("HTTP/1.1 504 Gateway Time-out\r\n", client.Received);
        Assert.Equal(504, StatusLogged(gateway));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_peer_that_cannot_be_reached_is_504_after_the_connect_timeout()
    {
        using var gateway = new SimulatedGateway(Front);
        gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        gateway.Settle();
        gateway.Network.Faults = new() { ConnectTimeouts = 1 };
        client.Send(Http.Get("/"));
        gateway.Pass(8_900);
        Assert.Equal("", client.Received);
        gateway.Pass(200);
        Assert.StartsWith("HTTP/1.1 504 ", client.Received);
        gateway.AssertNothingStays();
    }

    /// <summary>The request is stuck before the peer: that is not the client's fault.</summary>
    [Fact]
    public void A_peer_that_takes_no_request_is_504_also_when_the_body_is_passed_on()
    {
        using var gateway = new SimulatedGateway(Front);
        var server = gateway.Serve(Http.PeerAddress);
        gateway.Network.Faults = new() { PipeBytesMin = 10, PipeBytesMax = 10 };
        var client = gateway.Connect();
        client.Send(Http.Post("/passed/", "hello")[..^5]);
        Assert.True(gateway.Loop.RunUntil(() => server.Wires.Count > 0, 1000));
        server.Last.IsReading = false;
        gateway.Pass(9_900);
        Assert.Equal("", client.Received);
        gateway.Pass(200);
        Assert.StartsWith("HTTP/1.1 504 ", client.Received);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_that_leaves_before_its_answer_is_499_and_the_peer_is_let_go()
    {
        using var gateway = new SimulatedGateway(Front);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        client.Close();
        gateway.Settle();
        Assert.True(server.Last.IsEnded);
        Assert.Equal(499, StatusLogged(gateway));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_that_leaves_is_ignored_where_that_is_wanted()
    {
        using var gateway = new SimulatedGateway(Front);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/stays/"));
        gateway.Settle();
        client.Close();
        gateway.Settle();
        Assert.False(server.Last.IsEnded);
        server.Last.Send(Http.Ok("done"));
        gateway.Settle();
        Assert.Equal(200, StatusLogged(gateway));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_that_does_not_take_its_answer_is_given_up()
    {
        using var gateway = new SimulatedGateway(Front);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.IsReading = false;
        client.Send(Http.Get("/"));
        gateway.Settle();
        server.Last.Send(Http.Ok(Http.Numbers(500_000)));
        gateway.Pass(6_900);
        Assert.Equal(1, gateway.Worker.ClientsCount);
        // As much as proxy_buffers hold, and one read; the rest stays with the peer.
        Assert.InRange(gateway.Worker.Buffers.OutCount, 1, 4);
        Assert.True(server.Last.UnsentCount > 200_000);
        gateway.Pass(200);
        Assert.Equal(0, gateway.Worker.ExchangesCount);
        Assert.Contains("client timed out", gateway.ErrorText);
        gateway.AssertNothingStays();
    }

    /// <summary>While the client does not read, the peer is not read: it has missed nothing.</summary>
    [Fact]
    public void A_slow_client_is_not_the_peers_timeout()
    {
        using var gateway = new SimulatedGateway(Front);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.IsReading = false;
        client.Send(Http.Get("/slow/"));
        gateway.Settle();
        string body = Http.Numbers(200_000);
        string answer = Http.Ok(body);
        server.Last.Send(answer[..67_000]);
        gateway.Pass(20_000);
        client.IsReading = true;
        gateway.Pass(5_000);
        server.Last.Send(answer[67_000..]);
        gateway.Settle();
        Assert.EndsWith(Http.Body(body), client.Received);
        gateway.AssertNothingStays();
    }

    /// <summary>What the other side does is no progress of this one.</summary>
    [Fact]
    public void A_peer_that_takes_no_body_is_given_up_although_events_come()
    {
        using var gateway = new SimulatedGateway(Front);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Post("/passed/", Http.Numbers(500_000)));
        Assert.True(gateway.Loop.RunUntil(() => server.Wires.Count > 0, 1000));
        server.Last.IsReading = false;
        for (int i = 0; i < 5; i++)
        {
            gateway.Pass(2_900);
            server.Last.Send(i == 0 ? "HTTP/1.1 200" : " ");
        }
        Assert.StartsWith("HTTP/1.1 504 ", client.Received);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_peer_that_dies_within_its_answer_ends_the_client_without_a_last_chunk()
    {
        using var gateway = new SimulatedGateway(Front);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        server.Last.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
        server.Last.Close();
        gateway.Settle();
        Assert.EndsWith(Http.Body("3\r\none\r\n"), client.Received);
        Assert.True(client.IsEnded);
        Assert.False(LogLine.Parse(gateway.AccessLines.Single()).IsComplete);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_malformed_chunk_behind_the_head_ends_the_answer_at_once()
    {
        using var gateway = new SimulatedGateway(Front);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        server.Last.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n");
        gateway.Settle();
        Assert.True(client.IsEnded);
        Assert.Contains("invalid chunked response", gateway.ErrorText);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void Without_descriptors_clients_wait_and_are_served_later()
    {
        using var gateway = new SimulatedGateway(
            "server { listen 10.1.0.1:80; location / { return 200 here; } }");
        var client = gateway.Connect();
        gateway.Network.Faults = new() { DescriptorsMax = gateway.Network.ConnectionsOpen };
        client.Send(Http.Get("/"));
        gateway.Pass(2_000);
        Assert.Equal("", client.Received);
        Assert.Contains("accept4() failed (24: Too many open files)", gateway.ErrorText);
        gateway.Network.Faults = SimulatedFaults.None;
        gateway.Pass(1_000);
        Assert.EndsWith(Http.Body("here"), client.Received);
        gateway.AssertNothingStays();
    }
}
