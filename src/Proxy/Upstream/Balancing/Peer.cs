using System.Text;
using Sluice.Config.Model;
using Sluice.Net;

namespace Sluice.Proxy.Upstream;

/// <summary>One peer of a group as one configuration has it.</summary>
public sealed class Peer
{
    // The weights of smooth weighted round robin: under the group's gate.
    internal int CurrentWeight;
    internal int EffectiveWeight;

    internal Peer(UpstreamServer server, UpstreamAddress address, int index, PeerState state)
    {
        Server = server;
        Address = new Address(address.EndPoint);
        Name = Encoding.Latin1.GetBytes(address.Text);
        Weight = server.Weight;
        MaxFails = server.MaxFails;
        FailTimeoutSeconds = server.FailTimeoutSeconds;
        MaxConns = server.MaxConns;
        IsBackup = server.Backup;
        IsDown = server.Down;
        Index = index;
        State = state;
        EffectiveWeight = server.Weight;
    }

    /// <summary>The server line that the peer comes from.</summary>
    public UpstreamServer Server { get; }

    public Address Address { get; }

    /// <summary>The address as $upstream_addr prints it: "127.0.0.1:8000", "unix:/run/a".</summary>
    public ReadOnlyMemory<byte> Name { get; }

    public int Weight { get; }
    public int MaxFails { get; }
    public int FailTimeoutSeconds { get; }
    public int MaxConns { get; }
    public bool IsBackup { get; }
    public bool IsDown { get; }

    /// <summary>The place in <see cref="PeerGroup.Peers"/>.</summary>
    public int Index { get; }

    /// <summary>
    /// What is known of the peer at run time. The object outlives a reload of the configuration
    /// that keeps the peer, so it is also the peer's identity for pools of connections.
    /// </summary>
    public PeerState State { get; private set; }

    /// <summary>
    /// Ends the hold of an exchange whose selection was detached
    /// (<see cref="PeerSelection.Detach"/>): once, when its tunnel has ended.
    /// </summary>
    public void Release()
    {
        State.Gate.Enter();
        State.Conns--;
        State.Gate.Leave();
    }

    /// <summary>The same server line and address, in this configuration or another.</summary>
    internal bool IsSame(Peer other) =>
        Server.Text == other.Server.Text
        && Address.EndPoint.Equals(other.Address.EndPoint);

    internal bool IsEligible(long nowSeconds)
    {
        if (IsDown)
            return false;
        if (MaxFails != 0
            && State.Fails >= MaxFails
            && nowSeconds - State.CheckedSeconds <= FailTimeoutSeconds)
            return false;
        return MaxConns == 0 || State.Conns < MaxConns;
    }

    /// <summary>
    /// Goes on with what an earlier configuration's peer knows; before anybody uses this one.
    /// </summary>
    internal void GoOnFrom(Peer old)
    {
        State = old.State;
        if (Weight != old.Weight)
            return;
        CurrentWeight = old.CurrentWeight;
        EffectiveWeight = old.EffectiveWeight;
    }

    /// <summary>
    /// Counts a choice. A peer whose exclusion is over gets one exchange as a probe: the choice
    /// moves the time from which the exclusion counts, and so keeps the others away.
    /// </summary>
    internal void Take(long nowSeconds)
    {
        State.Conns++;
        if (nowSeconds - State.CheckedSeconds > FailTimeoutSeconds)
            State.CheckedSeconds = nowSeconds;
    }
}

/// <summary>
/// What all workers know of one peer. Written under the gate of the peer's group, which is
/// handed from configuration to configuration together with this.
/// </summary>
public sealed class PeerState
{
    internal readonly Gate Gate;
    internal int Conns;
    internal int Fails;

    /// <summary>The time of the last failure.</summary>
    internal long AccessedSeconds;

    /// <summary>The time of the last failure, or of the probe after it.</summary>
    internal long CheckedSeconds;

    internal PeerState(Gate gate) => Gate = gate;

    /// <summary>Exchanges and tunnels that hold the peer now.</summary>
    public int ConnsCount => Volatile.Read(ref Conns);

    /// <summary>Failures since the last success that cleared them.</summary>
    public int FailsCount => Volatile.Read(ref Fails);
}
