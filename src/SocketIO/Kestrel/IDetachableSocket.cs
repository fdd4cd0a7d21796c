namespace Sluice.SocketIO.Kestrel;

/// <summary>
/// A feature of a connection whose socket can outlive what the web server keeps for it.
/// </summary>
interface IDetachableSocket
{
    /// <summary>
    /// Takes the socket away from the connection. Everything that was written before, and
    /// flushed, has left. The request should end as well: nothing can be read or written any more.
    /// </summary>
    /// <returns>
    /// The socket, and what has been received of it and was read by nobody. Null when the
    /// connection has ended, or somebody stands between it and the request.
    /// </returns>
    Task<(DetachedSocket Socket, byte[] Unread)?> DetachAsync();
}
