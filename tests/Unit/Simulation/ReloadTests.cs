namespace Sluice.Unit.Simulation;

public sealed class ReloadTests
{
    const string Other = """
        upstream pool { server 10.0.0.2:80; }
        server {
            listen 10.1.0.1:80;
            location / { proxy_pass http://pool; }
            location /new { return 200 new; }
        }
        """;

    [Fact]
    public void A_tunnel_stays_when_its_upstream_changes()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        Assert.Null(gateway.Reload(Other));
        gateway.Settle();
        client.Send("up");
        peer.Send("down");
        gateway.Settle();
        Assert.Equal("up", peer.Take());
        Assert.Equal("down", client.Take());
        gateway.AssertNothingStays();
    }

    /// <summary>Also when the new configuration does not listen there any more.</summary>
    [Fact]
    public void A_tunnel_stays_when_its_address_is_closed()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        Assert.Null(gateway.Reload("server { listen 10.1.0.2:80; return 200 moved; }"));
        client.Send("up");
        gateway.Settle();
        Assert.Equal("up", peer.Take());
        Assert.Equal(1, gateway.Network.ListenersOpen - 1);
        var late = gateway.Connect("10.1.0.2:80");
        late.Send(Http.Get("/"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("moved"), late.Take());
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_keep_alive_connection_finds_the_new_servers_at_its_next_request()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        client.Send(Http.Get("/new"));
        gateway.Settle();
        Assert.Null(gateway.Reload(Other));
        server.Last.Send(Http.Ok("old"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("old"), client.Take());
        client.Send(Http.Get("/new"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("new"), client.Take());
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("server { listen 10.1.0.1:80; nonsense; }")]
    [InlineData("server { listen 10.1.0.1:80; } server { listen 10.9.9.9:80; }")]
    [InlineData("server { listen 10.1.0.3:80; } server { listen 10.9.9.9:80; }")]
    public void A_configuration_that_cannot_be_used_changes_nothing(string http)
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        gateway.Serve("10.9.9.9:80");
        var (client, peer) = Http.OpenTunnel(gateway, server);
        int listeners = gateway.Network.ListenersOpen;
        Assert.NotNull(gateway.Reload(http));
        Assert.Equal(listeners, gateway.Network.ListenersOpen);
        client.Send("up");
        var late = gateway.Connect();
        late.Send(Http.Get("/"));
        gateway.Settle();
        Assert.Equal("up", peer.Take());
        Assert.StartsWith("GET / ", server.Last.Take());
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_tunnel_of_a_configuration_with_fewer_variables_is_logged()
    {
        const string Many = """
            map $uri $a { default 1; }
            map $a $b { default 2; }
            map $b $c { default 3; }
            server { listen 10.1.0.1:80; location / { return 200 $c; } }
            """;
        const string Few = """
            map $uri $a { default tunnel; }
            log_format mapped $a;
            upstream pool { server 10.0.0.1:80; }
            server {
                listen 10.1.0.1:80;
                location / {
                    proxy_set_header X $a;
                    proxy_pass http://pool;
                    access_log /log/access sim;
                    access_log /log/mapped mapped;
                }
            }
            """;
        using var gateway = new SimulatedGateway(Many);
        var client = gateway.Connect();
        client.Send(Http.Get("/"));
        gateway.Settle();
        Assert.EndsWith(Http.Body("3"), client.Take());
        Assert.Null(gateway.Reload(Few));
        // The first record was made under many variables; both serve at once, then are mixed up.
        var server = gateway.Serve(Http.PeerAddress);
        client.Send(Http.Handshake);
        gateway.Settle();
        server.Last.Send(Http.Switching);
        gateway.Settle();
        var other = gateway.Connect();
        var another = gateway.Connect();
        other.Send(Http.Get("/"));
        another.Send(Http.Get("/"));
        gateway.Settle();
        server.Last.Send(Http.Ok("x"));
        gateway.Settle();
        client.End();
        gateway.Settle();
        Assert.Contains("tunnel\n", gateway.LogText("/log/mapped"));
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_peer_that_stays_keeps_its_idle_connections()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var client = gateway.Connect();
        foreach (string path in (string[])["/one", "/two"])
        {
            client.Send(Http.Get(path));
            gateway.Settle();
            server.Last.Send(Http.Ok(path));
            gateway.Settle();
            Assert.EndsWith(Http.Body(path), client.Take());
            Assert.Null(gateway.Reload(Http.OnePeer + " # again"));
        }
        Assert.Single(server.Wires);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void Fifty_reloads_leave_a_tunnel_and_no_files()
    {
        using var gateway = new SimulatedGateway(Http.OnePeer);
        var server = gateway.Serve(Http.PeerAddress);
        var (client, peer) = Http.OpenTunnel(gateway, server);
        for (int i = 0; i < 50; i++)
        {
            Assert.Null(gateway.Reload(i % 2 == 0 ? Other : Http.OnePeer));
            client.Send($"{i} ");
            gateway.Settle();
        }
        Assert.EndsWith(" 48 49 ", peer.Take());
        gateway.AssertNothingStays();
    }
}
