using Sluice.Proxy.Upstream;
using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

public class PeerTunnelTests
{
    [Fact]
    public void A_probe_that_became_a_tunnel_brings_its_peer_back_at_once()
    {
        var (group, probe) = Probe();
        probe.Selection.MarkLive();
        probe.Selection.Detach();
        Assert.Equal(0, group.Peers[0].State.FailsCount);
        Assert.Contains('a', new Chooses(group) { NowSeconds = probe.NowSeconds }.Letters(2));
    }

    [Fact]
    public void A_probe_that_is_not_over_keeps_its_peer_out()
    {
        var (group, probe) = Probe();
        Assert.Equal(1, group.Peers[0].State.FailsCount);
        Assert.Equal("bb", new Chooses(group) { NowSeconds = probe.NowSeconds }.Letters(2));
    }

    [Fact]
    public void A_tunnel_older_than_the_failure_does_not_bring_its_peer_back()
    {
        var group = Group(Weights(1, 1));
        var old = new Chooses(group);
        old.First();
        var chooses = new Chooses(group);
        while (chooses.First() is { Index: 1 })
            chooses.Succeed();
        chooses.Fail();
        old.Selection.MarkLive();
        old.Selection.Detach().Release();
        Assert.Equal(1, group.Peers[0].State.FailsCount);
    }

    [Fact]
    public void A_tunnel_holds_its_peer_while_the_selection_serves_others()
    {
        var group = Group(Weights(1, 1));
        var chooses = new Chooses(group);
        chooses.First();
        var peer = chooses.Selection.Detach();
        Assert.Null(chooses.Selection.Current);
        chooses.Letters(5);
        Assert.Equal(1, peer.State.ConnsCount);
        peer.Release();
        Assert.Equal(0, peer.State.ConnsCount);
    }

    [Fact]
    public void A_closed_connection_of_the_pool_is_worth_another_try()
    {
        var chooses = new Chooses(Group(Weights(1)));
        chooses.First();
        chooses.Fail();
        Assert.Equal(0, chooses.Selection.TriesLeft);
        chooses.Selection.GrantTry();
        Assert.Equal(1, chooses.Selection.TriesLeft);
        Assert.NotNull(chooses.Next());
    }

    /// <summary>The first peer has failed, its exclusion is over, an exchange probes it.</summary>
    static (PeerGroup Group, Chooses Probe) Probe()
    {
        var group = Group(Weights(1, 1));
        var chooses = new Chooses(group);
        chooses.First();
        chooses.Fail();
        chooses.NowSeconds += 11;
        while (chooses.First() is { Index: 1 })
            chooses.Succeed();
        return (group, chooses);
    }
}
