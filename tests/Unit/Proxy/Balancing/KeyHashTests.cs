using System.Text;
using Sluice.Config.Model;
using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

/// <summary>The letters of tries were seen at a real nginx.</summary>
public class KeyHashTests
{
    [Theory]
    [InlineData("6", "acb", 1, 1, 1)]
    [InlineData("760", "abc", 1, 1, 1)]
    [InlineData("5ghdhi/c", "bac", 1, 1, 1)]
    [InlineData("-f9hdhe7", "bac", 3, 1, 1)]
    [InlineData("c5--00bj", "acb", 3, 1, 1)]
    [InlineData("5jc", "cabd", 2, 3, 4, 5)]
    [InlineData("91.", "bcda", 2, 3, 4, 5)]
    [InlineData(".d7b5gc2", "dcab", 2, 3, 4, 5)]
    [InlineData("/32", "cab", 7, 1, 2)]
    [InlineData("0", "dacb", 9, 2, 3, 6)]
    public void A_key_has_the_peers_that_nginx_tries(
        string key, string expected, params int[] weights) =>
        Assert.Equal(expected, Tries(Hash, key, Weights(weights)));

    [Theory]
    [InlineData("h0293c2j", "cba", 1, 1, 1)]
    [InlineData("8", "bac", 1, 1, 1)]
    [InlineData("g", "bac", 5, 1, 1)]
    [InlineData("gaf6jh-a", "acb", 5, 1, 1)]
    [InlineData("b", "abc", 5, 1, 1)]
    [InlineData("3fc55076", "acb", 7, 1, 2)]
    [InlineData("b8.", "cab", 7, 1, 2)]
    [InlineData("-h60f.g.", "bca", 10, 20, 30)]
    [InlineData("e7ifjiji", "ghbajiefcd", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)]
    public void A_key_has_the_points_of_nginxs_ring(
        string key, string expected, params int[] weights) =>
        Assert.Equal(expected, Tries(Consistent, key, WeightsAt(18201, weights)));

    [Fact]
    public void A_server_that_leaves_the_ring_moves_its_own_keys_alone()
    {
        var all = Group(Consistent, Weights(1, 1, 1, 1));
        var rest = Group(Consistent, Weights(1, 1, 1));
        for (var i = 0; i < 500; i++)
        {
            var before = With(all, $"key-{i}").Letters(1);
            if (before != "d")
                Assert.Equal(before, With(rest, $"key-{i}").Letters(1));
        }
    }

    [Fact]
    public void A_plain_hash_moves_most_keys_when_a_server_leaves()
    {
        var all = Group(Hash, Weights(1, 1, 1, 1));
        var rest = Group(Hash, Weights(1, 1, 1));
        var moved = Enumerable.Range(0, 500).Count(i =>
            With(all, $"key-{i}").Letters(1) != With(rest, $"key-{i}").Letters(1));
        Assert.True(moved > 250);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_empty_key_takes_turns(bool isConsistent) =>
        Assert.Equal(
            "abcabc",
            With(Group(isConsistent ? Consistent : Hash, Weights(1, 1, 1)), "").Letters(6));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_peer_that_is_left_out_gives_its_keys_to_others(bool isConsistent)
    {
        var group = Group(isConsistent ? Consistent : Hash, Weights(1, 1, 1));
        var chooses = With(group, "key");
        var first = chooses.First()!;
        chooses.Fail();
        var other = chooses.Letters(3);
        Assert.DoesNotContain(Chooses.LetterOf(first), other, StringComparison.Ordinal);
        Assert.Single(other.Distinct());
        chooses.NowSeconds += 11;
        Assert.Equal(Chooses.LetterOf(first), chooses.Letters(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nobody_is_chosen_when_all_are_down(bool isConsistent)
    {
        var servers = Weights(1, 1).Select(server => server with { Down = true }).ToArray();
        Assert.Equal("-", With(Group(isConsistent ? Consistent : Hash, servers), "k").Letters(1));
    }

    [Fact]
    public void The_addresses_of_one_name_share_its_points_and_take_turns()
    {
        var server = new UpstreamServer
        {
            Text = "backend.example:80",
            Addresses = [At(1), At(2)],
            Position = Somewhere,
        };
        var group = Group(Consistent, server, Server(3));
        var keys = Enumerable.Range(0, 50).Select(i => $"key-{i}");
        var key = keys.First(key => With(group, key).Letters(1) != "c");
        var turns = With(group, key).Letters(6);
        Assert.DoesNotContain('c', turns);
        Assert.Equal(3, turns.Count(letter => letter == 'a'));
    }

    [Theory]
    [InlineData("unix:/run/a.sock", "/run/a.sock")]
    [InlineData("127.0.0.1:80x", "127.0.0.1:80x")]
    [InlineData("[::1]", "[::1]")]
    public void A_server_without_a_port_is_hashed_as_it_is(string one, string other)
    {
        // The ring depends on host and port alone: equal parts, equal choices.
        var ring = Group(Consistent, Server(1) with { Text = one }, Server(2));
        var same = Group(Consistent, Server(1) with { Text = other }, Server(2));
        for (var i = 0; i < 100; i++)
            Assert.Equal(With(ring, $"{i}").Letters(1), With(same, $"{i}").Letters(1));
    }

    static string Tries(Balancer balancer, string key, UpstreamServer[] servers) =>
        With(Group(balancer, WithoutMaxFails(servers)), key).LettersOfTries();

    static Chooses With(Sluice.Proxy.Upstream.PeerGroup group, string key) =>
        new(group) { Key = Encoding.Latin1.GetBytes(key) };
}
