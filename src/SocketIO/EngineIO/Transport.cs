namespace Sluice.SocketIO.EngineIO;

/// <summary>What carries a session's packets at the moment.</summary>
abstract class Transport
{
    /// <summary>"polling" or "websocket".</summary>
    public abstract string Name { get; }

    /// <summary>It would take a packet now, and none is being sent.</summary>
    public abstract bool IsWritable { get; }

    /// <summary>The session has something to send: takes it when it can. From any thread.</summary>
    public abstract void Pump();

    /// <summary>
    /// Sends a packet past the session's queue, when nothing is before it. From any thread.
    /// </summary>
    /// <returns>False when it has to be queued.</returns>
    public virtual bool TrySend(in EngineMessage message) => false;

    /// <summary>Reads what <see cref="TrySend"/> is going to read.</summary>
    public virtual void Prefetch()
    {
    }

    /// <summary>
    /// Says goodbye in its own way once everything queued was sent, and tells the session.
    /// </summary>
    public abstract void CloseWhenSent();

    /// <summary>Ends at once, without a goodbye.</summary>
    public abstract void Abort();
}
