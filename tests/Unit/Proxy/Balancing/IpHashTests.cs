using System.Net;
using Sluice.Config.Model;
using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

public class IpHashTests
{
    [Theory]
    [InlineData("127.0.0.1", "aca")]
    [InlineData("192.0.2.1", "baa")]
    [InlineData("192.0.2.200", "baa")]
    [InlineData("10.0.0.7", "baa")]
    [InlineData("10.0.1.7", "aba")]
    [InlineData("172.16.2.9", "bbb")]
    [InlineData("203.0.113.4", "aaa")]
    [InlineData("198.51.100.4", "aaa")]
    [InlineData("8.8.8.8", "bcb")]
    public void An_address_has_the_peer_that_nginx_gives_it(string address, string expected)
    {
        var chosen = "";
        foreach (var weights in new int[][] { [1, 1], [1, 1, 1], [3, 1, 1] })
            chosen += Of(address, weights).Letters(1);
        Assert.Equal(expected, chosen);
    }

    [Fact]
    public void The_hash_is_carried_over_to_the_next_try()
    {
        // 127.0.0.x hashes to 4040, then 5510, then 4957: modulo 3 it is 2, 2, 1.
        var chooses = Of("127.0.0.1", [1, 1, 1]);
        Assert.Equal("cba", chooses.LettersOfTries());
    }

    [Fact]
    public void A_peer_that_is_down_leaves_the_mapping_of_the_others()
    {
        var servers = Weights(1, 1, 1);
        servers[2] = servers[2] with { Down = true };
        var group = Group(Balancer.IpHash, servers);
        Assert.Equal("a", With(group, "192.0.2.1").Letters(1));
        Assert.Equal("b", With(group, "10.0.1.1").Letters(1));
        Assert.Equal("b", With(group, "127.0.0.1").Letters(1));
    }

    [Fact]
    public void A_unix_client_hashes_as_zeros() =>
        Assert.Equal(
            Of("0.0.0.0", [1, 1, 1, 1, 1]).Letters(1),
            new Chooses(Group(Balancer.IpHash, Weights(1, 1, 1, 1, 1))).Letters(1));

    [Fact]
    public void All_of_an_IPv6_address_counts()
    {
        var group = Group(Balancer.IpHash, Weights([.. Enumerable.Repeat(1, 50)]));
        var chosen = new HashSet<string>();
        for (var i = 1; i < 20; i++)
            chosen.Add(With(group, $"2001:db8::{i:x}").Letters(1));
        Assert.True(chosen.Count > 1);
    }

    [Fact]
    public void Round_robin_decides_when_the_hash_names_nobody()
    {
        var servers = Weights(1000, 1);
        servers[0] = servers[0] with { Down = true };
        Assert.Equal("bbb", With(Group(Balancer.IpHash, servers), "127.0.0.1").Letters(3));
        servers[1] = servers[1] with { Down = true };
        Assert.Equal("-", With(Group(Balancer.IpHash, servers), "127.0.0.1").Letters(1));
    }

    static Chooses Of(string address, int[] weights) =>
        With(Group(Balancer.IpHash, Weights(weights)), address);

    static Chooses With(Sluice.Proxy.Upstream.PeerGroup group, string address) =>
        new(group) { Address = IPAddress.Parse(address).GetAddressBytes() };
}
