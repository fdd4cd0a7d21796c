using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Sluice.SocketIO;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;
using IOSocket = Sluice.SocketIO.Socket;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// Handlers that do what a client asks for, those of clients/socketio/kit-server.mjs, so that a
/// scenario can be played with the official server and with Sluice.SocketIO.
/// </summary>
static partial class SocketIOKit
{
    public static void Configure(SocketIOOptions options, string variant)
    {
        options.CleanupEmptyChildNamespaces = true;
        switch (variant)
        {
            case "quick":
                options.PingInterval = TimeSpan.FromMilliseconds(300);
                options.PingTimeout = TimeSpan.FromMilliseconds(200);
                options.ConnectTimeout = TimeSpan.FromMilliseconds(300);
                break;
            case "msgpack":
                options.Parser = MessagePackPacketParser.Instance;
                break;
            case "recovery":
                options.ConnectionStateRecovery = new();
                break;
            case "checked":
                options.ConnectionStateRecovery = new() { SkipMiddlewares = false };
                break;
        }
    }

    public static void SetUp(ISocketIOServer io, string variant, Action shutDown)
    {
        var log = new ConcurrentQueue<string>();
        io.Engine.ConnectionError += (error, _) => log.Enqueue($"connection_error {error.Code}");
        io.NewNamespace += nsp => log.Enqueue($"new {nsp.Name}");
        var dynamic = io.Of(Dynamic());
        INamespace[] spaces =
        [
            io, io.Of("/custom"), io.Of("/guarded"), dynamic,
            io.Of((name, handshake) => ValueTask.FromResult(
                name.StartsWith("/fn-", StringComparison.Ordinal) && IsAllowed(handshake))),
        ];
        foreach (var space in spaces)
            space.OnConnection(socket =>
            {
                Serve(socket, log);
                ServeMany(socket);
                socket.On("parent", context => dynamic.All.EmitAll(
                    context.Arguments.Get<string>(0)!, context.Arguments.ToArray().AsSpan(1)));
                socket.On("shutdown", shutDown);
            });
        io.Of("/guarded").Use((socket, next) => IsAllowed(socket.Handshake)
            ? next()
            : throw new ConnectError(
                "not authorized", new Dictionary<string, string> { ["wanted"] = "token" }));
        if (variant == "checked")
            io.Use(async (socket, next) =>
            {
                log.Enqueue($"checked {(socket.Recovered ? "true" : "false")}");
                await Task.Delay(20);
                await next();
            });
    }

    static bool IsAllowed(SocketHandshake handshake) => handshake.GetAuthString("token") == "yes";

    static void Serve(IOSocket socket, ConcurrentQueue<string> log)
    {
        var name = socket.Namespace.Name;
        socket.OnDisconnecting(reason =>
            log.Enqueue($"disconnecting {name} {reason} {socket.Rooms.Count}"));
        socket.OnDisconnect(reason =>
            log.Enqueue($"disconnect {name} {reason} {socket.Rooms.Count}"));
        socket.OnError(error => log.Enqueue($"error {error.Message}"));
        socket.On("echo", context =>
        {
            if (context.HasAck)
                context.AckAll(context.Arguments.ToArray());
            else
                socket.EmitAll("echo", context.Arguments.ToArray());
        });
        socket.On("never", () => { });
        socket.On("refused", () => log.Enqueue("refused, but handled"));
        socket.On("ask", context => AttemptAsync(context, async () =>
        {
            object?[] questions = [.. context.Arguments.ToArray().Skip(1)];
            var answer = context.Arguments.Get<int?>(0) is { } timeout
                ? await socket.Timeout(TimeSpan.FromMilliseconds(timeout))
                    .EmitWithAckAsync("q", questions)
                : await socket.EmitWithAckAsync("q", questions);
            return answer.Count > 0 ? answer[0] : null;
        }));
        socket.On("eleven", () => socket.EmitAll(
            "much", [.. Enumerable.Range(0, 11).Select(_ => new byte[1])]));
        socket.On<bool>("kick", close => socket.Disconnect(close));
        socket.On("namespaces", () => socket.Server.Namespaces
            .Select(nsp => nsp.Name).Order(StringComparer.Ordinal).ToArray());
        socket.On("log", () => Drain(log));
        ServeListeners(socket, log);
        socket.On("handshake", () => new Dictionary<string, object?>
        {
            ["auth"] = socket.Handshake.Auth,
            ["x"] = socket.Handshake.Query.TryGetValue("x", out var x) ? x.ToString() : null,
            ["header"] = socket.Handshake.Headers.TryGetValue("x-test", out var header)
                ? header.ToString() : null,
            ["isCross"] = socket.Handshake.IsCrossDomain,
            ["isSecure"] = socket.Handshake.IsSecure,
        });
    }

    static void ServeListeners(IOSocket socket, ConcurrentQueue<string> log)
    {
        socket.On("use", context =>
        {
            socket.Use((used, next) =>
                used.Name == "refused" ? throw new InvalidDataException("not this") : next());
            context.Ack();
        });
        socket.On("any", context =>
        {
            void First(string name, EventArguments arguments) => log.Enqueue($"first {name}");
            socket.OnAny((name, arguments) => log.Enqueue($"any {name} {arguments.Count}"));
            socket.PrependAny(First);
            socket.OnAnyOutgoing((name, _) => log.Enqueue($"out {name}"));
            socket.Once("stop", stop =>
            {
                socket.OffAny(First);
                socket.OffAnyOutgoing();
                stop.Ack();
            });
            context.Ack();
        });
    }

    static void ServeMany(IOSocket socket)
    {
        socket.On<string[]>("join", rooms => socket.Join(rooms), isAcknowledged: true);
        socket.On<string>("leave", room => socket.Leave(room), isAcknowledged: true);
        socket.On<Dictionary<string, object?>>("data", data =>
        {
            foreach (var (key, value) in data)
                socket.Data[key] = value;
        }, isAcknowledged: true);
        socket.On("me", context => context.Ack(
            Describe(socket.Id, socket.Rooms, socket.Data), socket.Recovered));
        socket.On("broadcast", context =>
        {
            var how = context.Arguments.Get<How>(0)!;
            var values = context.Arguments.ToArray();
            var name = context.Arguments.Get<string>(1)!;
            if (how is { From: "socket", To.Length: 0, Except.Length: 0, Flags.Length: 0 })
                socket.EmitAll(name, values.AsSpan(2));
            else
                Chosen(socket, how).EmitAll(name, values.AsSpan(2));
        });
        socket.On("question", context => AttemptAsync(context, async () =>
            await Chosen(socket, context.Arguments.Get<How>(0)!)
                .Timeout(TimeSpan.FromMilliseconds(context.Arguments.Get<int>(1)))
                .EmitWithAckAsync(context.Arguments.Get<string>(2)!, [])));
        socket.On("fetch", context => AttemptAsync(context, async () =>
            (await Chosen(socket, context.Arguments.Get<How>(0)!).FetchSocketsAsync())
                .Select(one => Describe(one.Id, one.Rooms, one.Data)).ToArray()));
        socket.On("remote", context => AttemptAsync(context, async () =>
        {
            var found = await Chosen(socket, context.Arguments.Get<How>(0)!).FetchSocketsAsync();
            return await found[0].EmitWithAckAsync(
                TimeSpan.FromSeconds(1), context.Arguments.Get<string>(1)!, []);
        }));
        socket.On<How, string[]>("socketsJoin",
            (how, rooms) => Chosen(socket, how).SocketsJoin(rooms), isAcknowledged: true);
        socket.On<How, string[]>("socketsLeave",
            (how, rooms) => Chosen(socket, how).SocketsLeave(rooms), isAcknowledged: true);
        socket.On<How, bool>("disconnectSockets",
            (how, close) => Chosen(socket, how).DisconnectSockets(close));
    }

    static void On<T>(
        this IOSocket socket, string name, Action<T> action, bool isAcknowledged) =>
        socket.On(name, context =>
        {
            action(context.Arguments.Get<T>(0)!);
            if (isAcknowledged)
                context.Ack();
        });

    static void On<T1, T2>(
        this IOSocket socket, string name, Action<T1, T2> action, bool isAcknowledged) =>
        socket.On(name, context =>
        {
            action(context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!);
            if (isAcknowledged)
                context.Ack();
        });

    static BroadcastOperator Chosen(IOSocket socket, How how)
    {
        var target = how.From == "socket" ? socket.Broadcast : socket.Namespace.All;
        foreach (var flag in how.Flags)
            target = flag switch
            {
                "local" => target.Local,
                "volatile" => target.Volatile,
                "compress" => target.Compress(false),
                _ => target,
            };
        return target.To(how.To).Except(how.Except);
    }

    static async Task AttemptAsync(EventContext context, Func<Task<object?>> action)
    {
        try
        {
            context.Ack("ok", await action());
        }
        catch (BroadcastTimeoutException late)
        {
            context.AckAll(["error", late.Message, late.Answers]);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
        {
            context.AckAll(["error", failure.Message, null]);
        }
    }

    static Dictionary<string, object?> Describe(
        string id, IEnumerable<string> rooms, SocketData data) => new()
        {
            ["id"] = id,
            ["rooms"] = rooms.Where(room => room != id).Order(StringComparer.Ordinal).ToArray(),
            ["data"] = data.Keys.ToDictionary(key => key, key => data[key]),
        };

    static string[] Drain(ConcurrentQueue<string> log)
    {
        var lines = new List<string>();
        while (log.TryDequeue(out var line))
            lines.Add(line);
        return [.. lines];
    }

    [GeneratedRegex(@"^/dyn-\d+$")]
    private static partial Regex Dynamic();

    /// <summary>Whom something is for, as a client says it.</summary>
    sealed record How
    {
        public string? From { get; init; }

        public string[] To { get; init; } = [];

        public string[] Except { get; init; } = [];

        public string[] Flags { get; init; } = [];
    }
}
