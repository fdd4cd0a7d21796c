using Sluice.Net;

namespace Sluice.Proxy.Upstream;

/// <summary>One connection to a peer, in use by an exchange or idle in the pool.</summary>
sealed class UpstreamConnection(PeerState peer) : IConnectionHandler, ITimed
{
    TimerHandle timer;
    IdlePool? pool;
    long idleUntilMs;

    public PeerState Peer { get; } = peer;

    public Connection Connection { get; set; } = null!;

    /// <summary>Requests it carried so far.</summary>
    public long RequestsCount { get; set; }

    public long OpenedMs { get; init; }

    /// <summary>It was taken from the pool, so the peer may have closed it meanwhile.</summary>
    public bool IsReused { get; private set; }

    /// <summary>Goes to the pool: from now on anything that arrives on it closes it.</summary>
    public void Idle(IdlePool home, long untilMs)
    {
        pool = home;
        Connection.Handler = this;
        idleUntilMs = untilMs;
        timer = Connection.Loop.Timers.Schedule(timer, untilMs, this);
    }

    /// <summary>Comes back from the pool.</summary>
    public void Reuse()
    {
        // The timer stays where it is: the connection is back before it fires, as a rule.
        pool = null;
        IsReused = true;
    }

    public void Close()
    {
        Detach();
        Connection.Close();
    }

    /// <summary>The connection is somebody else's: a tunnel's.</summary>
    public void Detach() => Connection.Loop.Timers.Cancel(ref timer);

    void IConnectionHandler.OnReadable(Connection connection)
    {
        if (connection.Read(connection.Loop.Scratch) != IoResult.Again)
            Evict();
    }

    void IConnectionHandler.OnWritable(Connection connection)
    {
    }

    /// <summary>
    /// A connection that is in use has no timer from here on, one that was used since waits on.
    /// </summary>
    long ITimed.OnTimer(long nowMs)
    {
        if (pool is null)
            return 0;
        if (idleUntilMs > nowMs)
            return idleUntilMs;
        Evict();
        return 0;
    }

    /// <summary>The peer closed it, sent what nobody asked for, or keepalive_timeout passed.</summary>
    void Evict()
    {
        pool?.Forget(this);
        pool = null;
        Close();
    }
}

/// <summary>
/// One worker's idle connections to the peers of one upstream: the last one in is the first one
/// out (keepalive).
/// </summary>
sealed class IdlePool
{
    readonly List<UpstreamConnection> idle = [];

    public int Count => idle.Count;

    /// <summary>The connection to this peer that was used last, or null.</summary>
    public UpstreamConnection? Take(PeerState peer)
    {
        for (var i = idle.Count - 1; i >= 0; i--)
        {
            if (idle[i].Peer != peer)
                continue;
            var found = idle[i];
            idle.RemoveAt(i);
            found.Reuse();
            return found;
        }
        return null;
    }

    /// <summary>Keeps the connection; the one that idled longest makes room.</summary>
    public void Put(UpstreamConnection connection, int most, long untilMs)
    {
        if (idle.Count >= most)
        {
            idle[0].Close();
            idle.RemoveAt(0);
        }
        idle.Add(connection);
        connection.Idle(this, untilMs);
    }

    public void Forget(UpstreamConnection connection) => idle.Remove(connection);

    public void CloseAll()
    {
        foreach (var connection in idle)
            connection.Close();
        idle.Clear();
    }
}
