using Sluice.Config.Model;
using Sluice.Proxy.Upstream;
using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

public class ReloadTests
{
    [Fact]
    public void Connections_of_the_old_configuration_go_on_counting()
    {
        var old = Group(Balancer.LeastConn, Weights(1, 1));
        var chooses = new Chooses(old);
        chooses.First();
        var tunnel = chooses.Selection.Detach();
        var renewed = Renew(old, Weights(1, 1));
        Assert.Equal(1, renewed.Peers[0].State.ConnsCount);
        Assert.Equal("bb", new Chooses(renewed).Letters(2));
        tunnel.Release();
        Assert.Equal(0, renewed.Peers[0].State.ConnsCount);
    }

    [Fact]
    public void A_peer_that_is_left_out_stays_out()
    {
        var old = Group(Weights(1, 1));
        var chooses = new Chooses(old);
        chooses.First();
        chooses.Fail();
        Assert.Equal("bb", new Chooses(Renew(old, Weights(1, 1))).Letters(2));
    }

    [Fact]
    public void The_turns_go_on_where_they_were()
    {
        var old = Group(Weights(5, 1, 1));
        Assert.Equal("aab", new Chooses(old).Letters(3));
        Assert.Equal("acaa", new Chooses(Renew(old, Weights(5, 1, 1))).Letters(4));
    }

    [Fact]
    public void Turns_start_anew_when_a_weight_has_changed()
    {
        var old = Group(Weights(100, 1));
        new Chooses(old).Letters(50);
        Assert.Equal("ababab", new Chooses(Renew(old, Weights(1, 1))).Letters(6));
    }

    [Fact]
    public void Turns_start_anew_when_a_peer_has_come()
    {
        var old = Group(Weights(5, 1));
        new Chooses(old).Letters(3);
        Assert.Equal("aabacaa", new Chooses(Renew(old, Weights(5, 1, 1))).Letters(7));
    }

    [Fact]
    public void A_peer_that_failed_keeps_what_is_left_of_its_weight()
    {
        var servers = Weights(4, 1);
        servers[0] = servers[0] with { MaxFails = 4 };
        var old = Group(servers);
        var chooses = new Chooses(old);
        chooses.First();
        chooses.Fail();
        Assert.Equal(3, Renew(old, servers).Peers[0].EffectiveWeight);
        servers[0] = servers[0] with { Weight = 2 };
        Assert.Equal(2, Renew(old, servers).Peers[0].EffectiveWeight);
    }

    [Fact]
    public void Peers_are_known_by_server_and_address_wherever_they_move()
    {
        var old = Group(Server(1), Server(2), Server(3));
        var renewed = Renew(old, [Server(3), Server(9), Server(1) with { Backup = true }]);
        Assert.Same(old.Peers[2].State, renewed.Peers[0].State);
        Assert.Same(old.Peers[0].State, renewed.Peers[2].State);
        Assert.NotSame(old.Peers[1].State, renewed.Peers[1].State);
    }

    [Fact]
    public void A_name_that_has_another_address_now_is_another_peer()
    {
        var old = Group(Server(1) with { Text = "backend:80" }, Server(2));
        var renewed = Renew(
            old, [Server(1) with { Text = "backend:80", Addresses = [At(7)] }, Server(2)]);
        Assert.NotSame(old.Peers[0].State, renewed.Peers[0].State);
        Assert.Same(old.Peers[1].State, renewed.Peers[1].State);
    }

    [Fact]
    public void Equal_servers_keep_a_state_each()
    {
        var old = Group(Server(1), Server(1));
        var renewed = Renew(old, [Server(1), Server(1), Server(1)]);
        Assert.Same(old.Peers[0].State, renewed.Peers[0].State);
        Assert.Same(old.Peers[1].State, renewed.Peers[1].State);
        Assert.NotSame(old.Peers[1].State, renewed.Peers[2].State);
    }

    [Fact]
    public void An_exchange_goes_on_in_the_group_it_began_in()
    {
        var old = Group(Weights(1, 1));
        var chooses = new Chooses(old);
        Assert.Equal(0, chooses.First()!.Index);
        var renewed = Renew(old, [Server(1), Server(3)]);
        Assert.Equal(1, chooses.Retry()!.Index);
        chooses.Succeed();
        Assert.Equal(1, renewed.Peers[0].State.FailsCount);
        Assert.Equal(0, renewed.Peers[0].State.ConnsCount);
    }

    static PeerGroup Renew(PeerGroup old, UpstreamServer[] servers) =>
        new(ConfigOf(old.Config.Balancer, servers), old);
}
