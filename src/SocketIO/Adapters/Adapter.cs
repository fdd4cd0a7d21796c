using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Adapters;

/// <summary>
/// The rooms of one namespace, and the way to the same namespace on other nodes. The methods
/// about rooms concern this node's sockets; the others concern the whole cluster unless the
/// options say local. Safe to use from any thread.
/// </summary>
public abstract class Adapter : IAsyncDisposable
{
    /// <summary>Connects to whatever the cluster needs; local traffic does not wait for it.</summary>
    public virtual ValueTask StartAsync() => ValueTask.CompletedTask;

    /// <summary>
    /// What keeps this node from the others, without secrets; null when all is well. The health
    /// check tells of it.
    /// </summary>
    public virtual string? Problem => null;

    // ---- rooms ----

    /// <summary>Puts a socket into rooms.</summary>
    public abstract void AddAll(string id, IReadOnlyCollection<string> rooms);

    /// <summary>Takes a socket out of a room.</summary>
    public abstract void Remove(string id, string room);

    /// <summary>Takes a socket out of all its rooms.</summary>
    public abstract void RemoveAll(string id);

    /// <summary>The rooms of a socket of this node; null when it is in none.</summary>
    public abstract IReadOnlyCollection<string>? RoomsOf(string id);

    /// <summary>The rooms of this node with their sockets: a snapshot.</summary>
    public abstract IReadOnlyDictionary<string, IReadOnlyCollection<string>> Rooms { get; }

    // ---- the cluster ----

    /// <summary>How many nodes there are, this one included.</summary>
    public abstract ValueTask<int> CountServersAsync(CancellationToken cancel = default);

    /// <summary>Sends a packet to every socket that the options name.</summary>
    public abstract void Broadcast(Packet packet, BroadcastOptions options);

    /// <summary>
    /// As <see cref="Broadcast"/>, with an acknowledgement asked of every client.
    /// </summary>
    /// <param name="packet">The packet, without an id.</param>
    /// <param name="options">With a timeout.</param>
    /// <param name="onClientCount">Told for each node how many clients were asked.</param>
    /// <param name="onAck">The first argument of each acknowledgement: JSON, and attachments.</param>
    /// <param name="cancel">Stops waiting.</param>
    public abstract void BroadcastWithAck(
        Packet packet, BroadcastOptions options, Action<int> onClientCount, Action<Packet> onAck,
        CancellationToken cancel);

    /// <summary>
    /// Sends what is for one socket alone, and goes to it directly, behind what was broadcast
    /// before it: an adapter may keep that waiting for its cluster.
    /// </summary>
    /// <param name="send">Called once.</param>
    public virtual void Follow(Action send)
    {
        ArgumentNullException.ThrowIfNull(send);
        send();
    }

    /// <summary>The ids of the sockets that the options name.</summary>
    public abstract Task<IReadOnlySet<string>> SocketsAsync(
        BroadcastOptions options, CancellationToken cancel = default);

    /// <summary>The sockets that the options name, with what is known of them.</summary>
    public abstract Task<IReadOnlyList<RemoteSocketData>> FetchSocketsAsync(
        BroadcastOptions options, CancellationToken cancel = default);

    /// <summary>Every room that any node has.</summary>
    public abstract Task<IReadOnlySet<string>> AllRoomsAsync(CancellationToken cancel = default);

    public abstract void AddSockets(BroadcastOptions options, IReadOnlyCollection<string> rooms);

    public abstract void RemoveSockets(BroadcastOptions options, IReadOnlyCollection<string> rooms);

    /// <param name="options">Who is disconnected.</param>
    /// <param name="close">The connection too, not the namespace alone.</param>
    public abstract void DisconnectSockets(BroadcastOptions options, bool close);

    /// <summary>Tells the other nodes something.</summary>
    /// <param name="json">A JSON array: the event's name and its arguments.</param>
    public abstract void ServerSideEmit(ReadOnlyMemory<byte> json);

    /// <summary>Asks the other nodes something; an answer each, as JSON.</summary>
    public abstract Task<IReadOnlyList<ReadOnlyMemory<byte>>> ServerSideEmitWithAckAsync(
        ReadOnlyMemory<byte> json, CancellationToken cancel = default);

    // ---- connection state recovery ----

    /// <summary>Keeps what a socket that went away by accident will want back.</summary>
    public virtual void PersistSession(StoredSession session)
    {
    }

    /// <summary>
    /// The session with the packets that it missed since <paramref name="offset"/>; null when
    /// either is not known any more. It is given once: who asks again begins anew.
    /// </summary>
    public virtual ValueTask<RestoredSession?> RestoreSessionAsync(
        string privateId, string offset) =>
        ValueTask.FromResult<RestoredSession?>(null);

    /// <summary>
    /// Lets a restored socket into its namespace, some time after
    /// <see cref="RestoreSessionAsync"/> and in its rooms already, at one point of the stream of
    /// packets: it gets those after that point itself, and those between here and
    /// <see cref="RestoredSession.Position"/> are the answer. So none is lost and none comes twice.
    /// </summary>
    /// <param name="restored">What was restored.</param>
    /// <param name="join">
    /// Called once, at that point, with any lock held that fixes it: it only adds to a dictionary.
    /// </param>
    /// <returns>Null when what came since is not known any more; the client has to begin anew.</returns>
    public virtual ValueTask<IReadOnlyList<Packet>?> RejoinAsync(
        RestoredSession restored, Action join)
    {
        ArgumentNullException.ThrowIfNull(join);
        join();
        return ValueTask.FromResult<IReadOnlyList<Packet>?>([]);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
