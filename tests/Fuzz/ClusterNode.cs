using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Redis;

namespace Sluice.Fuzz;

/// <summary>
/// One node of a cluster with two clients, the second in the room "r". Redis, the clock and the
/// connections are the test's.
/// </summary>
sealed class ClusterNode : IAdapterFactory
{
    readonly RedisAdapterKind kind;
    readonly Func<EngineSession, IEngineHandler> accept;
    FakeClient[] clients = [];

    public ClusterNode(RedisAdapterKind kind)
    {
        this.kind = kind;
        var server = new SocketIOServer(
            new SocketIOOptions(), Log, Clock, NoServices.Instance, this);
        accept = server.Accept;
        IO = server;
        IO.OnServerSide("said", context =>
        {
            foreach (var argument in context.Arguments)
                argument.As<System.Text.Json.JsonElement>();
            context.Ack(context.Arguments.Count);
            return default;
        });
        Restore();
    }

    public bool IsSharded => kind == RedisAdapterKind.Sharded;

    public FakeRedis Redis { get; } = new();

    public FakeClock Clock { get; } = new();

    public ErrorLog Log { get; } = new();

    public ISocketIOServer IO { get; }

    public IReadOnlyList<FakeClient> Clients => clients;

    public Adapter Create(IAdapterHost host)
    {
        var options = new RedisAdapterOptions { Kind = kind };
        return IsSharded
            ? new ShardedRedisAdapter(host, Redis, options)
            : new RedisAdapter(host, Redis, options);
    }

    /// <summary>Both clients are there, in their own rooms, and nothing is remembered.</summary>
    public void Restore()
    {
        if (clients.Length == 0 || clients.Any(client => IO.Find(client.SocketId) is null))
        {
            foreach (var client in clients)
                client.Close();
            clients = [new FakeClient(accept), new FakeClient(accept)];
        }

        foreach (var socket in IO.Sockets)
            foreach (var room in socket.Rooms)
                if (room != socket.Id)
                    socket.Leave(room);
        IO.Find(clients[1].SocketId)!.Join("r");
        foreach (var client in clients)
            client.Received.Clear();
        Redis.Published.Clear();
        Clock.PassAll();
        Log.Errors.Clear();
    }
}

/// <summary>Keeps what is said and lets a test say things.</summary>
sealed class FakeRedis : IRedisClient
{
    readonly Dictionary<string, Action<string, ReadOnlyMemory<byte>>> listeners = [];

    public List<byte[]> Published { get; } = [];

    public bool IsConnected => true;

    /// <summary>A message on a channel that matches a subscription.</summary>
    public void Say(string subscription, string channel, byte[] message) =>
        listeners[subscription](channel, message);

    /// <summary>Where this node alone is answered.</summary>
    public string OwnChannel(string prefix) =>
        listeners.Keys.First(name => name.StartsWith(prefix, StringComparison.Ordinal)
            && name.Length > prefix.Length && !name.EndsWith("#r#", StringComparison.Ordinal));

    public Task<RedisValue> ExecuteAsync(
        string command, IReadOnlyList<ReadOnlyMemory<byte>> arguments, CancellationToken cancel)
    {
        // Two nodes, when it is counted.
        if (command == "PUBSUB")
            return Task.FromResult(RedisValue.FromItems(
                [RedisValue.FromBytes(arguments[1]), RedisValue.FromNumber(2)]));
        Published.Add(arguments[1].ToArray());
        return Task.FromResult(RedisValue.FromNumber(2));
    }

    public Task SubscribeAsync(
        RedisChannelKind kind, string name, Action<string, ReadOnlyMemory<byte>> onMessage)
    {
        listeners.Add(name, onMessage);
        return Task.CompletedTask;
    }

    public Task UnsubscribeAsync(RedisChannelKind kind, string name)
    {
        listeners.Remove(name);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => default;
}

/// <summary>A client in the main namespace that answers every question.</summary>
sealed class FakeClient : EngineSession
{
    readonly IEngineHandler handler;

    /// <param name="accept">The server.</param>
    /// <param name="connect">The packet CONNECT.</param>
    public FakeClient(Func<EngineSession, IEngineHandler> accept, string connect = "0")
    {
        handler = accept(this);
        handler.OnMessage(Encoding.UTF8.GetBytes(connect), isBinary: false);
    }

    public List<EngineMessage> Received { get; } = [];

    public bool IsClosed { get; private set; }

    /// <summary>Empty until CONNECT is answered.</summary>
    public string SocketId { get; private set; } = "";

    public override string Id => "engineidengineidengi";

    public override int ProtocolVersion => 4;

    public override string TransportName => "websocket";

    public override bool IsWritable => true;

    public override EngineHandshake Handshake { get; } = new()
    {
        Headers = new HeaderDictionary(), Query = new QueryCollection(), Url = "/socket.io/",
        Address = "127.0.0.1", IsCrossDomain = false, IsSecure = false, Time = default,
        User = new ClaimsPrincipal(), Services = NoServices.Instance,
    };

    public override Task<bool> DrainAsync(CancellationToken cancel) => Task.FromResult(!IsClosed);

    public override bool Send(ReadOnlySpan<EngineMessage> messages, bool compress)
    {
        if (IsClosed)
            return false;
        Received.AddRange(messages);
        const string answer = "40{\"sid\":\"";
        foreach (var message in messages)
            if (!message.IsBinary && message.Bytes.Span.StartsWith("40{\"sid\":\""u8))
                SocketId = Encoding.UTF8.GetString(message.Bytes.Span)[answer.Length..]
                    .Split('"')[0];
        return true;
    }

    public override void Close(string reason = CloseReasons.ForcedClose)
    {
        if (IsClosed)
            return;
        IsClosed = true;
        handler.OnClosed(reason);
    }

    public void Acknowledge(long id) =>
        handler.OnMessage(Encoding.UTF8.GetBytes($"3{id}[1]"), isBinary: false);
}

/// <summary>Keeps what is an error, and counts what was ignored.</summary>
sealed class ErrorLog : ILoggerFactory, ILogger
{
    public List<string> Errors { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            Errors.Add($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}

/// <summary>Time that passes all at once; counts who waits for it.</summary>
sealed class FakeClock : TimeProvider
{
    readonly List<Timer> running = [];

    public int RunningCount
    {
        get
        {
            lock (running)
                return running.Count;
        }
    }

    public override long GetTimestamp() => 0;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>All that is waited for happens.</summary>
    public void PassAll()
    {
        Timer[] due;
        lock (running)
        {
            due = [.. running];
            running.Clear();
        }

        foreach (var timer in due)
            timer.Run();
    }

    sealed class Timer(FakeClock clock, TimerCallback callback, object? state) : ITimer
    {
        public void Run() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock.running)
            {
                clock.running.Remove(this);
                if (dueTime >= TimeSpan.Zero)
                    clock.running.Add(this);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}

sealed class NoServices : IServiceProvider
{
    public static NoServices Instance { get; } = new();

    public object? GetService(Type serviceType) => null;
}
