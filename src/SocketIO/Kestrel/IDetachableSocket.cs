namespace Sluice.SocketIO.Kestrel;

/// <summary>
/// A feature of a connection whose socket can outlive what the web server keeps for it.
/// </summary>
interface IDetachableSocket
{
    /// <summary>
    /// Takes the socket away from the connection. Everything that was written before, and
    /// flushed, has left; what has been received can still be read, and ends then. The request
    /// should end as well: nothing can be written any more.
    /// </summary>
    /// <returns>The socket; null when the connection has ended before.</returns>
    Task<DetachedSocket?> DetachAsync();
}
