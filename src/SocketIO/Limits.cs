namespace Sluice.SocketIO;

/// <summary>The bounds of the Socket.IO layer.</summary>
static class Limits
{
    /// <summary>
    /// Events that wait for an asynchronous connection handler or middleware of their socket.
    /// One more closes the connection: nobody reads them as fast as they come.
    /// </summary>
    public const int WaitingEventsMax = 1024;

    /// <summary>
    /// Acknowledgements that one socket still owes. One more is refused with an exception:
    /// the client does not answer.
    /// </summary>
    public const int PendingAcksMax = 16 * 1024;

    /// <summary>
    /// Namespaces that one connection may be in or be joining, so that a client cannot make
    /// sockets without end. One more closes the connection.
    /// </summary>
    public const int NamespacesPerConnectionMax = 64;

    /// <summary>
    /// Broadcasts that wait while the answer to CONNECT is on its way; this takes microseconds.
    /// </summary>
    public const int EarlyMessagesMax = 4096;

    /// <summary>Child namespaces that exist at a time; CONNECT to one more is refused.</summary>
    public const int ChildNamespacesMax = 100_000;
}
