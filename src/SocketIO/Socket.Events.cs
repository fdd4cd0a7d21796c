using Sluice.SocketIO.Diagnostics;
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
    Action<Exception>[] errorHandlers = [];
    Func<string, Task>[] disconnecting = [];
    Func<string, Task>[] disconnected = [];
    long waitingBytes;

    /// <summary>Why it is gone, once the handlers are told.</summary>
    string? endReason;

    /// <summary>Handlers that go on asynchronously.</summary>
    int running;

    /// <summary>Done when one of the handlers ends; there are as many as may run.</summary>
    TaskCompletionSource? full;

    /// <summary>An event is on its way to the handlers, or they are not there yet.</summary>
    bool isBusy = true;

    sealed class Subscription(Socket socket, string name, SocketEventHandler handler, bool isOnce)
        : IDisposable
    {
        int isUsed;

        public string Name => name;

        /// <summary>False when it was for one event, and that one has been.</summary>
        public bool TryRun(EventContext context, out ValueTask run)
        {
            run = default;
            if (isOnce && Interlocked.Exchange(ref isUsed, 1) != 0)
                return false;
            if (isOnce)
                Dispose();
            run = handler(context);
            return true;
        }

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
    public IDisposable On(string name, SocketEventHandler handler) =>
        Subscribe(name, handler, isOnce: false);

    internal IDisposable Subscribe(string name, SocketEventHandler handler, bool isOnce)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(handler);
        var subscription = new Subscription(this, name, handler, isOnce);
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

    /// <summary>
    /// Runs for every event before its handlers; without next() it ends here, and so it does with
    /// an exception, which goes to <see cref="OnError"/>. The next event waits until it is done.
    /// </summary>
    public void Use(Func<EventContext, Func<Task>, Task> middleware)
    {
        lock (sync)
            middlewares = [.. middlewares, middleware];
    }

    /// <summary>
    /// Called with what a middleware of <see cref="Use"/> threw, and with the reason when the
    /// client broke the protocol, which ends the connection. What nobody handles is logged.
    /// </summary>
    public void OnError(Action<Exception> handler)
    {
        lock (sync)
            errorHandlers = [.. errorHandlers, handler];
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

    /// <summary>
    /// Called with the reason when the socket is gone; at once when it is gone already, so that
    /// what a connection handler has begun is ended in any case.
    /// </summary>
    public void OnDisconnect(Action<string> handler) => OnDisconnect(Wrap(handler));

    /// <inheritdoc cref="OnDisconnect(Action{string})"/>
    public void OnDisconnect(Func<string, Task> handler)
    {
        string? reason;
        lock (sync)
        {
            reason = endReason;
            if (reason is null)
                disconnected = [.. disconnected, handler];
        }

        if (reason is not null)
            Tell([handler], reason);
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

    /// <summary>The client sent something that no client may send.</summary>
    internal void OnProtocolError(string reason)
    {
        if (errorHandlers.Length > 0)
            Report(new InvalidDataException(reason));
    }

    /// <summary>The connection handlers have run: events that waited start now.</summary>
    internal void Release()
    {
        if (TryNext(out var packet))
            Run(packet!);
    }

    void Enqueue(Packet packet)
    {
        lock (sync)
        {
            if (state is not (State.Joining or State.Open))
                return;
            if (!isBusy)
            {
                isBusy = true;
            }
            else
            {
                waitingBytes += SizeOf(packet);
                if (waiting.Count == 0 || (waiting.Count < Limits.WaitingEventsMax
                    && waitingBytes <= Limits.WaitingBytesMax))
                {
                    waiting.Enqueue(packet);
                    return;
                }

                waitingBytes -= SizeOf(packet);
                packet = null!;
            }
        }

        if (packet is not null)
        {
            Run(packet);
            return;
        }

        nsp.Server.Log.HandlersTooSlow(
            nsp.Name, Limits.WaitingEventsMax, Limits.WaitingBytesMax, Id);
        connection.Close();
    }

    /// <summary>One event after the other, until the next has to wait.</summary>
    void Run(Packet packet)
    {
        Packet? next = packet;
        do
        {
            var started = Start(next!);
            if (!started.IsCompleted)
            {
                _ = ResumeAsync(started);
                return;
            }
        }
        while (TryNext(out next));
    }

    async Task ResumeAsync(Task started)
    {
        await started;
        Release();
    }

    bool TryNext(out Packet? packet)
    {
        lock (sync)
        {
            isBusy = waiting.TryDequeue(out packet);
            if (packet is not null)
                waitingBytes -= SizeOf(packet);
            return isBusy;
        }
    }

    /// <summary>Begins an event; done when the next one may begin. It never fails.</summary>
    Task Start(Packet packet)
    {
        var context = new EventContext(this, packet);
        foreach (var listener in anyListeners)
            Guard(listener, context.Name, context.Arguments);
        nsp.Server.Metrics.EventReceived(nsp.MetricsName);
        nsp.Server.Observer?.EventReceived(context);
        return middlewares.Length == 0 ? Dispatch(context) : PassAsync(context);
    }

    async Task PassAsync(EventContext context)
    {
        var chain = middlewares;
        var handled = Task.CompletedTask;
        try
        {
            await Next(0);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (errorHandlers.Length > 0)
                Report(e);
            else
                Fail(e, context.Name);
        }

        await handled;

        Task Next(int index)
        {
            if (index < chain.Length)
                return chain[index](context, () => Next(index + 1));
            handled = Dispatch(context);
            return Task.CompletedTask;
        }
    }

    /// <summary>Calls the handlers; done when the next event may begin.</summary>
    Task Dispatch(EventContext context)
    {
        var mayGoOn = Task.CompletedTask;
        // What came before the socket left and is handled after it is ignored.
        if (state == State.Gone)
            return mayGoOn;
        foreach (var subscription in handlers)
        {
            if (subscription.Name != context.Name)
                continue;
            var watch = HandlerWatch.Start(nsp, context);
            try
            {
                if (!subscription.TryRun(context, out var run) || run.IsCompletedSuccessfully)
                {
                    watch.End(error: null);
                    continue;
                }

                mayGoOn = Hold();
                _ = WatchAsync(run, context.Name, watch);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                watch.End(e);
                Fail(e, context.Name);
            }
            finally
            {
                watch.Leave();
            }
        }

        return mayGoOn;
    }

    /// <summary>A handler goes on asynchronously; done when another may.</summary>
    Task Hold()
    {
        lock (sync)
        {
            if (++running < nsp.Server.Options.MaxParallelEvents)
                return Task.CompletedTask;
            full ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return full.Task;
        }
    }

    async Task WatchAsync(ValueTask run, string name, HandlerWatch watch)
    {
        try
        {
            await run;
            watch.End(error: null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            watch.End(e);
            Fail(e, name);
        }

        TaskCompletionSource? waits = null;
        lock (sync)
        {
            if (--running < nsp.Server.Options.MaxParallelEvents)
                (waits, full) = (full, null);
        }

        waits?.SetResult();
    }

    async Task WatchAsync(Task run, string name)
    {
        try
        {
            await run;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e, name);
        }
    }

    /// <summary>
    /// Arguments of the wrong kind are the client's doing and no error of ours, and neither is
    /// what ends because the client went.
    /// </summary>
    internal void Fail(Exception e, string name)
    {
        if (state == State.Gone
            && e is OperationCanceledException or SocketDisconnectedException)
            nsp.Server.Log.ClientGone(nsp.Name, name, Id);
        else if (e is BadArgumentException)
            nsp.Server.Log.BadArguments(nsp.Name, name, Id, e.Message);
        else
            nsp.Server.Log.HandlerFailed(e, nsp.Name, name, Id);
    }

    void Report(Exception error)
    {
        foreach (var handler in errorHandlers)
        {
            try
            {
                handler(error);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(e, "error");
            }
        }
    }

    void Guard(AnyEventListener listener, string name, EventArguments arguments)
    {
        try
        {
            listener(name, arguments);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e, name);
        }
    }

    void NotifyOutgoing(Packet packet)
    {
        nsp.Server.Metrics.EventSent(nsp.MetricsName);
        nsp.Server.Observer?.EventSent(this, packet);
        if (anyOutgoing.Length == 0 || packet.Json.IsEmpty)
            return;
        var name = ArgumentCodec.NameOf(packet.Json.Span);
        var arguments = new EventArguments(packet.Json, packet.Attachments, skip: 1, Codec);
        foreach (var listener in anyOutgoing)
            Guard(listener, name, arguments);
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
                Fail(e, "disconnect");
            }
        }
    }

    static long SizeOf(Packet packet)
    {
        long size = packet.Json.Length;
        for (var i = 0; i < packet.Attachments.Count; i++)
            size += packet.Attachments[i].Length;
        return size;
    }

    static Func<string, Task> Wrap(Action<string> handler) => reason =>
    {
        handler(reason);
        return Task.CompletedTask;
    };

    static AnyEventListener[] Without(AnyEventListener[] all, AnyEventListener? one) =>
        one is null ? [] : Array.FindAll(all, listener => listener != one);
}
