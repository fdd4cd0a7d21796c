using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Adapters;

/// <summary>What is kept of a socket for connection state recovery.</summary>
/// <param name="Id">The socket's id, which it gets back.</param>
/// <param name="PrivateId">The secret by which the client asks for it.</param>
/// <param name="Rooms">The rooms it was in.</param>
/// <param name="Data">socket.data as JSON.</param>
public sealed record StoredSession(
    string Id, string PrivateId, IReadOnlyCollection<string> Rooms, ReadOnlyMemory<byte> Data);

/// <summary>A stored session and what its socket missed until it was looked up.</summary>
/// <param name="Session">The session.</param>
/// <param name="MissedPackets">In their order, each with its offset as the last argument.</param>
/// <param name="Position">
/// The offset of the last packet that was looked at, whoever it was for;
/// <see cref="Adapter.RejoinAsync"/> goes on behind it.
/// </param>
public sealed record RestoredSession(
    StoredSession Session, IReadOnlyList<Packet> MissedPackets, string Position);
