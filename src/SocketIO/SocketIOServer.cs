using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>A Socket.IO server over an Engine.IO server.</summary>
public sealed class SocketIOServer : ISocketIOServer, IAsyncDisposable
{
    readonly ConcurrentDictionary<string, Namespace> namespaces = new(StringComparer.Ordinal);
    readonly Lock sync = new();

    /// <summary>Children that are removed, until their adapters have ended.</summary>
    readonly Dictionary<string, Namespace> ending = new(StringComparer.Ordinal);
    readonly IAdapterFactory? adapters;
    readonly Namespace main;
    ParentNamespace[] parents = [];
    int childrenCount;
    int isDisposed;
    volatile bool isClosing;

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
        Log = loggers.CreateLogger("Sluice.SocketIO");
        JsonDefaults.AddReflection(options.Json);
        Codec = new ArgumentCodec(options.Json);
        Engine = new EngineServer(
            options, loggers.CreateLogger("Sluice.SocketIO.Engine"), time, services)
        {
            OnSession = Accept,
        };
        main = (Namespace)Of("/");
    }

    public SocketIOOptions Options { get; }

    public EngineServer Engine { get; }

    public ArgumentCodec Codec { get; }

    public IReadOnlyCollection<INamespace> Namespaces => [.. namespaces.Values];

    public event Action<INamespace>? NewNamespace;

    internal ILoggerFactory LoggerFactory { get; }

    internal TimeProvider Time { get; }

    internal ILogger Log { get; }

    /// <summary>Everybody who looks, as one; null when nobody does.</summary>
    internal ServerObserver? Observer { get; private set; }

    internal SocketIOMetrics Metrics => Engine.Metrics;

    /// <summary>It is closing or closed.</summary>
    internal bool IsClosing => isClosing;

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
        if (!name.StartsWith('/'))
            name = "/" + name;
        if (namespaces.TryGetValue(name, out var found))
            return found;
        if (Array.Find(parents, parent => parent.Matches(name)) is { } parent)
        {
            var child = HoldChild(name, parent)
                ?? throw new InvalidOperationException("There are too many dynamic namespaces.");
            child.LetGo();
            return child;
        }

        lock (sync)
        {
            if (namespaces.TryGetValue(name, out found))
                return found;
            namespaces[name] = found = new Namespace(this, name, parent: null);
        }

        Observer?.NamespaceAdded(found);

        found.Started = StartAsync(found);
        // Nobody can listen while the main one is made.
        Announce(found);
        return found;
    }

    public INamespace Of(Regex pattern) =>
        AddParent((name, _) => ValueTask.FromResult(pattern.IsMatch(name)), pattern);

    public INamespace Of(Func<string, SocketHandshake, ValueTask<bool>> allows) =>
        AddParent(allows, pattern: null);

    ParentNamespace AddParent(
        Func<string, SocketHandshake, ValueTask<bool>> allows, Regex? pattern)
    {
        lock (sync)
        {
            var parent = new ParentNamespace(this, $"/_{parents.Length}", allows, pattern);
            parents = [.. parents, parent];
            return parent;
        }
    }

    /// <summary>
    /// Closes every connection; clients come back by themselves. Their sockets end at once, with
    /// "server shutting down", however long the goodbye of a connection takes.
    /// </summary>
    public Task CloseAsync()
    {
        isClosing = true;
        foreach (var nsp in namespaces.Values)
            foreach (var socket in nsp.Sockets)
                socket.OnClosed(CloseReasons.ServerShuttingDown);
        return Engine.CloseAsync(CloseReasons.ServerShuttingDown);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
            return;
        await CloseAsync();
        foreach (var nsp in namespaces.Values)
            await nsp.Adapter.DisposeAsync();
    }

    /// <summary>Adds somebody who looks; before the first client comes.</summary>
    internal void Observe(ServerObserver observer)
    {
        Observer = Observer is { } others ? new ServerObservers(others, observer) : observer;
        Engine.Observer = Observer;
        foreach (var nsp in namespaces.Values)
            observer.NamespaceAdded(nsp);
    }

    /// <summary>A client has come.</summary>
    internal IEngineHandler Accept(EngineSession session)
    {
        var connection = new Connection(this, session);
        if (connection.IsOld)
            connection.JoinMain();
        return connection;
    }

    /// <summary>
    /// The namespace that a client asks for, held for its socket; null when there is none for it.
    /// </summary>
    internal async ValueTask<Namespace?> FindAsync(
        string name, ReadOnlyMemory<byte> auth, Connection connection)
    {
        if (!namespaces.TryGetValue(name, out var found) || !found.TryHold())
            found = await AllowingAsync(name, auth, connection) is { } parent
                ? HoldChild(name, parent) : null;
        if (found is not null)
            await found.Ready;
        return found;
    }

    internal Adapter CreateAdapter(Namespace nsp) =>
        adapters is not null ? adapters.Create(nsp)
        : Options.ConnectionStateRecovery is { } recovery ? new RecoveringAdapter(nsp, recovery)
        : new InMemoryAdapter(nsp);

    /// <summary>The last socket of a child has left.</summary>
    internal void RemoveChild(Namespace child)
    {
        lock (sync)
        {
            childrenCount--;
            // Another of that name, which is there already, waits for this one by itself.
            if (namespaces.TryRemove(new KeyValuePair<string, Namespace>(child.Name, child)))
                ending[child.Name] = child;
            child.Parent!.Children.TryRemove(
                new KeyValuePair<string, Namespace>(child.Name, child));
        }

        _ = EndAsync(child);
    }

    /// <summary>The first parent that says yes.</summary>
    async ValueTask<ParentNamespace?> AllowingAsync(
        string name, ReadOnlyMemory<byte> auth, Connection connection)
    {
        foreach (var parent in parents)
        {
            try
            {
                var handshake = new SocketHandshake(
                    connection.Session.Handshake, auth, Time.GetUtcNow());
                if (await parent.AllowsAsync(name, handshake))
                    return parent;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.CallbackFailed(e, parent.Name, "the function that allows namespaces");
            }
        }

        return null;
    }

    /// <summary>A child, made when there is none; null when there are too many.</summary>
    Namespace? HoldChild(string name, ParentNamespace parent)
    {
        Namespace child;
        Namespace? before;
        lock (sync)
        {
            if (namespaces.TryGetValue(name, out before) && before.TryHold())
                return before;
            if (childrenCount >= Limits.ChildNamespacesMax)
                return null;
            childrenCount++;
            if (ending.Remove(name, out var ended))
                before = ended;
            child = new Namespace(this, name, parent);
            child.TryHold();
            namespaces[name] = child;
            parent.Children[name] = child;
        }

        Observer?.NamespaceAdded(child);

        child.Started = StartAsync(child, before);
        Announce(child);
        child.Announced();
        return child;
    }

    void Announce(Namespace nsp)
    {
        try
        {
            NewNamespace?.Invoke(nsp);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.CallbackFailed(e, nsp.Name, "a handler of NewNamespace");
        }
    }

    /// <param name="nsp">Whose adapter begins.</param>
    /// <param name="before">
    /// A child of the same name that was removed: both have the same channels, so it ends first.
    /// </param>
    async Task StartAsync(Namespace nsp, Namespace? before = null)
    {
        if (before is not null)
            await before.Ended.Task;
        try
        {
            await nsp.Adapter.StartAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.CallbackFailed(e, nsp.Name, "StartAsync");
        }
    }

    async Task EndAsync(Namespace nsp)
    {
        await nsp.Started;
        try
        {
            await nsp.Adapter.DisposeAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.CallbackFailed(e, nsp.Name, "DisposeAsync");
        }

        lock (sync)
            if (ending.GetValueOrDefault(nsp.Name) == nsp)
                ending.Remove(nsp.Name);
        nsp.Ended.SetResult();
    }
}
