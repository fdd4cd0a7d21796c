using Sluice.Proxy;

namespace Sluice.Unit.Simulation;

/// <summary>Idle connections to peers: what is used again, and what must not be.</summary>
public sealed class PoolTests
{
    static string OneAfterTheOther(SimulatedGateway gateway, WireServer server, string answer)
    {
        var client = gateway.Connect();
        client.Send(Http.Get("/x"));
        gateway.Settle();
        server.Last.Send(answer);
        gateway.Settle();
        client.Close();
        return client.Take();
    }

    [Fact]
    public void A_connection_to_a_peer_serves_one_client_after_the_other()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        Assert.EndsWith(Http.Body("one"), OneAfterTheOther(gateway, server, Http.Ok("one")));
        Assert.EndsWith(Http.Body("two"), OneAfterTheOther(gateway, server, Http.Ok("two")));
        Assert.Single(server.Wires);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_connection_that_the_peer_closed_is_not_used_again()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, Http.Ok("one"));
        server.Last.Close();
        gateway.Settle();
        Assert.EndsWith(Http.Body("two"), OneAfterTheOther(gateway, server, Http.Ok("two")));
        Assert.Equal(2, server.Wires.Count);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_connection_on_which_something_unasked_came_is_not_used_again()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, Http.Ok("one"));
        server.Last.Send(Http.Ok("evil"));
        gateway.Settle();
        Assert.True(server.Last.IsEnded);
        Assert.EndsWith(Http.Body("two"), OneAfterTheOther(gateway, server, Http.Ok("two")));
        gateway.AssertNothingStays();
    }

    /// <summary>The gateway's read ends exactly with the answer, so nobody would have looked.</summary>
    [Fact]
    public void What_came_behind_an_answer_that_filled_the_buffer_is_not_the_next_answer()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        string filling = Http.Ok(new string('x', 4000));
        string exact = Http.Ok(new string('x', 4000 + 4096 - filling.Length));
        Assert.Equal(4096, exact.Length);
        OneAfterTheOther(gateway, server, exact + Http.Ok("evil"));
        var client = gateway.Connect();
        client.Send(Http.Get("/two"));
        gateway.Settle();
        Assert.Equal("", client.Received);
        Assert.Equal(2, server.Wires.Count);
        server.Last.Send(Http.Ok("two"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("two"), client.Take());
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n")]
    public void A_connection_with_bytes_behind_the_answer_is_not_used_again(string answer)
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, answer + "HTTP/1.1 2");
        Assert.True(server.Last.IsEnded);
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    public void A_connection_without_bytes_behind_the_answer_is_used_again(string answer)
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, answer);
        Assert.False(server.Last.IsEnded);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void The_connection_that_idled_longest_makes_room()
    {
        using var gateway = new SimulatedGateway("""
            upstream pool { server 10.0.0.1:80; keepalive 2; }
            server { listen 10.1.0.1:80; location / { proxy_pass http://pool; } }
            """);
        var server = gateway.Serve(Http.PeerAddress);
        for (int i = 0; i < 3; i++)
            gateway.Connect().Send(Http.Get("/x"));
        gateway.Settle();
        foreach (var wire in server.Wires)
        {
            wire.Send(Http.Ok("x"));
            gateway.Settle();
        }
        Assert.Equal([true, false, false], server.Wires.Select(wire => wire.IsEnded));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void An_idle_connection_is_closed_after_its_time()
    {
        using var gateway = new SimulatedGateway("""
            upstream pool { server 10.0.0.1:80; keepalive_timeout 7s; }
            server { listen 10.1.0.1:80; location / { proxy_pass http://pool; } }
            """);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, Http.Ok("one"));
        gateway.Pass(6_900);
        Assert.False(server.Last.IsEnded);
        gateway.Pass(200);
        Assert.True(server.Last.IsEnded);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_connection_that_was_used_again_idles_anew()
    {
        using var gateway = new SimulatedGateway("""
            upstream pool { server 10.0.0.1:80; keepalive_timeout 7s; }
            server { listen 10.1.0.1:80; location / { proxy_pass http://pool; } }
            """);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, Http.Ok("one"));
        gateway.Pass(4_000);
        OneAfterTheOther(gateway, server, Http.Ok("two"));
        gateway.Pass(6_900);
        Assert.False(server.Last.IsEnded);
        gateway.Pass(200);
        Assert.True(server.Last.IsEnded);
        Assert.Single(server.Wires);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_connection_in_use_does_not_end_when_it_would_have_idled_long_enough()
    {
        using var gateway = new SimulatedGateway("""
            upstream pool { server 10.0.0.1:80; keepalive_timeout 7s; }
            server { listen 10.1.0.1:80; location / { proxy_pass http://pool; } }
            """);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, Http.Ok("one"));
        gateway.Pass(4_000);
        var client = gateway.Connect();
        client.Send(Http.Get("/slow"));
        gateway.Pass(8_000);
        server.Last.Send(Http.Ok("two"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("two"), client.Take());
        gateway.Pass(6_900);
        Assert.False(server.Last.IsEnded);
        gateway.Pass(200);
        Assert.True(server.Last.IsEnded);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void An_event_with_nothing_behind_it_does_not_close_an_idle_connection()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, Http.Ok("one"));
        gateway.Network.Faults = new() { SpuriousEvents = 1 };
        gateway.Connect();
        gateway.Pass(20);
        Assert.False(server.Last.IsEnded);
        gateway.AssertNothingStays();
    }

    /// <summary>A keep-alive connection that was just closed says nothing of the peer.</summary>
    [Fact]
    public void A_request_on_a_connection_that_the_peer_is_closing_is_asked_again()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, Http.Ok("one"));
        var client = gateway.Connect();
        client.Send(Http.Get("/two"));
        gateway.Settle();
        server.Last.Close();
        gateway.Settle();
        Assert.Equal(2, server.Wires.Count);
        server.Last.Send(Http.Ok("two"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("two"), client.Take());
        Assert.DoesNotContain("prematurely", gateway.ErrorText);
        gateway.AssertNothingStays();
    }

    /// <summary>nginx does not ask again what may have had an effect, and says why.</summary>
    [Fact]
    public void A_POST_on_a_connection_that_the_peer_is_closing_is_502_and_logged()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        OneAfterTheOther(gateway, server, Http.Ok("one"));
        var client = gateway.Connect();
        client.Send("POST /two HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx");
        gateway.Settle();
        server.Last.Close();
        gateway.Settle();
        Assert.Single(server.Wires);
        Assert.StartsWith("HTTP/1.1 502 ", client.Take());
        Assert.Contains("upstream prematurely closed connection", gateway.ErrorText);
        gateway.AssertNothingStays();
    }

    /// <summary>RFC 9112, section 9.6: it closes, and need not say so.</summary>
    [Theory]
    [InlineData("", 1)]
    [InlineData("proxy_set_header Connection close;", 2)]
    [InlineData("proxy_set_header Connection 'TE, Close';", 2)]
    [InlineData("proxy_set_header Connection keep-alive;", 1)]
    [InlineData("proxy_http_version 1.0;", 2)]
    [InlineData("proxy_http_version 1.0; proxy_set_header Connection keep-alive;", 1)]
    public void A_connection_that_the_peer_was_asked_to_close_is_not_used_again(
        string settings, int connections)
    {
        using var gateway = new SimulatedGateway(
            Http.OnePeer.Replace("proxy_pass", settings + " proxy_pass"));
        var server = gateway.Serve(Http.PeerAddress);
        Assert.EndsWith(Http.Body("one"), OneAfterTheOther(gateway, server, Http.Ok("one")));
        Assert.EndsWith(Http.Body("two"), OneAfterTheOther(gateway, server, Http.Ok("two")));
        Assert.Equal(connections, server.Wires.Count);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void An_address_that_a_variable_names_is_a_peer_with_a_pool_of_its_own()
    {
        using var gateway = new SimulatedGateway(
            "server { listen 10.1.0.1:80; location / { proxy_pass http://$arg_to; } }");
        var server = gateway.Serve(Http.PeerAddress);
        for (int i = 0; i < 2; i++)
        {
            var client = gateway.Connect();
            client.Send(Http.Get("/?to=10.0.0.1"));
            gateway.Settle();
            server.Last.Send(Http.Ok("done"));
            gateway.Settle();
            Assert.EndsWith(Http.Body("done"), client.Take());
        }
        Assert.Single(server.Wires);
        var named = gateway.Connect();
        named.Send(Http.Get("/?to=name.test"));
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 502 ", named.Take());
        gateway.AssertNothingStays();
    }

    /// <summary>Clients may choose the addresses, so there is a bound, and no pool stays behind.</summary>
    [Fact]
    public void Addresses_beyond_the_limit_are_forgotten_with_their_idle_connections()
    {
        using var gateway = new SimulatedGateway(
            "server { listen 10.1.0.1:80; location / { proxy_pass http://$arg_to; } }");
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/?to=10.0.0.1"));
        gateway.Settle();
        server.Last.Send(Http.Ok("done"));
        gateway.Settle();
        var group = gateway.Worker.GroupOfAddress("10.0.0.1");
        Assert.Equal(1, gateway.Worker.IdleOf(group!).Count);
        for (int i = 1; i < Limits.AddressGroups; i++)
            gateway.Worker.GroupOfAddress($"10.9.{i / 256}.{i % 256}");
        Assert.Same(group, gateway.Worker.GroupOfAddress("10.0.0.1"));
        gateway.Worker.GroupOfAddress("10.8.0.1");
        gateway.Settle();
        Assert.NotSame(group, gateway.Worker.GroupOfAddress("10.0.0.1"));
        Assert.True(server.Last.IsEnded);
        gateway.AssertNothingStays();
    }
}
