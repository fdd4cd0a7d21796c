using System.Net;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Proxy.Upstream;

namespace Sluice.Unit.Proxy.Balancing;

/// <summary>Makes groups and drives one exchange's choices in them.</summary>
static class Groups
{
    internal static readonly Position Somewhere = new("nginx.conf", 1);

    internal static readonly Balancer Hash = new HashBalancer(Template.Variable("arg_k"), false);

    internal static readonly Balancer Consistent =
        new HashBalancer(Template.Variable("arg_k"), true);

    /// <summary>A server 127.0.0.1:PORT.</summary>
    internal static UpstreamServer Server(int port, int weight = 1) => new()
    {
        Text = $"127.0.0.1:{port}",
        Addresses = [At(port)],
        Weight = weight,
        Position = Somewhere,
    };

    internal static UpstreamAddress At(int port) =>
        new(new IPEndPoint(IPAddress.Loopback, port), $"127.0.0.1:{port}");

    /// <summary>Servers on the ports 1, 2, 3, ... with these weights.</summary>
    internal static UpstreamServer[] Weights(params int[] weights) =>
        [.. weights.Select((weight, i) => Server(i + 1, weight))];

    internal static PeerGroup Group(params UpstreamServer[] servers) =>
        Group(Balancer.RoundRobin, servers);

    internal static PeerGroup Group(Balancer balancer, params UpstreamServer[] servers) =>
        new(Config(balancer, servers));

    internal static UpstreamConfig Config(Balancer balancer, params UpstreamServer[] servers) =>
        new()
        {
            Name = "backend",
            Host = "backend",
            Servers = [.. servers],
            Balancer = balancer,
            Position = Somewhere,
        };
}

/// <summary>What one exchange after the other does: chance, clock and key are the test's.</summary>
sealed class Chooses(PeerGroup group, int seed = 1)
{
    readonly Random random = new(seed);

    internal PeerSelection Selection { get; } = new();

    internal long NowSeconds { get; set; } = 1_000;

    internal byte[] Address { get; set; } = [];

    internal byte[] Key { get; set; } = [];

    /// <summary>Begins an exchange and chooses.</summary>
    internal Peer? First(int triesMax = 0)
    {
        Selection.Start(group, triesMax);
        return Next();
    }

    internal Peer? Next()
    {
        var input = new SelectionInput
        {
            NowSeconds = NowSeconds,
            Random = random,
            ClientAddress = Address,
            Key = Key,
        };
        return Selection.TryNext(input, out var peer) ? peer : null;
    }

    internal bool Fail() => Selection.Free(PeerOutcome.Failure, NowSeconds);

    internal bool Succeed() => Selection.Free(PeerOutcome.Success, NowSeconds);

    /// <summary>Fails and chooses again.</summary>
    internal Peer? Retry()
    {
        Fail();
        return Next();
    }

    /// <summary>Whole exchanges that go well: the peers' letters in order, "-" for none.</summary>
    internal string Letters(int exchanges)
    {
        var letters = "";
        for (var i = 0; i < exchanges; i++)
        {
            letters += LetterOf(First());
            if (Selection.Current is not null)
                Succeed();
        }
        return letters;
    }

    /// <summary>One exchange whose every try fails: the peers' letters in order.</summary>
    internal string LettersOfTries()
    {
        var letters = "";
        for (var peer = First(); peer is not null && Selection.TriesLeft > 0; peer = Next())
        {
            letters += LetterOf(peer);
            Fail();
        }
        if (Selection.Current is { } held)
        {
            letters += LetterOf(held);
            Fail();
        }
        return letters;
    }

    internal static string LetterOf(Peer? peer) =>
        peer is null ? "-" : ((char)('a' + peer.Index)).ToString();
}
