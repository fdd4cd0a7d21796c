using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>A namespace on this node: its sockets and what an application does with them.</summary>
class Namespace : INamespace, IAdapterHost
{
    static readonly string[] recoverable =
    [
        CloseReasons.TransportError, CloseReasons.TransportClose, CloseReasons.ForcedClose,
        CloseReasons.PingTimeout, CloseReasons.ServerShuttingDown, CloseReasons.ForcedServerClose,
    ];

    readonly ConcurrentDictionary<string, Socket> sockets = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, ServerEventHandler[]> serverHandlers =
        new(StringComparer.Ordinal);
    readonly ParentNamespace? parent;

    /// <summary>Of a child: who has asked for it sees what NewNamespace's handlers do to it.</summary>
    readonly TaskCompletionSource? ready;
    NamespaceMiddleware[] middlewares = [];
    Func<Socket, Task>[] handlers = [];
    long ackId = -1;

    /// <summary>Sockets that are about to come into a child; with one it is not removed.</summary>
    int joining;

    /// <summary>A socket has come, or was refused: one that nobody has asked for yet stays.</summary>
    bool isUsed;

    /// <summary>
    /// The program has given it something that another of its name would not have: it stays.
    /// </summary>
    bool isOwned;
    bool isRemoved;

    public Namespace(SocketIOServer server, string name, ParentNamespace? parent)
    {
        Server = server;
        Name = name;
        this.parent = parent;
        if (parent is not null)
            ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Adapter = CreateAdapter();
        if (Adapter is InMemoryAdapter local)
        {
            local.RoomCreated += _ => server.Metrics.RoomsChanged(1);
            local.RoomDeleted += _ => server.Metrics.RoomsChanged(-1);
        }
    }

    /// <summary>
    /// The name under which it is counted: a child's is its client's choice, so there are as many
    /// as clients like, and it counts under its parent's.
    /// </summary>
    public string MetricsName => parent?.Name ?? Name;

    public ParentNamespace? Parent => parent;

    /// <summary>Done when its adapter has begun, or failed to.</summary>
    public Task Started { get; set; } = Task.CompletedTask;

    /// <summary>Of a child that is removed: done when its adapter has ended.</summary>
    public TaskCompletionSource Ended { get; } =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when a child has been announced to the application.</summary>
    public Task Ready => ready?.Task ?? Task.CompletedTask;

    public NamespaceMiddleware[] Middlewares => middlewares;

    public Func<Socket, Task>[] Handlers => handlers;

    public SocketIOServer Server { get; }

    public string Name { get; }

    public Adapter Adapter { get; }

    public ArgumentCodec Codec => Server.Codec;

    /// <summary>Without the snapshot that <see cref="Sockets"/> is.</summary>
    public int SocketsCount => sockets.IsEmpty ? 0 : sockets.Count;

    public IReadOnlyCollection<Socket> Sockets => (IReadOnlyCollection<Socket>)sockets.Values;

    public BroadcastOperator All => new(this, SocketOperator.Plain);

    public Socket? Find(string id) => sockets.GetValueOrDefault(id);

    public INamespace Use(NamespaceMiddleware middleware)
    {
        lock (sockets)
        {
            middlewares = [.. middlewares, middleware];
            Own();
        }

        return this;
    }

    public INamespace OnConnection(Action<Socket> handler) => OnConnection(socket =>
    {
        handler(socket);
        return Task.CompletedTask;
    });

    public INamespace OnConnection(Func<Socket, Task> handler)
    {
        lock (sockets)
        {
            handlers = [.. handlers, handler];
            Own();
        }

        return this;
    }

    public INamespace OnServerSide(string name, ServerEventHandler handler)
    {
        serverHandlers.AddOrUpdate(name, [handler], (_, all) => [.. all, handler]);
        lock (sockets)
            Own();
        return this;
    }

    public void Send(in EventData data) => All.Send(data);

    public void ServerSideEmit(string name, ReadOnlySpan<object?> arguments) =>
        Adapter.ServerSideEmit(Codec.EncodeServerEvent(name, arguments).Json);

    public async Task<IReadOnlyList<Argument>> ServerSideEmitWithAckAsync(
        string name, object?[] arguments, CancellationToken cancel = default)
    {
        var json = Codec.EncodeServerEvent(name, arguments).Json;
        var answers = await Adapter.ServerSideEmitWithAckAsync(json, cancel);
        return answers.Select(answer => new Argument(answer, [], Codec)).ToArray();
    }

    protected virtual Adapter CreateAdapter() => Server.CreateAdapter(this);

    // ---- a client comes and goes ----

    /// <summary>
    /// Keeps a child until its next socket has come; <see cref="ConnectAsync"/> lets it go. False
    /// when it has been removed, and another has to be made.
    /// </summary>
    public bool TryHold()
    {
        lock (sockets)
        {
            if (isRemoved)
                return false;
            joining++;
            return true;
        }
    }

    /// <summary>The opposite, when no socket is about to come.</summary>
    public void LetGo()
    {
        lock (sockets)
            joining--;
        Tidy();
    }

    public void Announced() => ready!.TrySetResult();

    /// <summary>
    /// CONNECT: 1 recover or make the socket → 2 middlewares → 3 in the namespace, answered →
    /// 4 the application's handlers → 5 its events.
    /// </summary>
    public async Task ConnectAsync(Connection connection, ReadOnlyMemory<byte> auth)
    {
        using var activity = SocketIOActivity.StartConnect(Name);
        try
        {
            var restored = await RestoreAsync(connection, auth);               // 1
            var socket = new Socket(this, connection, auth, restored);
            if (restored is not null)
                socket.Restore(restored.Session);
            if (connection.Add(socket) && await PassAsync(socket, connection)  // 2
                && await EnterAsync(socket, connection, restored))             // 3
            {
                await WelcomeAsync(socket);                                    // 4
                socket.Release();                                              // 5
                return;
            }

            socket.Abandon();
            // The client has not got what it missed, and will ask for it again.
            if (restored is not null && !connection.IsOpen)
                Persist(restored.Session);
        }
        finally
        {
            lock (sockets)
                isUsed = true;
            LetGo();
        }
    }

    public void Remove(Socket socket)
    {
        sockets.TryRemove(new KeyValuePair<string, Socket>(socket.Id, socket));
        try
        {
            Adapter.RemoveAll(socket.Id);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Somebody who looks at rooms; the socket ends all the same.
            Server.Log.CallbackFailed(e, Name, "RemoveAll");
        }
    }

    /// <summary>The socket is gone.</summary>
    public void Left(Socket socket, string reason)
    {
        Tidy();
        Server.Log.SocketDisconnected(Name, socket.Id, reason);
        Server.Metrics.SocketGone(MetricsName, reason);
    }

    /// <summary>What is kept of a socket that goes by accident; null for others.</summary>
    public StoredSession? SessionOf(Socket socket, string reason) =>
        socket.PrivateId is { } pid && Array.IndexOf(recoverable, reason) >= 0
            && socket.DataJson() is { } data
                ? new StoredSession(socket.Id, pid, socket.Rooms, data) : null;

    public void Persist(StoredSession session)
    {
        try
        {
            Adapter.PersistSession(session);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Server.Log.CallbackFailed(e, Name, "PersistSession");
        }
    }

    public void Broadcast(Packet packet, BroadcastOptions options) =>
        Adapter.Broadcast(packet, options);

    // ---- what the adapter asks for ----

    /// <summary>Without a copy, and without the locks that ConcurrentDictionary.Values takes.</summary>
    IEnumerable<Socket> IAdapterHost.Sockets
    {
        get
        {
            foreach (var (_, socket) in sockets)
                yield return socket;
        }
    }

    TimeProvider IAdapterHost.Time => Server.Time;

    ILoggerFactory IAdapterHost.LoggerFactory => Server.LoggerFactory;

    SocketIOOptions IAdapterHost.Options => Server.Options;

    public EngineMessage[] Encode(Packet packet)
    {
        var messages = Server.Options.Parser.Encode(packet);
        if (Server.Options.PerMessageDeflate is { } deflate)
        {
            foreach (ref var message in messages.AsSpan())
                if (message.Bytes.Length >= deflate.Threshold)
                    message = message.Share();
        }

        return messages;
    }

    public void OnBroadcast(int recipients) => Server.Metrics.Broadcast(recipients);

    public long NextAckId() => Interlocked.Increment(ref ackId);

    public void OnServerSideEmit(
        ReadOnlyMemory<byte> json, Action<ReadOnlyMemory<byte>>? ack)
    {
        var context = new ServerEventContext(json, ack, Codec);
        foreach (var handler in serverHandlers.GetValueOrDefault(context.Name) ?? [])
        {
            try
            {
                _ = WatchAsync(handler(context));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Server.Log.CallbackFailed(e, Name, "a handler of other servers' events");
            }
        }
    }

    async Task WatchAsync(ValueTask run)
    {
        try
        {
            await run;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Server.Log.CallbackFailed(e, Name, "a handler of other servers' events");
        }
    }

    async ValueTask<RestoredSession?> RestoreAsync(
        Connection connection, ReadOnlyMemory<byte> auth)
    {
        if (Server.Options.ConnectionStateRecovery is null || auth.IsEmpty || connection.IsOld)
            return null;
        var element = JsonElement.Parse(auth.Span);
        if (!element.TryGetProperty("pid", out var pid) || pid.ValueKind != JsonValueKind.String
            || !element.TryGetProperty("offset", out var offset)
            || offset.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return await Adapter.RestoreSessionAsync(pid.GetString()!, offset.GetString()!);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The client begins anew.
            Server.Log.CallbackFailed(e, Name, "RestoreSessionAsync");
            return null;
        }
    }

    /// <summary>Runs the middlewares; false when the socket was refused or went away.</summary>
    async ValueTask<bool> PassAsync(Socket socket, Connection connection)
    {
        var chain = parent is null ? middlewares : [.. parent.Middlewares, .. middlewares];
        if (socket.Recovered && Server.Options.ConnectionStateRecovery!.SkipMiddlewares)
            chain = [];
        var isThrough = chain.Length == 0;
        if (isThrough)
            return true;
        try
        {
            await Next(0);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            isThrough = false;
            SocketIOActivity.FailConnect(e);
            if (e is ConnectError)
                Server.Log.SocketRefused(Name, e.Message);
            else
                socket.Fail(e, "middleware");
            // Out of the way first: the client may ask again as soon as it hears of this.
            socket.Abandon();
            connection.SendConnectError(Name, ErrorJson(e, connection.IsOld));
        }

        return isThrough && connection.IsOpen;

        Task Next(int index)
        {
            isThrough = index == chain.Length;
            return isThrough ? Task.CompletedTask : chain[index](socket, () => Next(index + 1));
        }
    }

    /// <summary>Lets the socket in; false when it is gone before it came.</summary>
    async ValueTask<bool> EnterAsync(
        Socket socket, Connection connection, RestoredSession? restored)
    {
        IReadOnlyList<Packet>? missed = [];
        if (restored is null)
        {
            sockets[socket.Id] = socket;
        }
        else
        {
            var since = await Adapter.RejoinAsync(restored, () => sockets[socket.Id] = socket);
            if (since is null)
            {
                // Something is lost for good: next time the client begins anew.
                connection.Close();
                return false;
            }

            missed = [.. restored.MissedPackets, .. since];
        }

        Adapter.AddAll(socket.Id, [socket.Id]);
        // Before it opens: from then on another thread may tell of its end.
        Server.Observer?.SocketConnected(socket);
        if (!socket.Open(missed))
        {
            Server.Observer?.SocketDisconnected(socket, CloseReasons.TransportClose);
            return false;
        }

        connection.StopConnectTimer();
        Server.Log.SocketConnected(Name, socket.Id);
        Server.Metrics.SocketConnected(MetricsName);
        return true;
    }

    /// <summary>
    /// What a client is told. The message of an exception that was not meant for it stays here.
    /// </summary>
    ReadOnlyMemory<byte> ErrorJson(Exception e, bool isOld)
    {
        var message = e is ConnectError ? e.Message : "internal server error";
        var error = new Dictionary<string, object?> { ["message"] = message };
        try
        {
            var details = (e as ConnectError)?.Details;
            if (isOld)
                return Codec.EncodeValue(details ?? message);
            if (details is not null)
                error["data"] = details;
            return Codec.EncodeValue(error);
        }
        catch (Exception odd) when (odd is not OutOfMemoryException)
        {
            // Details that are no JSON: the client learns the rest.
            Server.Log.CallbackFailed(odd, Name, "ConnectError.Details");
            error.Remove("data");
            return isOld ? Codec.EncodeValue(message) : Codec.EncodeValue(error);
        }
    }

    async ValueTask WelcomeAsync(Socket socket)
    {
        // With a client that is gone already, nobody would tell the handlers of its end.
        if (!socket.Connected)
            return;
        Func<Socket, Task>[] all = parent is null ? handlers : [.. parent.Handlers, .. handlers];
        foreach (var handler in all)
        {
            try
            {
                await handler(socket);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                socket.Fail(e, "connection");
            }
        }
    }

    /// <summary>What NewNamespace's handlers do to it, they do to the next one, too.</summary>
    void Own() => isOwned |= ready?.Task.IsCompleted == true;

    void Tidy()
    {
        if (parent is null || !Server.Options.CleanupEmptyChildNamespaces)
            return;
        lock (sockets)
        {
            if (isRemoved || isOwned || !isUsed || joining > 0 || !sockets.IsEmpty)
                return;
            isRemoved = true;
        }

        Server.RemoveChild(this);
    }
}
