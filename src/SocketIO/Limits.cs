namespace Sluice.SocketIO;

/// <summary>The bounds of the Socket.IO layer.</summary>
static class Limits
{
    /// <summary>
    /// Events that wait for an asynchronous connection handler or middleware of their socket, or
    /// for one of too many handlers to end. One more closes the connection: nobody handles them as
    /// fast as they come.
    /// </summary>
    public const int WaitingEventsMax = 16 * 1024;

    /// <summary>
    /// Bytes of the events that wait, attachments included: what a client may pile up on its
    /// server. More closes the connection, but one event may always wait.
    /// </summary>
    public const long WaitingBytesMax = 16 * 1024 * 1024;

    /// <summary>
    /// Acknowledgements that one socket still owes. One more is refused with an exception, and a
    /// broadcast does not ask this socket: the client does not answer.
    /// </summary>
    public const int PendingAcksMax = 16 * 1024;

    /// <summary>
    /// Namespaces that one connection may be in or be joining, so that a client cannot make
    /// sockets without end. One more closes the connection.
    /// </summary>
    public const int NamespacesPerConnectionMax = 64;

    /// <summary>
    /// Events for a socket that wait until its CONNECT is answered: while its middlewares run, and
    /// while the adapter looks up what it missed. One more closes the connection.
    /// </summary>
    public const int EarlyMessagesMax = 4096;

    /// <summary>
    /// Recipients from which on a broadcast may wait for work that is there already: with fewer,
    /// the change of threads costs more than a shared write can save.
    /// </summary>
    public const int LateRecipientsMin = 16;

    /// <summary>
    /// Sockets of a broadcast whose memory is fetched before the first of them is sent to: enough
    /// for a processor to wait for all of it at once, and little enough to stay in its cache.
    /// </summary>
    public const int PrefetchSockets = 16;

    /// <summary>Child namespaces that exist at a time; CONNECT to one more is refused.</summary>
    public const int ChildNamespacesMax = 100_000;
}
