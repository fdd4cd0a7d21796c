using System.Security.Cryptography;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.AdminUI;

/// <summary>
/// The server's side of @socket.io/admin-ui 0.5: a namespace that admins log in to, are told by
/// what happens, and steer the server from.
/// </summary>
sealed class AdminServer(AdminUIOptions options, IAdminSessions sessions)
    : IServerExtension, IAsyncDisposable
{
    readonly SemaphoreSlim checking = new(1);
    SocketIOServer server = null!;
    Namespace admin = null!;
    AggregatedEvents events = null!;
    AdminCounter counter = null!;
    ITimer? timer;

    string ServerId =>
        options.ServerId ?? $"{Environment.MachineName}#{Environment.ProcessId}";

    bool IsDevelopment => options.Mode == AdminUIMode.Development;

    public void Attach(SocketIOServer to)
    {
        server = to;
        admin = (Namespace)server.Of(options.Namespace);
        events = new AggregatedEvents(server.Time);
        counter = IsDevelopment
            ? new AdminObserver(server, admin, events) : new AdminCounter(events);
        server.Observe(counter);
        if (!options.IsAnonymous)
            admin.Use(AuthenticateAsync);
        admin.OnConnection(WelcomeAsync);
        timer = server.Time.CreateTimer(
            static self => ((AdminServer)self!).SendStats(), this,
            Limits.StatsInterval, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask DisposeAsync()
    {
        timer?.Dispose();
        checking.Dispose();
        // Those that the application gave are the application's.
        if (sessions != options.Sessions && sessions is IAsyncDisposable own)
            await own.DisposeAsync();
    }

    // ---- who may come in ----

    async Task AuthenticateAsync(Socket socket, Func<Task> next)
    {
        var session = socket.Handshake.GetAuthString("sessionId");
        if (session is not { Length: > 0 and <= Limits.CredentialLengthMax }
            || !await ExistsAsync(session))
        {
            if (!await IsAdminAsync(
                socket.Handshake.GetAuthString("username"),
                socket.Handshake.GetAuthString("password")))
                throw new ConnectError("invalid credentials");
            session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            await SaveAsync(session);
            socket.Emit("session", session);
        }

        await next();
    }

    /// <summary>Where sessions cannot be looked up the password is asked for.</summary>
    async ValueTask<bool> ExistsAsync(string session)
    {
        try
        {
            return await sessions.ExistsAsync(session);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            server.Log.CallbackFailed(e, admin.Name, "ExistsAsync");
            return false;
        }
    }

    async ValueTask SaveAsync(string session)
    {
        try
        {
            await sessions.SaveAsync(session);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            server.Log.CallbackFailed(e, admin.Name, "SaveAsync");
        }
    }

    async ValueTask<bool> IsAdminAsync(string? username, string? password)
    {
        if (username is not { Length: <= Limits.CredentialLengthMax }
            || password is not { Length: <= Limits.CredentialLengthMax })
            return false;
        // A hash is meant to cost much: who tries many passwords does not get all processors.
        await checking.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await options.Check!(username, password);
        }
        finally
        {
            checking.Release();
        }
    }

    // ---- what admins are told ----

    async Task WelcomeAsync(Socket socket)
    {
        if (!options.IsReadOnly)
            Listen(socket);
        socket.Emit("config", AdminJson.Config(options.IsReadOnly, IsDevelopment));
        if (IsDevelopment)
            socket.Emit("all_sockets", AdminJson.Sockets(await FetchAllAsync()));
    }

    async Task<IEnumerable<(string, RemoteSocketData)>> FetchAllAsync()
    {
        var found = await Task.WhenAll(server.Namespaces.Select(FetchAsync));
        return found.SelectMany(sockets => sockets);
    }

    async Task<IEnumerable<(string, RemoteSocketData)>> FetchAsync(INamespace nsp)
    {
        IReadOnlyList<RemoteSocketData> found;
        try
        {
            found = await nsp.Adapter.FetchSocketsAsync(new BroadcastOptions());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Without the other nodes there are still those of this one.
            server.Log.CallbackFailed(e, nsp.Name, "FetchSocketsAsync");
            found = await nsp.Adapter.FetchSocketsAsync(new BroadcastOptions { IsLocal = true });
        }

        return found.Select(socket => (nsp.Name, socket));
    }

    void SendStats()
    {
        if (server.IsClosing)
        {
            timer?.Dispose();
            return;
        }

        try
        {
            admin.Emit("server_stats", AdminJson.Stats(
                server, ServerId, counter.PollingClientsCount, events));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            server.Log.CallbackFailed(e, admin.Name, "server_stats");
        }

        timer?.Change(Limits.StatsInterval, Timeout.InfiniteTimeSpan);
    }

    // ---- what admins do ----

    void Listen(Socket socket)
    {
        socket.On("emit", (EventContext context) =>
        {
            var given = context.Arguments;
            Whom(given, filterAt: 1)?.EmitAll(
                given.Get<string>(2) ?? "", [.. given.Skip(3).Select(one => (object?)one)]);
            return ValueTask.CompletedTask;
        });
        socket.On("join", (EventContext context) =>
        {
            Whom(context.Arguments, filterAt: 2)?.SocketsJoin(RoomsAt(context.Arguments, 1));
            return ValueTask.CompletedTask;
        });
        socket.On("leave", (EventContext context) =>
        {
            Whom(context.Arguments, filterAt: 2)?.SocketsLeave(RoomsAt(context.Arguments, 1));
            return ValueTask.CompletedTask;
        });
        socket.On("_disconnect", (EventContext context) =>
        {
            Whom(context.Arguments, filterAt: 2)?
                .DisconnectSockets(context.Arguments.Get<bool?>(1) ?? false);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>The namespace, or those of it in a room; null when there is no such namespace.</summary>
    BroadcastOperator? Whom(EventArguments given, int filterAt)
    {
        var name = given.Get<string>(0);
        var all = server.Namespaces.FirstOrDefault(nsp => nsp.Name == name)?.All;
        var rooms = RoomsAt(given, filterAt);
        return rooms.Length == 0 ? all : all?.In(rooms);
    }

    /// <summary>A room or an array of them; none for null, nothing, and the empty text.</summary>
    static string[] RoomsAt(EventArguments given, int index)
    {
        if (index >= given.Count)
            return [];
        return given[index].Json.Span[0] == '['
            ? given.Get<string[]>(index)!
            : given.Get<string>(index) is { Length: > 0 } room ? [room] : [];
    }
}
