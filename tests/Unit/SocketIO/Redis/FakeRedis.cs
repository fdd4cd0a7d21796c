using System.Globalization;
using System.Text;
using Sluice.SocketIO.Redis;

namespace Sluice.Unit.SocketIO.Redis;

/// <summary>
/// As much of Redis as the streams adapter needs, in memory. Commands are answered at once, but
/// for reads that block.
/// </summary>
sealed class FakeRedis : IRedisClient
{
    readonly Lock sync = new();
    readonly List<(StreamId Id, RedisValue Value)> entries = [];
    readonly Dictionary<string, ReadOnlyMemory<byte>> keys = new(StringComparer.Ordinal);
    TaskCompletionSource added = new(TaskCreationOptions.RunContinuationsAsynchronously);
    ulong lastMs = 1000;

    /// <summary>Commands but for reads of the stream, as text.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>What XADD does before it is done; it may throw.</summary>
    public Func<Task>? BeforeAdding { get; set; }

    public bool IsConnected => true;

    public Dictionary<string, ReadOnlyMemory<byte>> Keys => keys;

    public async Task<RedisValue> ExecuteAsync(
        string command, IReadOnlyList<ReadOnlyMemory<byte>> arguments,
        CancellationToken cancel = default)
    {
        string[] texts = [.. arguments.Select(argument => Encoding.UTF8.GetString(argument.Span))];
        if (command is not ("XREAD" or "XREVRANGE" or "PING"))
            lock (sync)
                Commands.Add(string.Join(' ', texts.Prepend(command)));
        switch (command)
        {
            case "XADD":
                if (BeforeAdding is { } before)
                    await before();
                return Text(Add([.. texts[5..]]).ToString());
            case "XREAD":
                return await ReadAsync(texts, cancel);
            case "XRANGE":
                return Range(Parse(texts[1]), Parse(texts[2]), int.Parse(texts[4], Culture));
            case "XREVRANGE":
                lock (sync)
                    return Items(entries.Count == 0 ? [] : [entries[^1].Value]);
            case "SET":
                keys[texts[0]] = arguments[1];
                return Text("OK");
            case "GET":
                return keys.TryGetValue(texts[0], out var value)
                    ? RedisValue.FromBytes(value) : default;
            case "DEL":
                return RedisValue.FromNumber(keys.Remove(texts[0]) ? 1 : 0);
            case "PUBSUB":
                return Items([Text(texts[1]), RedisValue.FromNumber(1)]);
            default:
                return RedisValue.FromNumber(0);
        }
    }

    /// <summary>What another node adds: pairs of field and value.</summary>
    public StreamId Add(params string[] fields)
    {
        TaskCompletionSource waiting;
        StreamId id;
        lock (sync)
        {
            id = new StreamId(++lastMs, 0);
            entries.Add((id, Items([
                Text(id.ToString()), Items([.. fields.Select(Text)]),
            ])));
            waiting = added;
            added = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiting.TrySetResult();
        return id;
    }

    public void Trim()
    {
        lock (sync)
            entries.Clear();
    }

    public Task SubscribeAsync(
        RedisChannelKind kind, string name, Action<string, ReadOnlyMemory<byte>> onMessage) =>
        Task.CompletedTask;

    public Task UnsubscribeAsync(RedisChannelKind kind, string name) => Task.CompletedTask;

    public IRedisClient OpenBlocking(TimeSpan longest) => this;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    static CultureInfo Culture => CultureInfo.InvariantCulture;

    async Task<RedisValue> ReadAsync(string[] texts, CancellationToken cancel)
    {
        var after = Parse(texts[^1]);
        while (true)
        {
            Task waiting;
            lock (sync)
            {
                RedisValue[] later =
                    [.. entries.Where(entry => entry.Id > after).Select(entry => entry.Value)];
                if (later.Length > 0)
                    return Items([Items([Text(texts[^2]), Items(later)])]);
                waiting = added.Task;
            }

            await waiting.WaitAsync(cancel);
        }
    }

    RedisValue Range(StreamId from, StreamId upTo, int count)
    {
        lock (sync)
            return Items([.. entries.Where(entry => entry.Id >= from && entry.Id <= upTo)
                .Take(count).Select(entry => entry.Value)]);
    }

    static StreamId Parse(string text) =>
        StreamId.TryParse(text, out var id) ? id : throw new FormatException(text);

    static RedisValue Text(string text) => RedisValue.FromBytes(Encoding.UTF8.GetBytes(text));

    static RedisValue Items(RedisValue[] items) => RedisValue.FromItems(items);
}
