using FsCheck;
using FsCheck.Fluent;
using Sluice.Config.Model;
using Sluice.Proxy.Upstream;
using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

public class BalancingPropertyTests
{
    static readonly Balancer[] Balancers =
    [
        Balancer.RoundRobin, Balancer.LeastConn, Balancer.IpHash, Hash, Consistent,
        new RandomBalancer(Two: false), new RandomBalancer(Two: true),
    ];

    [Fact]
    public void A_cycle_of_round_robin_gives_each_peer_its_weight() => Check(
        Gen.Choose(1, 9).NonEmptyListOf(),
        weights =>
        {
            var letters = new Chooses(Group(Weights([.. weights]))).Letters(weights.Sum() * 2);
            return Enumerable.Range(0, weights.Count).All(i =>
                weights[i] * 2 == letters.Count(letter => letter == 'a' + i));
        });

    [Fact]
    public void Turns_are_smooth() => Check(
        Gen.Choose(1, 9).NonEmptyListOf(),
        weights =>
        {
            // Between two turns of a peer of weight w of W lie no more than W / w others,
            // rounded up, and as many as there are peers to sort themselves out.
            var total = weights.Sum();
            var letters = new Chooses(Group(Weights([.. weights]))).Letters(total * 3);
            return Enumerable.Range(0, weights.Count).All(i =>
                LongestGap(letters, (char)('a' + i)) <= (total / weights[i]) + 1 + weights.Count);
        });

    [Fact]
    public void Only_eligible_peers_are_chosen_and_each_exchange_ends() => Check(
        Scripts(), script => Runs(script) is null);

    static int LongestGap(string letters, char letter)
    {
        var longest = 0;
        var since = 0;
        foreach (var one in letters)
        {
            since = one == letter ? 0 : since + 1;
            longest = Math.Max(longest, since);
        }
        return longest;
    }

    /// <summary>A group and what exchanges meet in it: steps of time, failures, tunnels.</summary>
    sealed record Script(Balancer Balancer, UpstreamServer[] Servers, int[] Steps);

    static Gen<Script> Scripts() =>
        from balancer in Gen.Elements(Balancers)
        from servers in Servers(balancer)
        from steps in Gen.Choose(0, 999).ArrayOf(60)
        select new Script(balancer, servers, steps);

    static Gen<UpstreamServer[]> Servers(Balancer balancer) =>
        from count in Gen.Choose(1, 70)
        from choices in Gen.Choose(0, 9_999).ArrayOf(Math.Min(count, 6 + count % 5 * 16))
        let mayBackUp = balancer is RoundRobinBalancer or LeastConnBalancer
        select choices.Select((choice, i) => Server(i + 1, choice % 5 + 1) with
        {
            MaxFails = choice / 5 % 4,
            MaxConns = choice / 20 % 4,
            Down = choice / 80 % 6 == 0,
            Backup = mayBackUp && i > 0 && choice / 480 % 4 == 0,
        }).ToArray();

    /// <summary>What went wrong, or null.</summary>
    static string? Runs(Script script)
    {
        var group = Group(script.Balancer, script.Servers);
        var tunnels = new Stack<Peer>();
        var now = 1_000L;
        for (var i = 0; i < script.Steps.Length; i++)
        {
            var step = script.Steps[i];
            now += step % 7 == 0 ? step % 13 : 0;
            var chooses = new Chooses(group, seed: i)
            {
                NowSeconds = now,
                Address = [10, (byte)step, (byte)(step >> 3), 1],
                Key = [(byte)step, (byte)(step >> 8)],
            };
            var wrong = Exchange(group, chooses, failures: step % 4, tunnels, step % 3 == 0);
            if (wrong is not null)
                return wrong;
            if (step % 2 == 0 && tunnels.TryPop(out var ended))
                ended.Release();
        }
        while (tunnels.TryPop(out var ended))
            ended.Release();
        foreach (var peer in group.Peers)
        {
            if (peer.State.ConnsCount != 0)
                return "a connection was lost";
        }
        return null;
    }

    static string? Exchange(
        PeerGroup group, Chooses chooses, int failures, Stack<Peer> tunnels, bool becomesTunnel)
    {
        var tried = new HashSet<(bool, int)>();
        chooses.Selection.Start(group);
        while (true)
        {
            var allowed = Allowed(group, chooses, tried);
            var peer = chooses.Next();
            if (peer is null)
                return allowed.Count == 0 ? null : "somebody could have been chosen";
            if (!allowed.Contains(peer))
                return "somebody was chosen who must not be";
            tried.Add((peer.IsBackup, peer.Index));
            if (failures-- > 0)
            {
                chooses.Fail();
                if (chooses.Selection.TriesLeft == 0)
                    return null;
                continue;
            }
            if (becomesTunnel)
                tunnels.Push(chooses.Selection.Detach());
            else
                chooses.Succeed();
            return null;
        }
    }

    /// <summary>The primaries that may be chosen, or when there is none the backups.</summary>
    static List<Peer> Allowed(PeerGroup group, Chooses chooses, HashSet<(bool, int)> tried)
    {
        var isSingle = group.Peers.Length == 1;
        var allowed = new List<Peer>();
        var hasUsedBackups = tried.Any(one => one.Item1);
        foreach (var peer in group.Peers)
        {
            if ((isSingle || !tried.Contains((peer.IsBackup, peer.Index)))
                && peer.IsEligible(chooses.NowSeconds)
                && (!hasUsedBackups || peer.IsBackup))
                allowed.Add(peer);
        }
        var primaries = allowed.Where(peer => !peer.IsBackup).ToList();
        return primaries.Count > 0 ? primaries : allowed;
    }

    static void Check<T>(Gen<T> gen, Func<T, bool> holds) => Prop
        .ForAll(gen.ToArbitrary(), holds)
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(500).WithQuietOnSuccess(true));
}
