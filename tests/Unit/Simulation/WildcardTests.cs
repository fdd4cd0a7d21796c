namespace Sluice.Unit.Simulation;

/// <summary>
/// The socket of a wildcard takes the clients of single addresses with its family and port, as
/// in nginx: the kernel would not let both be bound.
/// </summary>
public sealed class WildcardTests
{
    const string Any = "server { listen 80; return 200 any; }\n";
    const string Own = "server { listen 10.1.0.1:80; return 200 own; }\n";

    [Theory]
    [InlineData(Any + Own)]
    [InlineData(Own + Any)]
    public void An_address_under_a_wildcard_has_its_servers_but_no_socket(string http)
    {
        using var gateway = new SimulatedGateway(http);
        Assert.Equal(1, gateway.Network.ListenersOpen);
        AssertServed(gateway, "10.1.0.1:80", "own");
        AssertServed(gateway, "10.1.0.2:80", "any");
        gateway.AssertNothingStays();
    }

    [Fact]
    public void One_server_may_have_both()
    {
        using var gateway = new SimulatedGateway(
            Own + "server { listen 80; listen 10.1.0.3:80; return 200 $server_addr; }");
        Assert.Equal(1, gateway.Network.ListenersOpen);
        AssertServed(gateway, "10.1.0.1:80", "own");
        AssertServed(gateway, "10.1.0.3:80", "10.1.0.3");
        AssertServed(gateway, "10.1.0.4:80", "10.1.0.4");
        gateway.AssertNothingStays();
    }

    [Fact]
    public void Each_family_has_a_wildcard_of_its_own()
    {
        using var gateway = new SimulatedGateway(
            "server { listen [::]:80; return 200 six; }"
            + "server { listen [fd00::1]:80; return 200 own-six; }" + Own);
        Assert.Equal(2, gateway.Network.ListenersOpen);
        AssertServed(gateway, "10.1.0.1:80", "own");
        AssertServed(gateway, "[fd00::1]:80", "own-six");
        AssertServed(gateway, "[fd00::2]:80", "six");
        gateway.AssertNothingStays();
    }

    [Theory]
    [InlineData("listen 10.1.0.1:80; listen 10.1.0.2:80;")]
    [InlineData("listen 81; listen 10.1.0.1:80;")]
    [InlineData("listen 80; listen unix:/run/s;")]
    public void What_no_wildcard_covers_has_a_socket(string listens)
    {
        using var gateway = new SimulatedGateway($"server {{ {listens} return 200 x; }}");
        Assert.Equal(2, gateway.Network.ListenersOpen);
        gateway.AssertNothingStays();
    }

    [Fact]
    public void A_reload_adds_changes_and_removes_a_covered_address()
    {
        using var gateway = new SimulatedGateway(Any);
        AssertServed(gateway, "10.1.0.1:80", "any");
        Assert.Null(gateway.Reload(Any + Own));
        var stays = gateway.Connect("10.1.0.1:80");
        AssertAnswer(gateway, stays, "own");
        Assert.Null(gateway.Reload(Any + Own.Replace("200 own", "200 changed")));
        AssertAnswer(gateway, stays, "changed");
        AssertServed(gateway, "10.1.0.1:80", "changed");
        Assert.Null(gateway.Reload(Any.Replace("200 any", "200 all")));
        AssertAnswer(gateway, stays, "changed");
        AssertServed(gateway, "10.1.0.1:80", "all");
        Assert.Equal(1, gateway.Network.ListenersOpen);
        gateway.AssertNothingStays();
    }

    static void AssertServed(SimulatedGateway gateway, string address, string body) =>
        AssertAnswer(gateway, gateway.Connect(address), body);

    static void AssertAnswer(SimulatedGateway gateway, Wire client, string body)
    {
        client.Send(Http.Get("/"));
        gateway.Settle();
        Assert.EndsWith(Http.Body(body), client.Take());
    }
}
