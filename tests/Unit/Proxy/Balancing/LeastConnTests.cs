using Sluice.Config.Model;
using Sluice.Proxy.Upstream;
using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

public class LeastConnTests
{
    [Theory]
    [InlineData("abcabc", 1, 1, 1)]
    [InlineData("dcbadcbdcdabcddcbadcbdcd", 2, 3, 4, 5)]
    public void Idle_peers_take_turns_as_at_nginx(string turns, params int[] weights) =>
        Assert.Equal(turns, Of(weights).Letters(turns.Length));

    /// <summary>Sixteen connections that stay, three that end, six more: seen at nginx.</summary>
    [Theory]
    [InlineData("abccbaabccbaabcc", "aabcaa", 1, 1, 1)]
    [InlineData("abaaabaabaaaabaa", "baaaba", 3, 1)]
    [InlineData("cbacbcabccbccbac", "cccbcb", 1, 2, 3)]
    public void Busy_peers_are_chosen_as_at_nginx(
        string held, string after, params int[] weights) =>
        Assert.Equal((held, after), HoldAndEnd(Weights(weights)));

    [Fact]
    public void Peers_that_may_not_be_chosen_do_not_count()
    {
        var servers = Weights(1, 1, 1, 1);
        servers[0] = servers[0] with { Down = true };
        servers[1] = servers[1] with { MaxConns = 1 };
        Assert.Equal(("bcddccddccddccdd", "bccddc"), HoldAndEnd(servers));
    }

    [Fact]
    public void A_heavy_peer_may_have_more_connections()
    {
        var group = Group(Balancer.LeastConn, Weights(3, 1));
        for (var i = 0; i < 8; i++)
            new Chooses(group).First();
        Assert.Equal(6, group.Peers[0].State.ConnsCount);
        Assert.Equal(2, group.Peers[1].State.ConnsCount);
    }

    [Fact]
    public void Backups_serve_when_no_primary_can()
    {
        var servers = Weights(1, 1, 1);
        servers[2] = servers[2] with { Backup = true };
        Assert.Equal("abc", new Chooses(Group(Balancer.LeastConn, servers)).LettersOfTries());
    }

    static Chooses Of(int[] weights) => new(Group(Balancer.LeastConn, Weights(weights)));

    static (string Held, string After) HoldAndEnd(UpstreamServer[] servers)
    {
        var group = Group(Balancer.LeastConn, servers);
        var exchanges = new List<Chooses>();
        var held = Hold(group, exchanges, 16);
        foreach (var ended in new[] { 0, 3, 5 })
            exchanges[ended].Succeed();
        return (held, Hold(group, exchanges, 6));
    }

    static string Hold(PeerGroup group, List<Chooses> exchanges, int count)
    {
        var letters = "";
        for (var i = 0; i < count; i++)
        {
            var chooses = new Chooses(group);
            letters += Chooses.LetterOf(chooses.First());
            exchanges.Add(chooses);
        }
        return letters;
    }
}
