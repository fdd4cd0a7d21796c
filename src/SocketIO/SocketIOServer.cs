using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>A Socket.IO server over an Engine.IO server.</summary>
public sealed class SocketIOServer : ISocketIOServer, IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Namespace> namespaces = new(StringComparer.Ordinal);
    readonly Lock sync = new();
    readonly IAdapterFactory? adapters;
    readonly Namespace main;
    ParentNamespace[] parents = [];
    int childrenCount;

    /// <param name="options">They must not change any more.</param>
    /// <param name="loggers">Where failures of the application's handlers go.</param>
    /// <param name="time">The clock of all timeouts.</param>
    /// <param name="services">The application's services.</param>
    /// <param name="adapters">Makes the adapters; null keeps rooms in memory.</param>
    public SocketIOServer(
        SocketIOOptions options, ILoggerFactory loggers, TimeProvider time,
        IServiceProvider services, IAdapterFactory? adapters = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        LoggerFactory = loggers;
        Time = time;
        this.adapters = adapters;
        Log = new SocketIOLog(loggers.CreateLogger("Sluice.SocketIO"));
        JsonDefaults.AddReflection(options.Json);
        Codec = new ArgumentCodec(options.Json);
        Engine = new EngineServer(
            options, loggers.CreateLogger("Sluice.SocketIO.Engine"), time, services)
        {
            OnSession = Accept,
        };
        main = GetOrAdd("/", parent: null);
    }

    public SocketIOOptions Options { get; }

    public EngineServer Engine { get; }

    public ArgumentCodec Codec { get; }

    public IReadOnlyCollection<INamespace> Namespaces => [.. namespaces.Values];

    public event Action<INamespace>? NewNamespace;

    internal ILoggerFactory LoggerFactory { get; }

    internal TimeProvider Time { get; }

    internal SocketIOLog Log { get; }

    /// <summary>Sees everything, for diagnostics; null when nobody looks.</summary>
    internal ServerObserver? Observer { get; set; }

    // ---- the main namespace ----

    public string Name => main.Name;

    public IReadOnlyCollection<Socket> Sockets => main.Sockets;

    public Adapter Adapter => main.Adapter;

    public BroadcastOperator All => main.All;

    public Socket? Find(string id) => main.Find(id);

    public INamespace Use(NamespaceMiddleware middleware) => main.Use(middleware);

    public INamespace OnConnection(Action<Socket> handler) => main.OnConnection(handler);

    public INamespace OnConnection(Func<Socket, Task> handler) => main.OnConnection(handler);

    public INamespace OnServerSide(string name, ServerEventHandler handler) =>
        main.OnServerSide(name, handler);

    public void Send(in EventData data) => main.Send(data);

    public void ServerSideEmit(string name, ReadOnlySpan<object?> arguments) =>
        main.ServerSideEmit(name, arguments);

    public Task<IReadOnlyList<Argument>> ServerSideEmitWithAckAsync(
        string name, object?[] arguments, CancellationToken cancel = default) =>
        main.ServerSideEmitWithAckAsync(name, arguments, cancel);

    // ---- namespaces ----

    public INamespace Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return GetOrAdd(name.StartsWith('/') ? name : "/" + name, parent: null);
    }

    public INamespace Of(Regex pattern) =>
        Of((name, _) => ValueTask.FromResult(pattern.IsMatch(name)));

    public INamespace Of(Func<string, SocketHandshake, ValueTask<bool>> allows)
    {
        lock (sync)
        {
            var parent = new ParentNamespace(this, $"/_{parents.Length}", allows);
            parents = [.. parents, parent];
            return parent;
        }
    }

    /// <summary>Closes every connection; clients come back by themselves.</summary>
    public Task CloseAsync() => Engine.CloseAsync(CloseReasons.ServerShuttingDown);

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        foreach (var nsp in namespaces.Values)
            await nsp.Adapter.DisposeAsync();
    }

    /// <summary>A client has come.</summary>
    internal IEngineHandler Accept(EngineSession session)
    {
        var connection = new Connection(this, session);
        if (connection.IsOld)
            connection.JoinMain();
        return connection;
    }

    /// <summary>The namespace that a client asks for; null when there is none for it.</summary>
    internal async ValueTask<Namespace?> FindAsync(
        string name, ReadOnlyMemory<byte> auth, Connection connection)
    {
        if (namespaces.TryGetValue(name, out var found))
            return found;
        foreach (var parent in parents)
        {
            var handshake = new SocketHandshake(
                connection.Session.Handshake, auth, Time.GetUtcNow());
            if (Volatile.Read(ref childrenCount) < Limits.ChildNamespacesMax
                && await parent.AllowsAsync(name, handshake))
                return GetOrAdd(name, parent);
        }

        return null;
    }

    internal Adapter CreateAdapter(Namespace nsp)
    {
        var adapter = adapters is not null ? adapters.Create(nsp)
            : Options.ConnectionStateRecovery is { } recovery
                ? new RecoveringAdapter(nsp, recovery)
            : new InMemoryAdapter(nsp);
        _ = StartAsync(adapter);
        return adapter;
    }

    /// <summary>The last socket of a child has left.</summary>
    internal void RemoveChild(Namespace child)
    {
        if (!namespaces.TryRemove(new KeyValuePair<string, Namespace>(child.Name, child)))
            return;
        Interlocked.Decrement(ref childrenCount);
        foreach (var parent in parents)
            parent.Children.TryRemove(new KeyValuePair<string, Namespace>(child.Name, child));
        _ = child.Adapter.DisposeAsync().AsTask();
    }

    Namespace GetOrAdd(string name, ParentNamespace? parent)
    {
        if (namespaces.TryGetValue(name, out var found))
            return found;
        lock (sync)
        {
            if (namespaces.TryGetValue(name, out found))
                return found;
            found = new Namespace(this, name, parent);
            namespaces[name] = found;
        }

        if (parent is not null)
        {
            Interlocked.Increment(ref childrenCount);
            parent.Children[name] = found;
            NewNamespace?.Invoke(found);
        }

        return found;
    }

    async Task StartAsync(Adapter adapter)
    {
        try
        {
            await adapter.StartAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.HandlerFailed(e, "adapter");
        }
    }
}
