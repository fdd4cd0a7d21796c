using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// Reads one stream, on a connection of its own, for all namespaces that are in it. Everything
/// that entries do is done one after the other, in the stream's order. When Redis was away, or
/// was another for a while, it goes on behind what it has read.
/// </summary>
sealed class StreamFollower : IAsyncDisposable
{
    static readonly TimeSpan tickInterval = TimeSpan.FromSeconds(1);

    readonly IRedisClient redis;
    readonly ReadOnlyMemory<byte> stream;
    readonly RedisAdapterOptions options;
    readonly TimeProvider time;
    readonly ILogger log;
    readonly CancellationTokenSource stop = new();
    readonly ConcurrentDictionary<string, RedisStreamsAdapter> adapters =
        new(StringComparer.Ordinal);

    /// <summary>Held by whoever does what entries say. Nobody waits for it with a thread.</summary>
    readonly SemaphoreSlim turn = new(1);
    readonly Task run;
    readonly ITimer ticks;
    readonly Lock sync = new();
    StreamId? position;

    /// <summary>Done when the position has moved; null when nobody waits for that.</summary>
    TaskCompletionSource? moved;

    /// <param name="redis">A client of its own, which is disposed of with it.</param>
    /// <param name="stream">The stream's key.</param>
    /// <param name="options">They must not change any more.</param>
    /// <param name="time">The clock of pauses.</param>
    /// <param name="log">Where it tells of failures.</param>
    public StreamFollower(
        IRedisClient redis, string stream, RedisAdapterOptions options, TimeProvider time,
        ILogger log)
    {
        this.redis = redis;
        this.stream = Encoding.UTF8.GetBytes(stream);
        this.options = options;
        this.time = time;
        this.log = log;
        ticks = time.CreateTimer(_ => Tick(), null, tickInterval, tickInterval);
        run = Task.Run(RunAsync);
    }

    public bool IsConnected => redis.IsConnected;

    /// <summary>The last entry that was read; null when reading has not begun.</summary>
    public StreamId? Position
    {
        get
        {
            lock (sync)
                return position;
        }
    }

    public void Add(string name, RedisStreamsAdapter adapter) => adapters[name] = adapter;

    public void Remove(string name, RedisStreamsAdapter adapter) =>
        adapters.TryRemove(new(name, adapter));

    /// <summary>Does something between two entries.</summary>
    public async Task InTurnAsync(Action act)
    {
        await turn.WaitAsync();
        try
        {
            act();
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Does something between two entries, once a certain one has been read.</summary>
    /// <returns>The last one before it; null when the entry was not reached in time.</returns>
    public async Task<StreamId?> InTurnAfterAsync(StreamId reached, TimeSpan patience, Action act)
    {
        using var late = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop.Token);
        while (true)
        {
            Task further;
            await turn.WaitAsync(CancellationToken.None);
            try
            {
                // It moves in turn alone.
                if (Position is { } now && now >= reached)
                {
                    act();
                    return now;
                }

                lock (sync)
                {
                    moved ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                    further = moved.Task;
                }
            }
            finally
            {
                turn.Release();
            }

            try
            {
                await further.WaitAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ticks.DisposeAsync();
        await stop.CancelAsync();
        await redis.DisposeAsync();
        await run;
    }

    async Task RunAsync()
    {
        var failures = 0;
        var isSure = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (!isSure)
                    await FindPositionAsync();
                isSure = true;
                var entries = StreamEntry.ReadMany(await redis.ExecuteAsync(
                    "XREAD",
                    [
                        "COUNT"u8.ToArray(), Bytes(options.Streams.ReadCount), "BLOCK"u8.ToArray(),
                        Bytes((long)options.Streams.BlockTime.TotalMilliseconds),
                        "STREAMS"u8.ToArray(), stream,
                        Encoding.ASCII.GetBytes($"{position}"),
                    ], stop.Token));
                failures = 0;
                await TakeAsync(entries);
            }
            catch (Exception e) when (e is RedisException or ObjectDisposedException
                or OperationCanceledException)
            {
                if (stop.IsCancellationRequested)
                    return;
                // A connection that is lost tells of itself.
                if (failures++ == 0 && redis.IsConnected)
                    log.StreamNotRead(Encoding.UTF8.GetString(stream.Span), e.Message);
                isSure = false;
                await PauseAsync(failures);
            }
        }
    }

    /// <summary>
    /// At the start, the end of the stream. After a failure, where it was; but a Redis that took
    /// another's place may be behind that, and would give nothing until it has caught up.
    /// </summary>
    async Task FindPositionAsync()
    {
        var last = StreamEntry.ReadRange(await redis.ExecuteAsync(
            "XREVRANGE", [stream, "+"u8.ToArray(), "-"u8.ToArray(), "COUNT"u8.ToArray(), Bytes(1)],
            stop.Token)) is [var entry] ? entry.Id : default;
        await InTurnAsync(() =>
        {
            if (position is null || last < position)
                MoveTo(last);
            foreach (var adapter in adapters.Values)
                adapter.DoDue();
        });
    }

    async Task TakeAsync(StreamEntry[] entries)
    {
        if (entries.Length == 0)
            return;
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            foreach (var entry in entries)
            {
                if (adapters.TryGetValue(entry.Namespace, out var adapter))
                    adapter.OnEntry(entry);
                MoveTo(entry.Id);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    void MoveTo(StreamId id)
    {
        TaskCompletionSource? waiting;
        lock (sync)
        {
            position = id;
            waiting = moved;
            moved = null;
        }

        waiting?.TrySetResult();
    }

    void Tick()
    {
        foreach (var adapter in adapters.Values)
            adapter.Tick();
    }

    async Task PauseAsync(int failures)
    {
        var pause = options.Redis.ReconnectDelayMin * Math.Pow(2, Math.Min(failures, 20) - 1);
        var longest = options.Redis.ReconnectDelayMax;
        try
        {
            await Task.Delay(pause < longest ? pause : longest, time, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    static byte[] Bytes(long number) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
}
