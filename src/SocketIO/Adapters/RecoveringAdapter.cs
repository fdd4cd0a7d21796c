using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Adapters;

/// <summary>
/// The in-memory adapter with connection state recovery: it remembers packets and sessions for
/// as long as the options say.
/// </summary>
public class RecoveringAdapter(IAdapterHost host, ConnectionStateRecoveryOptions recovery)
    : InMemoryAdapter(host)
{
    readonly Lock sync = new();
    readonly LinkedList<Kept> packets = new();
    readonly LinkedList<(StoredSession Session, DateTimeOffset Until)> sessions = new();
    readonly Dictionary<string, LinkedListNode<(StoredSession Session, DateTimeOffset Until)>>
        byPrivateId = new(StringComparer.Ordinal);
    readonly OffsetClock clock = new();
    long bytes;

    sealed record Kept(
        string Offset, Packet Packet, BroadcastOptions Options, DateTimeOffset Until);

    public override void Broadcast(Packet packet, BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(options);
        if (!RecoverablePacket.Is(packet, options))
        {
            base.Broadcast(packet, options);
            return;
        }

        // Offsets rise in the order in which each socket gets its packets: kept, chosen for and
        // queued in one step. Sending may end a session and run an application's code; not here.
        IReadOnlyList<Socket> sockets;
        lock (sync)
        {
            packet = Keep(packet, options);
            var messages = Host.Encode(packet);
            sockets = Select(options);
            foreach (var socket in sockets)
                socket.Queue(messages, options);
        }

        Host.OnBroadcast(sockets.Count);
        var isLate = MayBeLate(sockets.Count);
        foreach (var socket in sockets)
            socket.Flush(packet, isLate);
    }

    public override void PersistSession(StoredSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        lock (sync)
        {
            var now = Host.Time.GetUtcNow();
            RemoveSession(session.PrivateId);
            byPrivateId[session.PrivateId] =
                sessions.AddLast((session, now + recovery.MaxDisconnectionDuration));
            Expire(now);
        }
    }

    public override ValueTask<RestoredSession?> RestoreSessionAsync(
        string privateId, string offset)
    {
        lock (sync)
        {
            Expire(Host.Time.GetUtcNow());
            if (!byPrivateId.TryGetValue(privateId, out var found))
                return ValueTask.FromResult<RestoredSession?>(null);
            if (After(offset) is not { } later)
                return ValueTask.FromResult<RestoredSession?>(null);
            var session = found.Value.Session;
            RemoveSession(privateId);
            return ValueTask.FromResult<RestoredSession?>(new RestoredSession(
                session, Missed(session, later), packets.Last!.Value.Offset));
        }
    }

    public override ValueTask<IReadOnlyList<Packet>?> RejoinAsync(
        RestoredSession restored, Action join)
    {
        ArgumentNullException.ThrowIfNull(restored);
        ArgumentNullException.ThrowIfNull(join);
        lock (sync)
        {
            if (After(restored.Position) is not { } later)
                return ValueTask.FromResult<IReadOnlyList<Packet>?>(null);
            join();
            return ValueTask.FromResult<IReadOnlyList<Packet>?>(
                Missed(restored.Session, later));
        }
    }

    /// <summary>What was kept after an offset; null when the offset is not known any more.</summary>
    Stack<Kept>? After(string offset)
    {
        var later = new Stack<Kept>();
        for (var node = packets.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Offset == offset)
                return later;
            later.Push(node.Value);
        }

        return null;
    }

    static List<Packet> Missed(StoredSession session, Stack<Kept> later)
    {
        var missed = new List<Packet>();
        foreach (var kept in later)
            if (RecoverablePacket.IsFor(session, kept.Options))
                missed.Add(kept.Packet);
        return missed;
    }

    Packet Keep(Packet packet, BroadcastOptions options)
    {
        lock (sync)
        {
            var now = Host.Time.GetUtcNow();
            var offset = clock.Next(now);
            packet = RecoverablePacket.WithOffset(packet, offset);
            packets.AddLast(
                new Kept(offset, packet, options, now + recovery.MaxDisconnectionDuration));
            bytes += Size(packet);
            Expire(now);
        }

        return packet;
    }

    void Expire(DateTimeOffset now)
    {
        while (packets.First is { } packet && (packet.Value.Until < now
            || packets.Count > recovery.MaxPackets || bytes > recovery.MaxBytes))
        {
            bytes -= Size(packet.Value.Packet);
            packets.RemoveFirst();
        }

        while (sessions.First is { } session && (session.Value.Until < now
            || sessions.Count > recovery.MaxSessions))
            RemoveSession(session.Value.Session.PrivateId);
    }

    void RemoveSession(string privateId)
    {
        if (byPrivateId.Remove(privateId, out var node))
            sessions.Remove(node);
    }

    static long Size(Packet packet)
    {
        long size = packet.Json.Length;
        foreach (var attachment in packet.Attachments)
            size += attachment.Length;
        return size;
    }
}
