namespace Sluice.SocketIO.Adapters;

/// <summary>What one node tells another of a socket (fetchSockets).</summary>
/// <param name="Id">The socket's id.</param>
/// <param name="Handshake">A JSON object, without secrets unless that was asked for.</param>
/// <param name="Rooms">Its rooms, its own among them.</param>
/// <param name="Data">socket.data as JSON.</param>
public sealed record RemoteSocketData(
    string Id, ReadOnlyMemory<byte> Handshake, IReadOnlyCollection<string> Rooms,
    ReadOnlyMemory<byte> Data);
