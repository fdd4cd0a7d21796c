using System.Text;
using Sluice.Config.Model;

namespace Sluice.Proxy.Upstream;

/// <summary>
/// One upstream at run time: its peers and how to choose among them. Made once per
/// configuration; all workers choose from the same group.
/// </summary>
public sealed class PeerGroup
{
    readonly Peer[] peers;

    /// <summary>Makes the group of one upstream, with at least one server that is no backup.</summary>
    /// <param name="config">The upstream.</param>
    /// <param name="previous">
    /// The group of the same upstream in the configuration that this one replaces. Peers with
    /// the same server text and address keep their failures, their connections (tunnels of the
    /// old configuration go on counting) and, if the weight is the same, their turn.
    /// </param>
    public PeerGroup(UpstreamConfig config, PeerGroup? previous = null)
    {
        Config = config;
        Name = Encoding.Latin1.GetBytes(config.Name);
        Gate = previous?.Gate ?? new Gate();
        peers = MakePeers(config, Gate);
        Primaries = new PeerSet(Array.FindAll(peers, peer => !peer.IsBackup));
        var backups = Array.FindAll(peers, peer => peer.IsBackup);
        Backups = backups.Length == 0 ? null : new PeerSet(backups);
        if (Primaries.Peers.Length == 0)
            throw new ArgumentException($"no servers in upstream \"{config.Name}\"");
        IsSingle = peers.Length == 1;
        Chooser = Chooser.Of(config.Balancer, Primaries);
        if (previous is not null)
            GoOnFrom(previous);
    }

    public UpstreamConfig Config { get; }

    /// <summary>The upstream's name: what $upstream_addr prints when no peer could be had.</summary>
    public ReadOnlyMemory<byte> Name { get; }

    /// <summary>All peers, backups among them, in the order of the configuration.</summary>
    public ReadOnlySpan<Peer> Peers => peers;

    internal PeerSet Primaries { get; }

    internal PeerSet? Backups { get; }

    /// <summary>One peer and no backup: its failures are not counted, it is never left out.</summary>
    internal bool IsSingle { get; }

    internal Gate Gate { get; }

    internal Chooser Chooser { get; }

    static Peer[] MakePeers(UpstreamConfig config, Gate gate)
    {
        var made = new List<Peer>();
        foreach (var server in config.Servers)
        {
            foreach (var address in server.Addresses)
                made.Add(new Peer(server, address, made.Count, new PeerState(gate)));
        }
        return [.. made];
    }

    /// <summary>Of equal peers the first goes on from the first, the second from the second.</summary>
    void GoOnFrom(PeerGroup previous)
    {
        var isTaken = new bool[previous.peers.Length];
        Gate.Enter();
        foreach (var peer in peers)
        {
            for (var i = 0; i < isTaken.Length; i++)
            {
                if (isTaken[i] || !peer.IsSame(previous.peers[i]))
                    continue;
                isTaken[i] = true;
                peer.GoOnFrom(previous.peers[i]);
                break;
            }
        }
        Gate.Leave();
    }
}

/// <summary>The primaries of a group, or its backups.</summary>
sealed class PeerSet
{
    internal readonly Peer[] Peers;
    internal readonly int TotalWeight;

    /// <summary>How many may be tried: those that are not down.</summary>
    internal readonly int TriesCount;

    internal PeerSet(Peer[] peers)
    {
        Peers = peers;
        foreach (var peer in peers)
        {
            TotalWeight += peer.Weight;
            TriesCount += peer.IsDown ? 0 : 1;
        }
    }

    /// <summary>
    /// The place of the peer in whose share of the weights <paramref name="point"/> lies.
    /// Peers that are down keep their share, so that the others' shares stay where they are.
    /// </summary>
    internal int AtWeight(uint point)
    {
        var place = 0;
        while (point >= (uint)Peers[place].Weight)
            point -= (uint)Peers[place++].Weight;
        return place;
    }
}
