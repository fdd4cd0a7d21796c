using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Adapters;

/// <summary>
/// The rooms of one namespace on this node, and nothing beyond it. Adapters of clusters derive
/// from it and call it for their own node's part.
/// </summary>
public class InMemoryAdapter(IAdapterHost host) : Adapter
{
    readonly Lock sync = new();
    readonly Dictionary<string, HashSet<string>> rooms = new(StringComparer.Ordinal);
    readonly Dictionary<string, HashSet<string>> roomsOfSocket = new(StringComparer.Ordinal);

    /// <summary>The namespace it belongs to.</summary>
    protected IAdapterHost Host => host;

    /// <summary>A room got its first socket on this node.</summary>
    public event Action<string>? RoomCreated;

    /// <summary>A room lost its last socket on this node.</summary>
    public event Action<string>? RoomDeleted;

    /// <summary>A socket (second) is in a room (first) now.</summary>
    public event Action<string, string>? RoomJoined;

    /// <summary>A socket (second) is no longer in a room (first).</summary>
    public event Action<string, string>? RoomLeft;

    // ---- rooms ----

    public override void AddAll(string id, IReadOnlyCollection<string> rooms)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        foreach (var room in rooms)
        {
            bool isNew;
            lock (sync)
            {
                if (!roomsOfSocket.TryGetValue(id, out var own))
                    roomsOfSocket[id] = own = new(1, StringComparer.Ordinal);
                if (!own.Add(room))
                    continue;
                isNew = !this.rooms.TryGetValue(room, out var members);
                if (isNew)
                    this.rooms[room] = members = new(1, StringComparer.Ordinal);
                members!.Add(id);
            }

            if (isNew)
                Tell(RoomCreated, room);
            Tell(RoomJoined, room, id);
        }
    }

    public override void Remove(string id, string room)
    {
        bool isLast;
        lock (sync)
        {
            if (!roomsOfSocket.TryGetValue(id, out var own) || !own.Remove(room))
                return;
            if (own.Count == 0)
                roomsOfSocket.Remove(id);
            isLast = Leave(id, room);
        }

        Tell(RoomLeft, room, id);
        if (isLast)
            Tell(RoomDeleted, room);
    }

    public override void RemoveAll(string id)
    {
        HashSet<string>? own;
        var emptied = new HashSet<string>(1, StringComparer.Ordinal);
        lock (sync)
        {
            if (!roomsOfSocket.Remove(id, out own))
                return;
            foreach (var room in own)
                if (Leave(id, room))
                    emptied.Add(room);
        }

        foreach (var room in own)
        {
            Tell(RoomLeft, room, id);
            if (emptied.Contains(room))
                Tell(RoomDeleted, room);
        }
    }

    public override IReadOnlyCollection<string>? RoomsOf(string id)
    {
        lock (sync)
            return roomsOfSocket.TryGetValue(id, out var own) ? [.. own] : null;
    }

    public override IReadOnlyDictionary<string, IReadOnlyCollection<string>> Rooms
    {
        get
        {
            lock (sync)
                return rooms.ToDictionary(
                    entry => entry.Key,
                    IReadOnlyCollection<string> (entry) => entry.Value.ToArray(),
                    StringComparer.Ordinal);
        }
    }

    /// <summary>Whether a socket of this node is in the room.</summary>
    public bool HasRoom(string room)
    {
        lock (sync)
            return rooms.ContainsKey(room);
    }

    // ---- this node as the whole cluster ----

    public override ValueTask<int> CountServersAsync(CancellationToken cancel = default) =>
        ValueTask.FromResult(1);

    public override void Broadcast(Packet packet, BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var messages = host.Encode(packet);
        var sockets = Select(options);
        host.OnBroadcast(sockets.Count);
        bool isLate = MayBeLate(sockets.Count);
        for (int from = 0; from < sockets.Count; from += Limits.PrefetchSockets)
        {
            int to = Math.Min(from + Limits.PrefetchSockets, sockets.Count);
            for (int i = from; i < to; i++)
                sockets[i].Prefetch();
            for (int i = from; i < to; i++)
                sockets[i].Deliver(packet, messages, options, isLate);
        }
    }

    public override void BroadcastWithAck(
        Packet packet, BroadcastOptions options, Action<int> onClientCount, Action<Packet> onAck,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(packet);
        ArgumentNullException.ThrowIfNull(onClientCount);
        var id = host.NextAckId();
        var asked = packet with { Id = id };
        var messages = host.Encode(asked);
        var sockets = Select(options);
        host.OnBroadcast(sockets.Count);
        onClientCount(sockets.Count);
        foreach (var socket in sockets)
        {
            if (socket.TryExpectAck(id, onAck, onGone: null, cancel))
                socket.Deliver(asked, messages, options);
        }
    }

    public override Task<IReadOnlySet<string>> SocketsAsync(
        BroadcastOptions options, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlySet<string>>(
            Select(options).Select(socket => socket.Id).ToHashSet(StringComparer.Ordinal));

    public override Task<IReadOnlyList<RemoteSocketData>> FetchSocketsAsync(
        BroadcastOptions options, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<RemoteSocketData>>(
            Select(options).Select(socket => socket.Describe()).ToArray());

    public override Task<IReadOnlySet<string>> AllRoomsAsync(CancellationToken cancel = default)
    {
        lock (sync)
            return Task.FromResult<IReadOnlySet<string>>(
                rooms.Keys.ToHashSet(StringComparer.Ordinal));
    }

    public override void AddSockets(BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        foreach (var socket in Select(options))
            socket.Join(rooms);
    }

    public override void RemoveSockets(
        BroadcastOptions options, IReadOnlyCollection<string> rooms)
    {
        ArgumentNullException.ThrowIfNull(rooms);
        foreach (var socket in Select(options))
            foreach (var room in rooms)
                socket.Leave(room);
    }

    public override void DisconnectSockets(BroadcastOptions options, bool close)
    {
        foreach (var socket in Select(options))
            socket.Disconnect(close);
    }

    public override void ServerSideEmit(ReadOnlyMemory<byte> json)
    {
    }

    public override Task<IReadOnlyList<ReadOnlyMemory<byte>>> ServerSideEmitWithAckAsync(
        ReadOnlyMemory<byte> json, CancellationToken cancel = default) =>
        Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>([]);

    /// <summary>
    /// This node's sockets that the options name, each once. No lock is held when it returns.
    /// </summary>
    protected IReadOnlyList<Socket> Select(BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Rooms.Count == 0 && options.Except.Count == 0)
            return [.. host.Sockets];
        if (options.Rooms.Count == 0)
        {
            var all = host.Sockets.ToArray();
            lock (sync)
                return Array.FindAll(all, socket => !IsIn(socket.Id, options.Except));
        }

        var found = new List<Socket>();
        lock (sync)
        {
            var seen = options.Rooms.Count > 1
                ? new HashSet<string>(StringComparer.Ordinal) : null;
            foreach (var room in options.Rooms)
            {
                if (!rooms.TryGetValue(room, out var members))
                    continue;
                foreach (var id in members)
                    if (seen?.Add(id) != false && !IsIn(id, options.Except)
                        && host.Find(id) is { } socket)
                        found.Add(socket);
            }
        }

        return found;
    }

    /// <summary>
    /// Whether a broadcast goes out when the work is done that waits now, which may be another
    /// one to the same sockets. Then one write carries both, and most of a write's cost is the
    /// kernel's, whatever it carries.
    /// </summary>
    protected static bool MayBeLate(int recipients) =>
        recipients >= Limits.LateRecipientsMin && ThreadPool.PendingWorkItemCount > 0;

    void Tell(Action<string>? handlers, string room)
    {
        try
        {
            handlers?.Invoke(room);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailure(e);
        }
    }

    void Tell(Action<string, string>? handlers, string room, string id)
    {
        try
        {
            handlers?.Invoke(room, id);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailure(e);
        }
    }

    /// <summary>Who looks on and throws keeps nobody from a room.</summary>
    void LogFailure(Exception e) => host.LoggerFactory.CreateLogger("Sluice.SocketIO")
        .CallbackFailed(e, host.Name, "a handler of rooms' events");

    bool IsIn(string id, IReadOnlyCollection<string> any)
    {
        foreach (var room in any)
            if (rooms.TryGetValue(room, out var members) && members.Contains(id))
                return true;
        return false;
    }

    bool Leave(string id, string room)
    {
        if (!rooms.TryGetValue(room, out var members))
            return false;
        members.Remove(id);
        return members.Count == 0 && rooms.Remove(room);
    }
}
