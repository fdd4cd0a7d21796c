using System.Text;
using Sluice.Proxy;

namespace Sluice.Unit.Simulation;

/// <summary>A client's connection over several requests, and requests that are refused.</summary>
public sealed class ClientTests
{
    [Fact]
    public void Pipelined_requests_are_answered_in_order()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/1") + Http.Post("/2", "body") + Http.Get("/3"));
        for (int i = 1; i <= 3; i++)
        {
            gateway.Settle();
            Assert.Contains($" /{i} HTTP/1.1\r\n", server.Last.Take());
            server.Last.Send(Http.Ok($"answer {i}"));
        }
        gateway.Settle();
        Assert.Equal(
            ["answer 1", "answer 2", "answer 3"],
            client.Received.Split("HTTP/1.1 200 OK").Skip(1).Select(text => text[^8..]));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_with_a_thousand_requests_at_once_does_not_keep_the_others_waiting()
    {
        using var gateway = new SimulatedGateway("""
            keepalive_requests 10000;
            server { listen 10.1.0.1:80; location / { return 200 x; } }
            """);
        var client = gateway.Connect();
        gateway.Settle();
        client.Send(new StringBuilder().Insert(0, Http.Get("/"), 1000).ToString());
        long before = 0;
        long most = 0;
        Assert.True(gateway.Loop.RunUntil(
            () =>
            {
                long served = gateway.Worker.Counters.Requests;
                most = Math.Max(most, served - before);
                before = served;
                return gateway.AccessLines.Length == 1000;
            },
            ms: 10_000));
        Assert.InRange(most, 1, 2 * Limits.RequestsPerTurn);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_refused_request_is_answered_with_what_error_page_says()
    {
        using var gateway = new SimulatedGateway("""
            server {
                listen 10.1.0.1:80;
                error_page 400 =302 http://elsewhere/;
                location / { return 200 x; }
            }
            """);
        var client = gateway.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 302 ", client.Received);
        Assert.Contains("\r\nLocation: http://elsewhere/\r\n", client.Received);
        Assert.True(client.IsEnded);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_refused_request_can_be_answered_by_a_return()
    {
        using var gateway = new SimulatedGateway("""
            server {
                listen 10.1.0.1:80;
                error_page 400 = @refused;
                location @refused { return 403 refused; }
            }
            """);
        var client = gateway.Connect();
        client.Send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        gateway.Settle();
        Assert.EndsWith(Http.Body("refused"), client.Received);
        Assert.True(client.IsEnded);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void What_comes_behind_a_refused_request_is_not_served()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
            + Http.Get("/trap"));
        gateway.Settle();
        client.Send(Http.Get("/trap"));
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 400 ", client.Received);
        Assert.Empty(server.Wires);
        Assert.True(client.IsEnded);
        Assert.Equal(0, client.Error);
        Assert.Single(gateway.AccessLines);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void Interim_answers_are_passed_and_the_100_of_a_peer_is_not()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        const string Hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        server.Last.Send("HTTP/1.1 100 Continue\r\n\r\n" + Hints);
        gateway.Settle();
        Assert.Equal(Hints, client.Take());
        server.Last.Send(Http.Ok("x"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("x"), client.Take());
        var line = LogLine.Parse(gateway.AccessLines.Single());
        Assert.Equal(client.ReceivedCount, line.BytesSent);
        Assert.Equal(1, line.BodyBytesSent);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_head_answer_of_a_peer_has_no_body_and_its_connection_goes_on()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n" + Http.Get("/next"));
        gateway.Settle();
        server.Last.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
        gateway.Settle();
        server.Last.Send(Http.Ok("next"));
        gateway.Settle();
        Assert.Contains("Content-Length: 100\r\n", client.Received);
        Assert.EndsWith(Http.Body("next"), client.Received);
        Assert.Single(server.Wires);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_client_of_http_1_0_gets_a_chunked_answer_plain_and_then_the_end()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        gateway.Settle();
        server.Last.Send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
        gateway.Settle();
        Assert.EndsWith(Http.Body("onetwo"), client.Received);
        Assert.DoesNotContain("chunked", client.Received);
        Assert.True(client.IsEnded);
        gateway.AssertNothingStays();
    }
}
