using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Proxy.Upstream;

/// <summary>What a choice depends on besides the group.</summary>
public readonly ref struct SelectionInput
{
    /// <summary>A clock in whole seconds that does not run backwards.</summary>
    public required long NowSeconds { get; init; }

    /// <summary>Chance for the methods random; the worker's own generator.</summary>
    public required Random Random { get; init; }

    /// <summary>
    /// The bytes of the client's address for ip_hash: 4 of IPv4, 16 of IPv6, none of a unix
    /// socket. The same at every try of an exchange.
    /// </summary>
    public ReadOnlySpan<byte> ClientAddress { get; init; }

    /// <summary>The evaluated key of hash; the same at every try of an exchange.</summary>
    public ReadOnlySpan<byte> Key { get; init; }
}

/// <summary>How an exchange with a peer ended, as far as the peer's health is concerned.</summary>
public enum PeerOutcome
{
    /// <summary>It went well, or its end says nothing bad of the peer (403, 404, client gone).</summary>
    Success,

    /// <summary>A failure that proxy_next_upstream counts.</summary>
    Failure,
}

/// <summary>
/// The choices that one exchange makes in one group: which peers it has tried, how many tries
/// are left, which one it holds. Reused from exchange to exchange; no choice allocates.
/// </summary>
/// <remarks>
/// Start, then TryNext and Free in turn, or TryNext and Detach for a tunnel. Belongs to one
/// worker; only the group's state is shared.
/// </remarks>
public sealed class PeerSelection
{
    PeerGroup? group;
    PeerSet peers = null!;
    ulong tried;
    ulong[] triedMore = [];

    // Where the hash of this exchange stands: carried from try to try.
    internal uint Hash;
    internal int RehashCount;
    internal int DrawsCount;

    /// <summary>The peer that is held now.</summary>
    public Peer? Current { get; private set; }

    /// <summary>
    /// Tries that are left, counted down by <see cref="Free"/>: at zero a failure is final.
    /// </summary>
    public int TriesLeft { get; private set; }

    internal PeerGroup Group => group!;

    internal PeerSet Peers => peers;

    /// <summary>Begins the choices of an exchange.</summary>
    /// <param name="group">The upstream's group.</param>
    /// <param name="triesMax">proxy_next_upstream_tries; zero for no limit but the peers.</param>
    public void Start(PeerGroup group, int triesMax = 0)
    {
        Debug.Assert(Current is null, "the last exchange gave its peer back");
        this.group = group;
        TriesLeft = group.Primaries.TriesCount + (group.Backups?.TriesCount ?? 0);
        if (triesMax != 0 && TriesLeft > triesMax)
            TriesLeft = triesMax;
        Hash = 0;
        RehashCount = 0;
        DrawsCount = 0;
        Use(group.Primaries);
    }

    /// <summary>
    /// Chooses the next peer and holds it. False: "no live upstreams", the exchange ends with
    /// 502 and $upstream_addr is the group's name.
    /// </summary>
    public bool TryNext(in SelectionInput input, [NotNullWhen(true)] out Peer? peer)
    {
        Debug.Assert(Current is null, "the last peer was given back");
        peer = Group.IsSingle ? TakeOnly(input.NowSeconds) : Group.Chooser.Next(this, input);
        Current = peer;
        return peer is not null;
    }

    /// <summary>Gives the peer back at the end of its part in the exchange.</summary>
    /// <returns>
    /// True when this failure takes the peer out of turn: nginx logs "upstream server
    /// temporarily disabled" at level warn.
    /// </returns>
    public bool Free(PeerOutcome outcome, long nowSeconds)
    {
        var peer = Current!;
        var state = peer.State;
        var isDisabled = false;
        Current = null;
        state.Gate.Enter();
        if (Group.IsSingle)
            state.Fails = 0;
        else if (outcome == PeerOutcome.Failure)
            isDisabled = CountFailure(peer, nowSeconds);
        else
            ClearFails(state);
        state.Conns--;
        state.Gate.Leave();
        if (Group.IsSingle)
            TriesLeft = 0;
        else if (TriesLeft > 0)
            TriesLeft--;
        return isDisabled;
    }

    /// <summary>
    /// One more try, for a connection from the keep-alive pool that the peer had closed.
    /// </summary>
    public void GrantTry() => TriesLeft++;

    /// <summary>
    /// The peer has proved to be alive although the exchange goes on: called at the 101. nginx
    /// waits for the end of the tunnel, and so gives a peer that came back one new tunnel per
    /// fail_timeout.
    /// </summary>
    public void MarkLive()
    {
        var state = Current!.State;
        state.Gate.Enter();
        ClearFails(state);
        state.Gate.Leave();
    }

    /// <summary>
    /// Hands the hold on the peer to a tunnel, which ends it with <see cref="Peer.Release"/>.
    /// The selection can start anew at once.
    /// </summary>
    public Peer Detach()
    {
        var peer = Current!;
        Current = null;
        return peer;
    }

    /// <summary>The backups are tried after all primaries, with no peer tried.</summary>
    internal bool TryUseBackups()
    {
        if (Group.Backups is null || peers == Group.Backups)
            return false;
        Use(Group.Backups);
        return true;
    }

    internal bool IsTried(int place) =>
        (WordOf(place) >> (place % BalancingLimits.PeersInWord) & 1) != 0;

    internal void MarkTried(int place) =>
        WordOf(place) |= 1UL << (place % BalancingLimits.PeersInWord);

    /// <summary>Takes the peer at this place if it is eligible; for choices by hash or chance.</summary>
    internal Peer? TryTake(int place, long nowSeconds)
    {
        if (IsTried(place))
            return null;
        var peer = peers.Peers[place];
        Group.Gate.Enter();
        var isTaken = peer.IsEligible(nowSeconds);
        if (isTaken)
            peer.Take(nowSeconds);
        Group.Gate.Leave();
        if (!isTaken)
            return null;
        MarkTried(place);
        return peer;
    }

    Peer? TakeOnly(long nowSeconds)
    {
        var peer = peers.Peers[0];
        Group.Gate.Enter();
        var isTaken = peer.IsEligible(nowSeconds);
        if (isTaken)
            peer.Take(nowSeconds);
        Group.Gate.Leave();
        return isTaken ? peer : null;
    }

    void Use(PeerSet set)
    {
        peers = set;
        tried = 0;
        if (set.Peers.Length <= BalancingLimits.PeersInWord)
            return;
        var words = (set.Peers.Length - 1) / BalancingLimits.PeersInWord;
        if (triedMore.Length < words)
            triedMore = new ulong[words];
        triedMore.AsSpan(0, words).Clear();
    }

    ref ulong WordOf(int place)
    {
        var word = place / BalancingLimits.PeersInWord;
        return ref word == 0 ? ref tried : ref triedMore[word - 1];
    }

    static bool CountFailure(Peer peer, long nowSeconds)
    {
        var state = peer.State;
        state.Fails++;
        state.AccessedSeconds = nowSeconds;
        state.CheckedSeconds = nowSeconds;
        if (peer.MaxFails == 0)
            return false;
        var weight = peer.EffectiveWeight - peer.Weight / peer.MaxFails;
        peer.EffectiveWeight = Math.Max(weight, 0);
        return state.Fails >= peer.MaxFails;
    }

    /// <summary>
    /// Only a probe chosen after the last failure clears: exchanges that had begun before it
    /// prove nothing.
    /// </summary>
    static void ClearFails(PeerState state)
    {
        if (state.AccessedSeconds < state.CheckedSeconds)
            state.Fails = 0;
    }
}
