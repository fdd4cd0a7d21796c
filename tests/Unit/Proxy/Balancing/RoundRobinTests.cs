using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

public class RoundRobinTests
{
    [Theory]
    [InlineData("aabacaaaabacaa", 5, 1, 1)]
    [InlineData("abacaabaca", 3, 1, 1)]
    [InlineData("abaaba", 2, 1)]
    [InlineData("abcabc", 1, 1, 1)]
    [InlineData("aaaa", 1)]
    public void Peers_take_turns_by_weight(string turns, params int[] weights) =>
        Assert.Equal(turns, new Chooses(Group(Weights(weights))).Letters(turns.Length));

    [Fact]
    public void A_peer_is_tried_once_in_an_exchange()
    {
        var servers = Weights(1, 1, 1).Select(server => server with { MaxFails = 0 }).ToArray();
        Assert.Equal("abc", new Chooses(Group(servers)).LettersOfTries());
    }

    [Fact]
    public void A_peer_that_is_down_is_never_chosen()
    {
        var servers = Weights(1, 1, 1);
        servers[1] = servers[1] with { Down = true };
        var chooses = new Chooses(Group(servers));
        Assert.Equal("acacac", chooses.Letters(6));
        chooses.First();
        Assert.Equal(2, chooses.Selection.TriesLeft);
    }

    [Fact]
    public void A_peer_at_its_max_conns_is_passed_over_until_one_is_released()
    {
        var servers = Weights(1, 1);
        servers[0] = servers[0] with { MaxConns = 1 };
        var group = Group(servers);
        var holder = new Chooses(group);
        Assert.Equal(0, holder.First()!.Index);
        Assert.Equal("bbb", new Chooses(group).Letters(3));
        holder.Succeed();
        Assert.Contains('a', new Chooses(group).Letters(4));
    }

    [Fact]
    public void A_failed_peer_is_left_out_for_fail_timeout_and_then_probed_once()
    {
        var group = Group(Weights(1, 1));
        var chooses = new Chooses(group);
        Assert.Equal(0, chooses.First()!.Index);
        Assert.True(chooses.Fail());
        chooses.NowSeconds += 10;
        Assert.Equal("bbbb", chooses.Letters(4));
        chooses.NowSeconds += 1;
        // The first choice after the exclusion is the probe; until it has ended well the peer
        // is left out for everybody else.
        var probe = new Chooses(group) { NowSeconds = chooses.NowSeconds };
        while (probe.First() is { Index: 1 })
            probe.Succeed();
        Assert.Equal("bbbb", chooses.Letters(4));
        probe.Succeed();
        Assert.Contains('a', chooses.Letters(2));
    }

    [Fact]
    public void A_failure_below_max_fails_leaves_the_peer_in_turn()
    {
        var servers = Weights(1, 1);
        servers[0] = servers[0] with { MaxFails = 2 };
        var chooses = new Chooses(Group(servers));
        chooses.First();
        Assert.False(chooses.Fail());
        Assert.Contains('a', chooses.Letters(4));
        while (chooses.First() is { Index: 1 })
            chooses.Succeed();
        Assert.True(chooses.Fail());
        Assert.Equal("bbbb", chooses.Letters(4));
    }

    [Fact]
    public void Success_of_an_exchange_older_than_the_failure_clears_nothing()
    {
        var group = Group(Weights(2, 1));
        var old = new Chooses(group);
        var young = new Chooses(group);
        Assert.Equal(0, old.First()!.Index);
        Assert.Equal(1, young.First()!.Index);
        young.Succeed();
        Assert.Equal(0, young.First()!.Index);
        young.Fail();
        old.NowSeconds += 1;
        old.Succeed();
        Assert.Equal(1, group.Peers[0].State.FailsCount);
    }

    [Fact]
    public void A_peer_that_failed_comes_back_with_little_weight()
    {
        var servers = Weights(4, 1);
        servers[0] = servers[0] with { MaxFails = 4 };
        var group = Group(servers);
        var chooses = new Chooses(group);
        for (var failures = 0; failures < 3;)
        {
            if (chooses.First()!.Index == 0)
            {
                chooses.Fail();
                failures++;
            }
            else
            {
                chooses.Succeed();
            }
        }
        Assert.True(group.Peers[0].EffectiveWeight < 4);
        chooses.Letters(10);
        Assert.Equal(4, group.Peers[0].EffectiveWeight);
    }

    [Fact]
    public void Backups_serve_when_no_primary_can()
    {
        var servers = Weights(1, 1, 1);
        servers[1] = servers[1] with { Backup = true };
        servers[2] = servers[2] with { Backup = true };
        var group = Group(servers);
        var chooses = new Chooses(group);
        chooses.First();
        Assert.Equal(3, chooses.Selection.TriesLeft);
        Assert.Equal(1, chooses.Retry()!.Index);
        Assert.Equal(2, chooses.Retry()!.Index);
        chooses.Fail();
        Assert.Equal("----", chooses.Letters(4));
        chooses.NowSeconds += 11;
        Assert.Equal("aaaa", chooses.Letters(4));
    }

    [Fact]
    public void A_single_peer_is_never_left_out_and_never_tried_again()
    {
        var group = Group(Weights(1));
        var chooses = new Chooses(group);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, chooses.First()!.Index);
            Assert.False(chooses.Fail());
            Assert.Equal(0, chooses.Selection.TriesLeft);
        }
        Assert.Equal(0, group.Peers[0].State.FailsCount);
    }

    [Fact]
    public void A_single_peer_that_is_down_or_full_is_not_chosen()
    {
        var down = new Chooses(Group(Server(1) with { Down = true }));
        Assert.Null(down.First());
        var group = Group(Server(1) with { MaxConns = 1 });
        Assert.NotNull(new Chooses(group).First());
        Assert.Null(new Chooses(group).First());
    }

    [Fact]
    public void A_peer_with_a_backup_beside_it_is_not_single()
    {
        var group = Group(Server(1), Server(2) with { Backup = true });
        var chooses = new Chooses(group);
        chooses.First();
        Assert.True(chooses.Fail());
        Assert.Equal("bb", chooses.Letters(2));
    }

    [Fact]
    public void Every_address_of_a_server_is_a_peer()
    {
        var server = Server(1) with { Addresses = [At(1), At(2), At(3)] };
        var chooses = new Chooses(Group(server));
        Assert.Equal("abcabc", chooses.Letters(6));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(2, 2)]
    [InlineData(9, 3)]
    public void Tries_are_limited_by_next_upstream_tries(int triesMax, int expected)
    {
        var chooses = new Chooses(Group(Weights(1, 1, 1)));
        chooses.First(triesMax);
        Assert.Equal(expected, chooses.Selection.TriesLeft);
        chooses.Fail();
        Assert.Equal(expected - 1, chooses.Selection.TriesLeft);
    }

    [Fact]
    public void More_than_64_peers_are_each_tried_once()
    {
        var servers = Weights([.. Enumerable.Repeat(1, 150)])
            .Select(server => server with { MaxFails = 0 }).ToArray();
        var chooses = new Chooses(Group(servers));
        var tried = new HashSet<int> { chooses.First()!.Index };
        while (chooses.Retry() is { } peer)
            Assert.True(tried.Add(peer.Index));
        Assert.Equal(150, tried.Count);
    }

    [Fact]
    public void A_group_of_backups_alone_is_refused() => Assert.Throws<ArgumentException>(
        () => Group(Server(1) with { Backup = true }));

    [Fact]
    public void No_choice_allocates()
    {
        var chooses = new Chooses(Group(Weights(3, 2, 1)));
        Assert.Equal(0, Allocations.Of(() =>
        {
            chooses.First();
            chooses.Succeed();
        }));
    }
}
