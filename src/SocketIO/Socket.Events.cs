using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>The receiving half of a socket.</summary>
public sealed partial class Socket
{
    readonly Queue<Packet> waiting = new(0);
    Subscription[] handlers = [];
    AnyEventListener[] anyListeners = [];
    AnyEventListener[] anyOutgoing = [];
    Func<EventContext, Func<Task>, Task>[] middlewares = [];
    Func<string, Task>[] disconnecting = [];
    Func<string, Task>[] disconnected = [];
    Dictionary<long, PendingAck>? acks;
    bool isBusy = true;
    volatile bool isClosed;

    sealed record PendingAck(
        Action<Packet> OnAck, Action? OnGone, CancellationTokenRegistration Stop);

    sealed class Subscription(Socket socket, string name, SocketEventHandler handler) : IDisposable
    {
        public string Name => name;

        public SocketEventHandler Handler => handler;

        public void Dispose()
        {
            lock (socket.sync)
                socket.handlers = Array.FindAll(socket.handlers, other => other != this);
        }
    }

    // ---- who listens ----

    /// <summary>
    /// Handles an event. An exception is logged, and nothing is acknowledged.
    /// </summary>
    /// <returns>Stops when disposed.</returns>
    public IDisposable On(string name, SocketEventHandler handler)
    {
        var subscription = new Subscription(this, name, handler);
        lock (sync)
            handlers = [.. handlers, subscription];
        return subscription;
    }

    /// <summary>Removes all handlers of an event.</summary>
    public void Off(string name)
    {
        lock (sync)
            handlers = Array.FindAll(handlers, handler => handler.Name != name);
    }

    /// <summary>Runs for every event before its handlers; without next() it ends here.</summary>
    public void Use(Func<EventContext, Func<Task>, Task> middleware)
    {
        lock (sync)
            middlewares = [.. middlewares, middleware];
    }

    /// <summary>Called when the socket is going, while it is still in its rooms.</summary>
    public void OnDisconnecting(Action<string> handler) =>
        OnDisconnecting(Wrap(handler));

    /// <inheritdoc cref="OnDisconnecting(Action{string})"/>
    public void OnDisconnecting(Func<string, Task> handler)
    {
        lock (sync)
            disconnecting = [.. disconnecting, handler];
    }

    /// <summary>Called with the reason when the socket is gone.</summary>
    public void OnDisconnect(Action<string> handler) => OnDisconnect(Wrap(handler));

    /// <inheritdoc cref="OnDisconnect(Action{string})"/>
    public void OnDisconnect(Func<string, Task> handler)
    {
        lock (sync)
            disconnected = [.. disconnected, handler];
    }

    /// <summary>Sees every event that comes.</summary>
    public void OnAny(AnyEventListener listener)
    {
        lock (sync)
            anyListeners = [.. anyListeners, listener];
    }

    /// <summary>As <see cref="OnAny"/>, before the others.</summary>
    public void PrependAny(AnyEventListener listener)
    {
        lock (sync)
            anyListeners = [listener, .. anyListeners];
    }

    /// <summary>Removes one listener, or all.</summary>
    public void OffAny(AnyEventListener? listener = null)
    {
        lock (sync)
            anyListeners = Without(anyListeners, listener);
    }

    /// <summary>Sees every event that is sent to the client.</summary>
    public void OnAnyOutgoing(AnyEventListener listener)
    {
        lock (sync)
            anyOutgoing = [.. anyOutgoing, listener];
    }

    /// <summary>As <see cref="OnAnyOutgoing"/>, before the others.</summary>
    public void PrependAnyOutgoing(AnyEventListener listener)
    {
        lock (sync)
            anyOutgoing = [listener, .. anyOutgoing];
    }

    /// <summary>Removes one listener, or all.</summary>
    public void OffAnyOutgoing(AnyEventListener? listener = null)
    {
        lock (sync)
            anyOutgoing = Without(anyOutgoing, listener);
    }

    // ---- what comes ----

    internal void OnPacket(Packet packet)
    {
        switch (packet.Type)
        {
            case PacketType.Disconnect:
                OnClosed(CloseReasons.ClientNamespaceDisconnect);
                break;
            case PacketType.Ack or PacketType.BinaryAck:
                OnAck(packet);
                break;
            case var _ when packet.Json.IsEmpty:
                // An event without a name is tolerated and means nothing.
                break;
            default:
                Enqueue(packet);
                break;
        }
    }

    /// <summary>The connection handlers have run: events that waited start now.</summary>
    internal void Release()
    {
        while (true)
        {
            Packet? packet;
            lock (sync)
            {
                if (!waiting.TryDequeue(out packet))
                {
                    isBusy = false;
                    return;
                }
            }

            if (!Start(packet))
                return;
        }
    }

    /// <summary>Gives the client a number for an answer.</summary>
    internal void ExpectAck(
        long id, Action<Packet> onAck, CancellationToken cancel, Action? onGone = null)
    {
        var stop = cancel.UnsafeRegister(_ => Forget(id), null);
        lock (sync)
        {
            if (!isClosed)
            {
                acks ??= [];
                if (acks.Count >= Limits.PendingAcksMax)
                    throw new InvalidOperationException("Too many acknowledgements are pending.");
                acks[id] = new PendingAck(onAck, onGone, stop);
                return;
            }
        }

        stop.Dispose();
        onGone?.Invoke();
    }

    internal void OnClosed(string reason)
    {
        lock (sync)
        {
            if (isClosed || !isConnected)
            {
                isClosed = true;
                return;
            }
        }

        Tell(disconnecting, reason);
        nsp.Persist(this, reason);
        Dictionary<long, PendingAck>? unanswered;
        CancellationTokenSource? cancel;
        lock (sync)
        {
            if (isClosed)
                return;
            isClosed = true;
            isConnected = false;
            unanswered = acks;
            acks = null;
            waiting.Clear();
            cancel = gone;
        }

        nsp.Remove(this);
        connection.Remove(nsp.Name);
        foreach (var ack in unanswered?.Values ?? Enumerable.Empty<PendingAck>())
        {
            ack.Stop.Dispose();
            ack.OnGone?.Invoke();
        }

        cancel?.Cancel();
        Tell(disconnected, reason);
    }

    internal void CleanUp()
    {
        isClosed = true;
        nsp.Adapter.RemoveAll(Id);
        connection.Remove(nsp.Name);
    }

    void Enqueue(Packet packet)
    {
        lock (sync)
        {
            if (isClosed)
                return;
            if (isBusy)
            {
                if (waiting.Count < Limits.WaitingEventsMax)
                {
                    waiting.Enqueue(packet);
                    return;
                }

                packet = null!;
            }
        }

        if (packet is null)
            Session.Close();
        else
            Start(packet);
    }

    /// <summary>Begins an event; false when its middlewares go on asynchronously.</summary>
    bool Start(Packet packet)
    {
        var context = new EventContext(this, packet);
        foreach (var listener in anyListeners)
            Guard(context, listener);
        nsp.Server.Observer?.EventReceived(context);
        if (middlewares.Length == 0)
        {
            Dispatch(context);
            return true;
        }

        lock (sync)
            isBusy = true;
        var run = RunAsync(context);
        if (!run.IsCompleted)
        {
            _ = ContinueAsync(run);
            return false;
        }

        lock (sync)
            isBusy = waiting.Count > 0;
        return true;
    }

    async Task ContinueAsync(Task run)
    {
        await run;
        Release();
    }

    async Task RunAsync(EventContext context)
    {
        try
        {
            var chain = middlewares;
            await Next(0);
            Task Next(int index)
            {
                if (index < chain.Length)
                    return chain[index](context, () => Next(index + 1));
                Dispatch(context);
                return Task.CompletedTask;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            nsp.Server.Log.HandlerFailed(e, context.Name);
        }
    }

    void Dispatch(EventContext context)
    {
        foreach (var subscription in handlers)
        {
            if (subscription.Name != context.Name)
                continue;
            try
            {
                var run = subscription.Handler(context);
                if (!run.IsCompletedSuccessfully)
                    _ = WatchAsync(run.AsTask(), context.Name);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                nsp.Server.Log.HandlerFailed(e, context.Name);
            }
        }
    }

    async Task WatchAsync(Task run, string name)
    {
        try
        {
            await run;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            nsp.Server.Log.HandlerFailed(e, name);
        }
    }

    void OnAck(Packet packet)
    {
        PendingAck? pending = null;
        lock (sync)
            if (packet.Id is { } id)
                acks?.Remove(id, out pending);
        pending?.Stop.Dispose();
        pending?.OnAck(packet);
    }

    void Forget(long id)
    {
        lock (sync)
            acks?.Remove(id);
    }

    void Guard(EventContext context, AnyEventListener listener)
    {
        try
        {
            listener(context.Name, context.Arguments);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            nsp.Server.Log.HandlerFailed(e, context.Name);
        }
    }

    void NotifyOutgoing(Packet packet)
    {
        nsp.Server.Observer?.EventSent(this, packet);
        if (anyOutgoing.Length == 0 || packet.Json.IsEmpty)
            return;
        var name = ArgumentCodec.NameOf(packet.Json.Span);
        var arguments = new EventArguments(packet.Json, packet.Attachments, skip: 1, Codec);
        foreach (var listener in anyOutgoing)
            listener(name, arguments);
    }

    void Tell(Func<string, Task>[] listeners, string reason)
    {
        foreach (var listener in listeners)
        {
            try
            {
                var run = listener(reason);
                if (!run.IsCompletedSuccessfully)
                    _ = WatchAsync(run, "disconnect");
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                nsp.Server.Log.HandlerFailed(e, "disconnect");
            }
        }
    }

    static Func<string, Task> Wrap(Action<string> handler) => reason =>
    {
        handler(reason);
        return Task.CompletedTask;
    };

    static AnyEventListener[] Without(AnyEventListener[] all, AnyEventListener? one) =>
        one is null ? [] : Array.FindAll(all, listener => listener != one);
}
