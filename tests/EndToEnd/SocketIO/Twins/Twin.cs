using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using IOSocket = Sluice.SocketIO.Socket;

namespace Sluice.EndToEnd.SocketIO.Twins;

/// <summary>The programs of clients/twins/server.mjs on Sluice.SocketIO, line by line.</summary>
sealed partial class Twin(ISocketIOServer io)
{
    static readonly JsonSerializerOptions json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    readonly ConcurrentQueue<string> log = new();
    readonly ConcurrentQueue<string> refusals = new();

    public void SetUp()
    {
        io.Engine.ConnectionError += (error, _) =>
            refusals.Enqueue($"{error.Code} {error.Message}");
        io.NewNamespace += space => Say("new_namespace", space.Name);
        io.Of("/log").OnConnection(socket =>
        {
            socket.On("log", () => Drain());
            socket.On("refusals", context => context.Ack(refusals, io.Engine.SessionsCount));
        });
        SetUpRooms();
        SetUpGuarded();
        SetUpListeners();
        SetUpAnswers();
        SetUpValues();
        SetUpGoing();
        SetUpNames();
        SetUpVolatile();
        SetUpAlone();
    }

    void Say(params object?[] values) => log.Enqueue(string.Join(
        ' ', values.Select(value => value as string ?? JsonSerializer.Serialize(value, json))));

    string[] Drain()
    {
        var lines = new List<string>();
        while (log.TryDequeue(out var line))
            lines.Add(line);
        return [.. lines];
    }

    /// <summary>Its own room is left out: ids are different.</summary>
    static string[] RoomsOf(IOSocket socket) =>
        [.. socket.Rooms.Where(room => room != socket.Id).Order(StringComparer.Ordinal)];

    void SetUpRooms()
    {
        var rooms = io.Of("/rooms");
        var adapter = (InMemoryAdapter)rooms.Adapter;
        adapter.RoomCreated += room => Say("create-room", room);
        adapter.RoomDeleted += room => Say("delete-room", room);
        adapter.RoomJoined += (room, id) => Say("join-room", room, id);
        adapter.RoomLeft += (room, id) => Say("leave-room", room, id);
        rooms.OnConnection(socket =>
        {
            Say("connection", socket.Id, RoomsOf(socket), socket.Connected);
            socket.Join("lobby");
            socket.On("join", (string[] names) =>
            {
                socket.Join(names);
                return RoomsOf(socket);
            });
            socket.On("leave", (string name) =>
            {
                socket.Leave(name);
                return RoomsOf(socket);
            });
            socket.On("others join", context =>
            {
                socket.To("lobby").SocketsJoin(context.Arguments.Get<string>(0)!);
                context.Ack();
            });
            socket.On("all leave", context =>
            {
                rooms.SocketsLeave(context.Arguments.Get<string[]>(0)!);
                context.Ack();
            });
            socket.OnDisconnecting(reason =>
            {
                Say("disconnecting", reason, socket.Rooms.Count, socket.Connected);
                rooms.In(socket.Id).SocketsLeave("a");
                socket.Leave("b");
                socket.Join("late");
                socket.To("lobby").Emit("bye", socket.Rooms.Count);
                Say("left", RoomsOf(socket));
            });
            socket.OnDisconnect(reason =>
            {
                Say("disconnect", reason, socket.Rooms.Count, socket.Connected);
                socket.Emit("too late");
                Say("rooms", rooms.Adapter.Rooms.Keys.Where(name => name.Length < 20)
                    .Order(StringComparer.Ordinal));
            });
        });
    }

    void SetUpGuarded()
    {
        var guarded = io.Of("/guarded");
        guarded.Use(async (socket, next) =>
        {
            Say("first", As(socket), socket.Connected, socket.Rooms.Count);
            socket.Data["step"] = 1;
            socket.Join("early");
            socket.Emit("early", "before the answer");
            await Task.Delay(10);
            await next();
        });
        guarded.Use((socket, next) => As(socket) switch
        {
            "plain" => throw new ConnectError("plain"),
            "object" => throw new ConnectError(
                "with details",
                new { code = 42, nested = new { list = new object[] { 1, "two" } } }),
            "text" => throw new ConnectError("with text", "details"),
            "number" => throw new ConnectError("", 7),
            "no" => throw new ConnectError("é \"quoted\" <tag>", false),
            _ => next(),
        });
        guarded.Use((socket, next) =>
        {
            Say("last", As(socket));
            return next();
        });
        guarded.OnConnection(socket =>
        {
            Say("connection", new { step = socket.Data["step"] }, socket.Rooms.Count);
            socket.Use(async (context, next) =>
            {
                Say("use 1", context.Name, context.Arguments.Count);
                if (context.Name == "slow")
                    await Task.Delay(20);
                await next();
            });
            socket.Use((context, next) =>
            {
                Say("use 2", context.Name);
                return context.Name == "bad"
                    ? throw new InvalidDataException("not this") : next();
            });
            socket.OnError(error => Say("error", error.Message));
            socket.On("bad", () => Say("never"));
            socket.On("slow", () => "slow done");
            socket.On("good", (string value) => value);
        });

        static string As(IOSocket socket) => socket.Handshake.GetAuthString("as")!;
    }

    void SetUpListeners()
    {
        var listeners = io.Of("/listeners");
        listeners.OnConnection(socket =>
        {
            void First(string name, Sluice.SocketIO.Protocol.EventArguments values) =>
                Say("first", name, values.Count);
            socket.OnAny((name, values) => Say("any", name, values.Count));
            socket.PrependAny(First);
            socket.OnAnyOutgoing((name, values) => Say("out", name, values.Count));
            socket.PrependAnyOutgoing((name, _) => Say("out first", name));
            socket.Join("r");
            socket.Once("once", context => Say("once", context.Arguments.Get<int>(0)));
            var twice = socket.On("on", (int value) => Say("on", value));
            socket.On("on", (int value) => Say("on too", value));
            socket.On("off", context =>
            {
                twice.Dispose();
                context.Ack();
            });
            socket.On("none", context =>
            {
                socket.Off("on");
                context.Ack();
            });
            socket.On("send", async context =>
            {
                socket.Emit("direct", 1, 2);
                listeners.Emit("to all");
                listeners.To("r").Except("nobody").Emit("to the room", new byte[] { 1 });
                socket.Broadcast.Emit("not to me");
                socket.Compress(false).Emit("as it is");
                await socket.EmitWithAckAsync("question", ["q"]);
                await listeners.Timeout(TimeSpan.FromSeconds(1))
                    .EmitWithAckAsync("question", ["many"]);
                context.Ack();
            });
            socket.On("stop", context =>
            {
                socket.OffAny(First);
                socket.OffAnyOutgoing();
                context.Ack();
            });
            socket.On("stop all", context =>
            {
                socket.OffAny();
                context.Ack();
            });
        });
    }

    void SetUpAnswers()
    {
        var answers = io.Of("/answers");
        answers.OnConnection(socket =>
        {
            var seen = new ConcurrentDictionary<string, int>();
            Say("connection");
            socket.Join("all");
            socket.On("third time", context =>
            {
                var value = context.Arguments.Get<string>(0)!;
                var count = seen.AddOrUpdate(value, 1, (_, before) => before + 1);
                Say("third time", value, count);
                if (count == 3)
                    context.Ack("thanks for", value);
            });
            socket.On("never", context => Say(
                "never", context.Arguments.Get<int>(0), context.HasAck ? "function" : "undefined"));
            socket.On("late", async () =>
            {
                await Task.Delay(150);
                return "too late";
            });
            socket.On("twice", context =>
            {
                context.Ack("one");
                context.Ack("two");
            });
            socket.On("none", context => Say(
                "none", context.Arguments.Count + (context.HasAck ? 1 : 0)));
            socket.On("ask me", context => AttemptAsync(context, async () =>
                (await socket.Timeout(Ms(context)).EmitWithAckAsync(
                    "asked", [new { deep = new[] { new byte[] { 1, 2 } } }]))[0]));
            socket.On("ask all", context => AttemptAsync(context, async () =>
                await answers.To(context.Arguments.Get<string>(1)!).Timeout(Ms(context))
                    .EmitWithAckAsync("asked", ["all"])));
            socket.On("ask nobody", context => AttemptAsync(context, async () =>
                await answers.To("nobody").Timeout(TimeSpan.FromMilliseconds(100))
                    .EmitWithAckAsync("asked", [])));
            socket.On("ask the others", context => AttemptAsync(context, async () =>
                await socket.To("all").Timeout(Ms(context))
                    .EmitWithAckAsync("asked", ["others"])));
            socket.On("ask and go", context =>
            {
                _ = AskAndGoAsync(socket);
                context.Ack();
            });
            foreach (var name in (string[])["connect", "connect_error", "disconnect",
                "disconnecting", "newListener", "removeListener"])
            {
                Try(() => socket.Emit(name), "sent", name);
                Try(() => answers.Emit(name), "sent", name);
            }

            foreach (var name in (string[])
                ["connect", "connection", "new_namespace", "disconnect"])
                Try(() => answers.ServerSideEmit(name, []), "said", name);
        });

        static TimeSpan Ms(EventContext context) =>
            TimeSpan.FromMilliseconds(context.Arguments.Get<int>(0));
    }

    async Task AskAndGoAsync(IOSocket socket)
    {
        try
        {
            await socket.EmitWithAckAsync("unanswered", []);
            Say("answered");
        }
        catch (SocketDisconnectedException gone)
        {
            Say("gone", gone.Message);
        }
    }

    void Try(Action action, string done, string name)
    {
        try
        {
            action();
            Say(done, name);
        }
        catch (ArgumentException e)
        {
            // .NET's messages end with a full stop and the parameter's name.
            Say(e.Message.Split(". (Parameter")[0]);
        }
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
        catch (AckTimeoutException late)
        {
            context.AckAll(["error", late.Message, "none"]);
        }
    }
}
