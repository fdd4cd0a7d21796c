using System.Text;
using Sluice.SocketIO;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Redis;

namespace Sluice.Fuzz;

/// <summary>
/// One node that recovers connections through streams, with one client in the room "r". Redis, the
/// clock and the connections are the test's.
/// </summary>
sealed class StreamNode : IAdapterFactory
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    readonly Func<EngineSession, IEngineHandler> accept;
    FakeClient? client;

    public StreamNode()
    {
        var server = new SocketIOServer(
            new SocketIOOptions { ConnectionStateRecovery = new() }, Log, Clock,
            NoServices.Instance, this);
        accept = server.Accept;
        IO = server;
        Redis.AwaitReader();
    }

    public StreamRedis Redis { get; } = new();

    public FakeClock Clock { get; } = new();

    public ErrorLog Log { get; } = new();

    public ISocketIOServer IO { get; }

    public FakeClient Client => client!;

    public Adapter Create(IAdapterHost host)
    {
        var options = new RedisAdapterOptions { Kind = RedisAdapterKind.Streams };
        return new RedisStreamsAdapter(
            host, Redis, options, new RedisStreams(Redis, options, Log));
    }

    /// <summary>The client is there and in its rooms, and nothing is remembered.</summary>
    public void Restore()
    {
        if (client is null || IO.Find(client.SocketId) is null)
            client = Connect("0");
        var socket = IO.Find(client.SocketId)!;
        foreach (var room in socket.Rooms)
            if (room != socket.Id)
                socket.Leave(room);
        socket.Join("r");
        client.Received.Clear();
        Redis.Forget();
        Clock.PassAll();
        Log.Errors.Clear();
    }

    /// <summary>A client that sends this CONNECT, once it is answered.</summary>
    public FakeClient Connect(string packet)
    {
        var one = new FakeClient(accept, packet);
        Promise.Holds(
            SpinWait.SpinUntil(() => one.SocketId.Length > 0 || one.IsClosed, patience),
            "CONNECT is answered");
        return one;
    }

    /// <summary>An answer to XREAD; when this returns, everything in it is done.</summary>
    public void Answer(RedisValue answer)
    {
        Redis.Answer(answer);
        // What is no answer is complained of, and asked for again after a pause.
        while (!Redis.AwaitReader(TimeSpan.FromMilliseconds(1)))
            Clock.PassAll();
    }
}

/// <summary>A Redis with one stream and the sessions that a test puts there.</summary>
sealed class StreamRedis : IRedisClient
{
    readonly ManualResetEventSlim isRead = new();
    readonly List<RedisValue> entries = [];
    TaskCompletionSource<RedisValue> reading = new();
    ulong last = 1000;

    /// <summary>Sessions by their keys.</summary>
    public Dictionary<string, ReadOnlyMemory<byte>> Keys { get; } = [];

    public bool IsConnected => true;

    /// <summary>One entry of another node, which is in the stream from now on.</summary>
    /// <returns>The entry's id, and what XREAD answers.</returns>
    public (string Id, RedisValue Answer) Add(int type, byte[] data)
    {
        var id = $"{++last}-0";
        var entry = Items(Text(id), Items(
            Text("uid"), Text("x"), Text("nsp"), Text("/"), Text("type"), Text($"{type}"),
            Text("data"), RedisValue.FromBytes(data)));
        entries.Add(entry);
        return (id, Items(Items(Text("socket.io"), Items(entry))));
    }

    public void Forget()
    {
        Keys.Clear();
        entries.Clear();
    }

    public void Answer(RedisValue answer)
    {
        isRead.Reset();
        // Whoever reads goes on in this call.
        reading.SetResult(answer);
    }

    public bool AwaitReader(TimeSpan? patience = null) =>
        isRead.Wait(patience ?? TimeSpan.FromSeconds(10));

    public Task<RedisValue> ExecuteAsync(
        string command, IReadOnlyList<ReadOnlyMemory<byte>> arguments, CancellationToken cancel)
    {
        switch (command)
        {
            case "XREAD":
                reading = new();
                isRead.Set();
                return reading.Task;
            case "XREVRANGE":
                return Task.FromResult(
                    entries.Count == 0 ? default : Items(entries[^1]));
            case "XRANGE":
                var from = Encoding.UTF8.GetString(arguments[1].Span);
                var start = entries.FindIndex(entry => entry.Items[0].Text == from);
                return Task.FromResult(start < 0 ? default : arguments[1].Span.SequenceEqual(
                    arguments[2].Span) ? Items(entries[start]) : Items([.. entries[start..]]));
            case "SET":
                Keys[Encoding.UTF8.GetString(arguments[0].Span)] = arguments[1].ToArray();
                return Task.FromResult(Text("OK"));
            case "GET":
                return Task.FromResult(Keys.TryGetValue(
                    Encoding.UTF8.GetString(arguments[0].Span), out var value)
                    ? RedisValue.FromBytes(value) : default);
            case "DEL":
                return Task.FromResult(RedisValue.FromNumber(
                    Keys.Remove(Encoding.UTF8.GetString(arguments[0].Span)) ? 1 : 0));
            case "PUBSUB":
                return Task.FromResult(Items(
                    RedisValue.FromBytes(arguments[1]), RedisValue.FromNumber(2)));
            default:
                return Task.FromResult(RedisValue.FromNumber(2));
        }
    }

    public Task SubscribeAsync(
        RedisChannelKind kind, string name, Action<string, ReadOnlyMemory<byte>> onMessage) =>
        Task.CompletedTask;

    public Task UnsubscribeAsync(RedisChannelKind kind, string name) => Task.CompletedTask;

    public IRedisClient OpenBlocking(TimeSpan longest) => this;

    public ValueTask DisposeAsync() => default;

    static RedisValue Text(string text) => RedisValue.FromBytes(Encoding.UTF8.GetBytes(text));

    static RedisValue Items(params RedisValue[] items) => RedisValue.FromItems(items);
}
