using Sluice.Config.Model;
using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

public class RandomDrawTests
{
    static readonly Balancer One = new RandomBalancer(Two: false);
    static readonly Balancer Two = new RandomBalancer(Two: true);

    [Fact]
    public void Draws_follow_the_weights()
    {
        var letters = new Chooses(Group(One, Weights(1, 2, 7)), seed: 5).Letters(10_000);
        Assert.InRange(letters.Count(letter => letter == 'a'), 850, 1_150);
        Assert.InRange(letters.Count(letter => letter == 'b'), 1_800, 2_200);
        Assert.InRange(letters.Count(letter => letter == 'c'), 6_700, 7_300);
    }

    [Fact]
    public void The_same_seed_draws_the_same_peers()
    {
        var group = Group(One, Weights(1, 1, 1, 1));
        Assert.Equal(
            new Chooses(group, seed: 9).Letters(50), new Chooses(group, seed: 9).Letters(50));
        Assert.NotEqual(
            new Chooses(group, seed: 9).Letters(50), new Chooses(group, seed: 10).Letters(50));
    }

    [Fact]
    public void Of_two_draws_the_peer_with_fewer_connections_is_taken()
    {
        var group = Group(Two, Weights(1, 1));
        for (var i = 0; i < 20; i++)
            new Chooses(group, seed: i).First();
        Assert.Equal(10, group.Peers[0].State.ConnsCount);
        Assert.Equal(10, group.Peers[1].State.ConnsCount);
    }

    [Fact]
    public void Of_two_draws_connections_count_for_their_weight()
    {
        var group = Group(Two, Weights(3, 1));
        for (var i = 0; i < 40; i++)
            new Chooses(group, seed: i).First();
        Assert.InRange(group.Peers[0].State.ConnsCount, 29, 31);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_peer_is_tried_once(bool isTwo)
    {
        var servers = WithoutMaxFails(Weights(1, 50, 1, 9, 1));
        var chooses = new Chooses(Group(isTwo ? Two : One, servers), seed: 3);
        Assert.Equal("abcde", string.Concat(chooses.LettersOfTries().Order()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Peers_that_may_not_be_chosen_are_not_drawn(bool isTwo)
    {
        var servers = Weights(1, 1, 1);
        servers[0] = servers[0] with { Down = true };
        var chooses = new Chooses(Group(isTwo ? Two : One, servers), seed: 3);
        while (chooses.First() is not { Index: 1 })
            chooses.Succeed();
        chooses.Fail();
        Assert.Equal(new string('c', 30), chooses.Letters(30));
    }
}
