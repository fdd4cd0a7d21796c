using Sluice.Net;

namespace Sluice.Proxy.Tunnel;

/// <summary>
/// What a connection becomes after 101: bytes in both directions and nothing else. It holds two
/// connections, two counters, two frame observers and one timer entry; bytes pass through the
/// loop's scratch buffer, and only what the other side does not take is kept.
/// </summary>
/// <remarks>
/// The end of either side ends the tunnel once what that side sent has been delivered. The idle
/// clock is set by bytes of either direction; each direction that is blocked has its own.
/// Source: ngx_http_upstream_process_upgraded, and nginx's page on WebSocket proxying.
/// </remarks>
sealed class Tunnel : IConnectionHandler, ITimed, IRostered
{
    readonly Worker worker;
    readonly Connection client;
    readonly Connection peer;
    readonly TunnelRecord record;
    Direction toPeer;
    Direction toClient;
    long activeMs;
    TimerHandle timer;

    /// <summary>What of the handshake's head was not written yet when the tunnel began.</summary>
    int headHeldCount;

    /// <summary>The record's, here because every read asks for it.</summary>
    readonly bool isWebSocket;

    bool isEnded;
    bool isLingering;

    internal Tunnel(Worker worker, Connection client, Connection peer, TunnelRecord record)
    {
        this.worker = worker;
        this.client = client;
        this.peer = peer;
        this.record = record;
        isWebSocket = record.IsWebSocket;
    }

    int IRostered.RosterIndex { get; set; }

    internal ref readonly Direction ToPeer => ref toPeer;

    internal ref readonly Direction ToClient => ref toClient;

    /// <summary>Bytes the peer sent, whether the client took them or not.</summary>
    internal long FromPeerBytes => toClient.BytesCount + toClient.Held.Length - headHeldCount;

    /// <summary>
    /// Begins: what the client has not taken of the handshake's head, then the bytes that came
    /// with the handshake, then whatever is there.
    /// </summary>
    internal void Start(
        HeldBytes heldHead, ReadOnlySpan<byte> earlyFromClient, ReadOnlySpan<byte> earlyFromPeer)
    {
        var nowMs = worker.Loop.NowMs;
        activeMs = nowMs;
        client.Handler = this;
        client.TrimAddresses();
        peer.Handler = this;
        toClient.Held = heldHead;
        headHeldCount = heldHead.Length;
        toClient.BlockedSinceMs = nowMs;
        worker.Begin(this);
        timer = worker.Loop.Timers.Schedule(default, NextDueMs(), this);
        if (!Send(earlyFromClient, peer, ref toPeer))
            Lose(ref toPeer);
        if (!Send(earlyFromPeer, client, ref toClient))
            Lose(ref toClient);
        Move(client);
        if (!isEnded)
            Move(peer);
    }

    public void OnReadable(Connection connection)
    {
        if (isLingering)
            Discard(connection);
        else
            Move(connection);
    }

    public void OnWritable(Connection connection)
    {
        if (isLingering)
            return;
        // What blocked on this connection came from the other one.
        Move(connection == client ? peer : client);
    }

    int IConnectionHandler.Touch(Connection connection) => connection == client
        ? peer.Touch() + toPeer.Touch()
        : client.Touch() + toClient.Touch();

    void Move(Connection source)
    {
        if (source == client)
            Report(client, Pump(client, peer, ref toPeer), ref toPeer, toClient.IsLost);
        else
            Report(peer, Pump(peer, client, ref toClient), ref toClient, toPeer.IsLost);
    }

    void Report(
        Connection source, PumpResult result, ref Direction direction, bool isSourceBroken)
    {
        var isClient = source == client;
        switch (result)
        {
            case PumpResult.Waiting when !isSourceBroken:
                break;
            case PumpResult.Waiting when !direction.Held.IsEmpty || source.CanRead:
                break; // The last of what a broken source had sent is on its way.
            case PumpResult.Ended:
                End(isClient ? TunnelEnd.ClientClosed : TunnelEnd.UpstreamClosed);
                break;
            case PumpResult.TargetGone when !isSourceBroken:
                // What the target had sent before, perhaps its close frame, is still delivered.
                Lose(ref direction);
                Move(isClient ? peer : client);
                break;
            default:
                End(isClient ? TunnelEnd.ClientGone : TunnelEnd.UpstreamGone);
                break;
        }
    }

    void Lose(ref Direction direction)
    {
        direction.Held.Drop(worker.Buffers);
        direction.IsLost = true;
    }

    /// <summary>Moves what can be moved from <paramref name="source"/> to <paramref name="target"/>.</summary>
    PumpResult Pump(Connection source, Connection target, ref Direction direction)
    {
        activeMs = worker.Loop.NowMs;
        var movedBytes = 0;
        while (true)
        {
            if (!direction.Held.IsEmpty)
            {
                if (!SendHeld(target, ref direction))
                    return PumpResult.TargetGone;
                if (!direction.Held.IsEmpty)
                {
                    ArmBlocked();
                    return PumpResult.Waiting;
                }
            }
            if (direction.IsEnded)
                return PumpResult.Ended;
            if (!source.CanRead || direction.IsLost)
                return PumpResult.Waiting;
            if (movedBytes >= NetLimits.BytesPerTurn)
            {
                source.Yield();
                return PumpResult.Waiting;
            }
            var scratch = worker.Loop.Scratch;
            var count = source.Read(scratch);
            if (count == IoResult.Again)
                return PumpResult.Waiting;
            if (count < 0)
                return PumpResult.SourceGone;
            direction.IsEnded = count == 0;
            if (!Send(scratch.AsSpan(0, count), target, ref direction))
                return PumpResult.TargetGone;
            movedBytes += count;
        }
    }

    /// <summary>Writes to the target and holds what it does not take; false when it is broken.</summary>
    bool Send(ReadOnlySpan<byte> bytes, Connection target, ref Direction direction)
    {
        if (bytes.IsEmpty)
            return true;
        if (isWebSocket)
            direction.Frames.Observe(bytes);
        var taken = direction.Held.IsEmpty ? target.Write(bytes) : 0;
        if (taken < 0 && taken != IoResult.Again)
            return false;
        taken = Math.Max(taken, 0);
        direction.BytesCount += taken;
        if (taken < bytes.Length)
        {
            direction.Held.Add(bytes[taken..], worker.Buffers);
            direction.BlockedSinceMs = worker.Loop.NowMs;
        }
        return true;
    }

    bool SendHeld(Connection target, ref Direction direction)
    {
        if (!target.CanWrite)
            return true;
        var taken = target.Write(direction.Held.Span);
        if (taken == IoResult.Again)
            return true;
        if (taken < 0)
            return false;
        direction.BytesCount += taken;
        direction.Held.Remove(taken, worker.Buffers);
        direction.BlockedSinceMs = worker.Loop.NowMs;
        return true;
    }

    // ---- the clock ----

    /// <summary>A direction has just blocked: its own timeout may come before the idle one.</summary>
    void ArmBlocked() => timer = worker.Loop.Timers.Schedule(timer, NextDueMs(), this);

    long NextDueMs()
    {
        var config = record.Location.Config;
        var dueMs = activeMs + config.Proxy.ReadTimeoutMs;
        if (!toPeer.Held.IsEmpty)
            dueMs = Math.Min(dueMs, toPeer.BlockedSinceMs + config.Proxy.SendTimeoutMs);
        if (!toClient.Held.IsEmpty)
            dueMs = Math.Min(dueMs, toClient.BlockedSinceMs + config.Core.SendTimeoutMs);
        return dueMs;
    }

    /// <summary>The entry is moved here, not at every byte: traffic only notes the time.</summary>
    long ITimed.OnTimer(long nowMs)
    {
        if (isLingering)
        {
            Release();
            return 0;
        }
        var dueMs = NextDueMs();
        if (dueMs > nowMs)
            return dueMs;
        End(WhatTimedOut(nowMs));
        return 0;
    }

    TunnelEnd WhatTimedOut(long nowMs)
    {
        if (activeMs + record.Location.Config.Proxy.ReadTimeoutMs <= nowMs)
            return TunnelEnd.IdleTimeout;
        return !toClient.Held.IsEmpty
            && toClient.BlockedSinceMs + record.Location.Config.Core.SendTimeoutMs <= nowMs
                ? TunnelEnd.ClientStalled
                : TunnelEnd.UpstreamStalled;
    }

    // ---- the end ----

    /// <summary>Ends the tunnel for a reason that is not on its wire.</summary>
    internal void Drain()
    {
        if (isEnded)
            Release();
        else
            End(TunnelEnd.Drained);
    }

    void End(TunnelEnd end)
    {
        isEnded = true;
        worker.End(this, record, client, end);
        toPeer.Held.Drop(worker.Buffers);
        toClient.Held.Drop(worker.Buffers);
        var other = end switch
        {
            TunnelEnd.ClientClosed => peer,
            TunnelEnd.UpstreamClosed => client,
            _ => null,
        };
        if (other is null || !MayLoseLast(other))
            Release();
        else
            Linger(other);
    }

    /// <summary>
    /// A socket that is closed with unread bytes, or gets some afterwards, answers with a reset,
    /// and the other side may then lose what it had not read yet, such as a close frame. A peer
    /// is seldom far away or still sending, so it is not waited for.
    /// </summary>
    bool MayLoseLast(Connection connection) =>
        (connection == client && !client.IsPeerGone)
        || (connection.CanRead && connection.Read(worker.Loop.Scratch) > 0);

    void Linger(Connection last)
    {
        isLingering = true;
        (last == client ? peer : client).Close();
        last.ShutdownWrite();
        worker.Loop.Timers.Cancel(ref timer);
        timer = worker.Loop.Timers.Schedule(
            default, worker.Loop.NowMs + Limits.TunnelLingerMs, this);
        Discard(last);
    }

    void Discard(Connection last)
    {
        for (var turns = 0; last.CanRead; turns++)
        {
            if (turns == Limits.DiscardReadsPerTurn)
            {
                last.Yield();
                return;
            }
            var count = last.Read(worker.Loop.Scratch);
            if (count == IoResult.Again)
                return;
            if (count <= 0)
            {
                Release();
                return;
            }
        }
    }

    void Release()
    {
        worker.Loop.Timers.Cancel(ref timer);
        client.Close();
        peer.Close();
        worker.Remove(this);
    }

    enum PumpResult
    {
        /// <summary>Nothing more can be moved now.</summary>
        Waiting,

        /// <summary>The source has ended and everything it sent is delivered.</summary>
        Ended,

        SourceGone,
        TargetGone,
    }
}
