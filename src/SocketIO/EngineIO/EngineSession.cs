namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// One client of an Engine.IO server over whatever carries it at the moment. Safe to use from any
/// thread.
/// </summary>
public abstract class EngineSession
{
    /// <summary>The engine's own id: 20 characters, secret, and not the id of a Socket.IO socket.</summary>
    public abstract string Id { get; }

    /// <summary>4, or 3 for old clients (<c>AllowEIO3</c>).</summary>
    public abstract int ProtocolVersion { get; }

    /// <summary>"polling" or "websocket": what carries the session now.</summary>
    public abstract string TransportName { get; }

    /// <summary>The request that began the session.</summary>
    public abstract EngineHandshake Handshake { get; }

    /// <summary>
    /// Nothing waits and the transport would take a message now; when not, volatile messages are
    /// dropped.
    /// </summary>
    public abstract bool IsWritable { get; }

    /// <summary>
    /// Queues messages, one behind the other with nothing between: a header and its attachments
    /// belong together. Never blocks.
    /// </summary>
    /// <param name="messages">What to send; the bytes must not change afterwards.</param>
    /// <param name="compress">Whether compression may be used, where it was negotiated.</param>
    /// <returns>False when the session has ended or its queue is full.</returns>
    public abstract bool Send(ReadOnlySpan<EngineMessage> messages, bool compress = true);

    /// <summary>
    /// The first half of <see cref="Send"/>, for callers that hold a lock: runs nobody's code and
    /// sends nothing before <see cref="Flush"/>, which must follow without the lock.
    /// </summary>
    /// <inheritdoc cref="Send"/>
    internal virtual bool Queue(ReadOnlySpan<EngineMessage> messages, bool compress = true) =>
        Send(messages, compress);

    /// <summary>Reads what <see cref="Send"/> is going to read.</summary>
    internal virtual void Prefetch()
    {
    }

    /// <summary>Sends what was queued.</summary>
    internal virtual void Flush()
    {
    }

    /// <summary>
    /// Sends what was queued a little later, on another thread, together with what is queued
    /// until then.
    /// </summary>
    internal virtual void FlushLater() => Flush();

    /// <summary>
    /// Waits until the transport has taken everything that was queued: who sends much waits for
    /// this between its messages, and is then as slow as the client.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>False when the session has ended.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public abstract Task<bool> DrainAsync(CancellationToken cancel = default);

    /// <summary>Ends the session after what is queued was sent, or after a bounded time.</summary>
    /// <param name="reason">What <see cref="IEngineHandler.OnClosed"/> is told.</param>
    public abstract void Close(string reason = CloseReasons.ForcedClose);
}
