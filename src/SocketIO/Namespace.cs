using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Adapters;
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
    NamespaceMiddleware[] middlewares = [];
    Func<Socket, Task>[] handlers = [];
    long ackId = -1;
    int joining;

    public Namespace(SocketIOServer server, string name, ParentNamespace? parent)
    {
        Server = server;
        Name = name;
        this.parent = parent;
        Adapter = CreateAdapter();
    }

    public NamespaceMiddleware[] Middlewares => middlewares;

    public Func<Socket, Task>[] Handlers => handlers;

    public SocketIOServer Server { get; }

    public string Name { get; }

    public Adapter Adapter { get; }

    public ArgumentCodec Codec => Server.Codec;

    public IReadOnlyCollection<Socket> Sockets => (IReadOnlyCollection<Socket>)sockets.Values;

    public BroadcastOperator All => new(this, SocketOperator.Plain);

    public Socket? Find(string id) => sockets.GetValueOrDefault(id);

    public INamespace Use(NamespaceMiddleware middleware)
    {
        lock (sockets)
            middlewares = [.. middlewares, middleware];
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
            handlers = [.. handlers, handler];
        return this;
    }

    public INamespace OnServerSide(string name, ServerEventHandler handler)
    {
        serverHandlers.AddOrUpdate(name, [handler], (_, all) => [.. all, handler]);
        return this;
    }

    public void Send(in EventData data) => All.Send(data);

    public void ServerSideEmit(string name, ReadOnlySpan<object?> arguments) =>
        Adapter.ServerSideEmit(EncodeServerEvent(name, arguments).Json);

    public async Task<IReadOnlyList<Argument>> ServerSideEmitWithAckAsync(
        string name, object?[] arguments, CancellationToken cancel = default)
    {
        var json = EncodeServerEvent(name, arguments).Json;
        var answers = await Adapter.ServerSideEmitWithAckAsync(json, cancel);
        return [.. answers.Select(answer => new Argument(answer, [], Codec))];
    }

    protected virtual Adapter CreateAdapter() => Server.CreateAdapter(this);

    // ---- a client comes and goes ----

    /// <summary>
    /// CONNECT: 1 recover or make the socket → 2 middlewares → 3 in the namespace, answered →
    /// 4 the application's handlers → 5 its events.
    /// </summary>
    public async Task ConnectAsync(Connection connection, ReadOnlyMemory<byte> auth)
    {
        Interlocked.Increment(ref joining);
        try
        {
            var restored = await RestoreAsync(connection, auth);               // 1
            var socket = new Socket(this, connection, auth, restored);
            if (restored is not null)
                socket.Restore(restored);
            var isFree = restored is not null
                && Server.Options.ConnectionStateRecovery!.SkipMiddlewares;
            if (!isFree && !await PassAsync(socket, connection))               // 2
                return;
            if (!connection.Add(socket))
            {
                socket.CleanUp();
                return;
            }

            sockets[socket.Id] = socket;                                       // 3
            socket.Announce();
            if (!connection.IsOpen)
                socket.OnClosed(CloseReasons.TransportClose);
            Server.Observer?.SocketConnected(socket);
            await WelcomeAsync(socket);                                        // 4
            socket.Release();                                                  // 5
        }
        finally
        {
            Interlocked.Decrement(ref joining);
            Tidy();
        }
    }

    public void Remove(Socket socket)
    {
        sockets.TryRemove(new KeyValuePair<string, Socket>(socket.Id, socket));
        Adapter.RemoveAll(socket.Id);
        Tidy();
    }

    public void Persist(Socket socket, string reason)
    {
        if (socket.PrivateId is { } pid && Array.IndexOf(recoverable, reason) >= 0)
            Adapter.PersistSession(new StoredSession(
                socket.Id, pid, socket.Rooms, socket.Data.ToJson()));
    }

    public void Broadcast(Packet packet, BroadcastOptions options) =>
        Adapter.Broadcast(packet, options);

    // ---- what the adapter asks for ----

    IEnumerable<Socket> IAdapterHost.Sockets => sockets.Values;

    TimeProvider IAdapterHost.Time => Server.Time;

    ILoggerFactory IAdapterHost.LoggerFactory => Server.LoggerFactory;

    SocketIOOptions IAdapterHost.Options => Server.Options;

    public EngineMessage[] Encode(Packet packet) => Server.Options.Parser.Encode(packet);

    public long NextAckId() => Interlocked.Increment(ref ackId);

    public void OnServerSideEmit(
        ReadOnlyMemory<byte> json, Action<ReadOnlyMemory<byte>>? ack)
    {
        var context = new ServerEventContext(json, ack, Codec);
        foreach (var handler in serverHandlers.GetValueOrDefault(context.Name) ?? [])
        {
            try
            {
                _ = WatchAsync(handler(context), context.Name);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Server.Log.HandlerFailed(e, context.Name);
            }
        }
    }

    async Task WatchAsync(ValueTask run, string name)
    {
        try
        {
            await run;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Server.Log.HandlerFailed(e, name);
        }
    }

    EventData EncodeServerEvent(string name, ReadOnlySpan<object?> arguments)
    {
        if (name is "connect" or "connection" or "new_namespace")
            throw new ArgumentException($"\"{name}\" is a reserved event name.", nameof(name));
        return Codec.EncodeEvent(name, arguments);
    }

    ValueTask<RestoredSession?> RestoreAsync(Connection connection, ReadOnlyMemory<byte> auth)
    {
        if (Server.Options.ConnectionStateRecovery is null || auth.IsEmpty || connection.IsOld)
            return default;
        var element = JsonElement.Parse(auth.Span);
        return element.TryGetProperty("pid", out var pid) && pid.ValueKind == JsonValueKind.String
            && element.TryGetProperty("offset", out var offset)
            && offset.ValueKind == JsonValueKind.String
                ? Adapter.RestoreSessionAsync(pid.GetString()!, offset.GetString()!)
                : default;
    }

    /// <summary>Runs the middlewares; false when the socket was refused or went away.</summary>
    async ValueTask<bool> PassAsync(Socket socket, Connection connection)
    {
        var chain = parent is null ? middlewares : [.. parent.Middlewares, .. middlewares];
        var isThrough = chain.Length == 0;
        if (isThrough)
            return true;
        try
        {
            await Next(0);
            if (isThrough && connection.IsOpen)
                return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (e is not ConnectError)
                Server.Log.HandlerFailed(e, "middleware");
            if (connection.IsOpen)
                connection.SendConnectError(Name, ErrorJson(e, connection.IsOld));
        }

        socket.CleanUp();
        return false;

        Task Next(int index)
        {
            isThrough = index == chain.Length;
            return isThrough ? Task.CompletedTask : chain[index](socket, () => Next(index + 1));
        }
    }

    /// <summary>
    /// What a client is told. The message of an exception that was not meant for it stays here.
    /// </summary>
    ReadOnlyMemory<byte> ErrorJson(Exception e, bool isOld)
    {
        var message = e is ConnectError ? e.Message : "internal server error";
        var details = (e as ConnectError)?.Details;
        if (isOld)
            return Codec.EncodeValue(details ?? message);
        var error = new Dictionary<string, object?> { ["message"] = message };
        if (details is not null)
            error["data"] = details;
        return Codec.EncodeValue(error);
    }

    async ValueTask WelcomeAsync(Socket socket)
    {
        Func<Socket, Task>[] all = parent is null ? handlers : [.. parent.Handlers, .. handlers];
        foreach (var handler in all)
        {
            try
            {
                await handler(socket);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Server.Log.HandlerFailed(e, "connection");
            }
        }
    }

    void Tidy()
    {
        if (parent is not null && Server.Options.CleanupEmptyChildNamespaces
            && sockets.IsEmpty && Volatile.Read(ref joining) == 0)
            Server.RemoveChild(this);
    }
}
