using Sluice.SocketIO.Adapters;

namespace Sluice.SocketIO.Redis;

/// <summary>Something that this node does when its turn has come.</summary>
/// <param name="Do">Does it.</param>
/// <param name="Id">The stream's entry that it is; null when it is not in the stream.</param>
readonly record struct StreamStep(Action<StreamId?> Do, StreamId? Id);

/// <summary>The stream as it is read.</summary>
interface IStreamOrder
{
    /// <summary>How far it has been read; null before the start.</summary>
    StreamId? Position { get; }

    /// <summary>
    /// Asks for the last entry, and waits until it was read. False when that takes too long.
    /// </summary>
    /// <exception cref="RedisException">Redis does not say.</exception>
    Task<bool> CatchUpAsync();

    /// <summary><see cref="StreamSender.TakeDue"/> has something, to be done in its turn.</summary>
    void OnDue();
}

/// <summary>
/// What a namespace of this node sends into its stream. This node does its own part when it reads
/// the entry back, between those of others, so that every node does everything in one order and a
/// socket's offsets rise. When the connection to Redis breaks, what was under way is looked for in
/// the stream and sent again when it is not there. When Redis stays away, what has waited for too
/// long, and then everything until Redis answers again, is done at once, without an offset, and
/// other nodes do not learn of it.
/// </summary>
/// <param name="redis">For XADD; commands go out in their order.</param>
/// <param name="host">The namespace.</param>
/// <param name="patience">How long something may wait for Redis.</param>
/// <param name="publisher">Tells of failures.</param>
/// <param name="order">The stream.</param>
sealed class StreamSender(
    IRedisClient redis, IAdapterHost host, TimeSpan patience, ClusterPublisher publisher,
    IStreamOrder order) : IDisposable
{
    static readonly TimeSpan retryInterval = TimeSpan.FromMilliseconds(20);

    readonly Lock sync = new();
    readonly Queue<Item> pending = new();
    long pendingBytes;

    /// <summary>Taken, and not done yet.</summary>
    int taken;

    /// <summary>A connection broke; nothing goes out until it is known what is in the stream.</summary>
    bool isResolving;
    bool isAway;
    bool isProbing;

    /// <summary>
    /// Cancelled when Redis counts as away, so that nothing is added after it was done; null until
    /// something was sent.
    /// </summary>
    CancellationTokenSource? present;

    bool IsAway
    {
        get
        {
            lock (sync)
                return isAway;
        }
    }

    enum State
    {
        /// <summary>It goes out when it is known what became of those before it.</summary>
        Held,

        /// <summary>On its way to the stream.</summary>
        Adding,

        /// <summary>It was on its way when the connection broke: in the stream, or not.</summary>
        Unknown,

        /// <summary>In the stream, and not read back.</summary>
        Added,

        /// <summary>Not in the stream: done when it is the first.</summary>
        Due,

        /// <summary>Taken, while others before it wait.</summary>
        Gone,
    }

    sealed class Item(Action<StreamId?> act, ReadOnlyMemory<byte>[] arguments, long sentAt)
    {
        public Action<StreamId?> Act => act;

        /// <summary>Of XADD; none for what is for this node alone.</summary>
        public ReadOnlyMemory<byte>[] Arguments => arguments;

        /// <summary>By which its entry is known again.</summary>
        public ReadOnlyMemory<byte> Data => arguments is [.., var data] ? data : default;

        public long SentAt => sentAt;

        public State State { get; set; }

        /// <summary>When it is in the stream.</summary>
        public StreamId Id { get; set; }

        /// <summary>The last attempt to add it; null when it does not matter any more.</summary>
        public Task<RedisValue>? Attempt { get; set; }

        public int AttemptsCount { get; set; }

        public StreamStep Step => new(act, State == State.Added ? Id : null);
    }

    /// <summary>Adds something to the stream.</summary>
    /// <param name="arguments">Of XADD; the last of them is the data.</param>
    /// <param name="act">Done once, in its turn.</param>
    public void Send(ReadOnlyMemory<byte>[] arguments, Action<StreamId?> act)
    {
        var item = new Item(act, arguments, host.Time.GetTimestamp());
        Task<RedisValue>? attempt = null;
        CancellationTokenSource? over = null;
        bool isDue;
        lock (sync)
        {
            pending.Enqueue(item);
            pendingBytes += item.Data.Length;
            if (!isAway && (pendingBytes > Limits.PendingBytesMax
                || pending.Count > Limits.PendingMax))
                over = GoAway();
            isDue = isAway;
            if (isDue)
                item.State = State.Due;
            else if (!isResolving)
                attempt = Start(item);
        }

        over?.Cancel();
        if (attempt is not null)
            _ = WatchAsync(item, attempt);
        if (!isDue)
            return;
        publisher.Complain("Redis does not answer.");
        order.OnDue();
    }

    /// <summary>
    /// Does something that is for this node alone behind what was sent before; at once when
    /// nothing waits.
    /// </summary>
    public void Follow(Action act)
    {
        lock (sync)
        {
            if (First() is not null || taken > 0)
            {
                pending.Enqueue(new Item(_ => act(), [], host.Time.GetTimestamp())
                {
                    State = State.Due,
                });
                return;
            }
        }

        act();
    }

    /// <summary>
    /// An entry of this node was read: it, and what is due before and behind it. None when it was
    /// done already. Whoever takes it does it, in turn, and says so with <see cref="Done"/>.
    /// </summary>
    public List<StreamStep> Take(StreamId id, ReadOnlySpan<byte> data)
    {
        var steps = new List<StreamStep>(1);
        lock (sync)
        {
            AddDue(steps);
            // What is left before it, if anything, will come: the stream's order counts.
            foreach (var item in pending)
            {
                if (item.State == State.Gone || item.Arguments.Length == 0
                    || !data.SequenceEqual(item.Data.Span))
                    continue;
                steps.Add(new StreamStep(item.Act, id));
                Leave(item);
                break;
            }

            AddDue(steps);
        }

        return steps;
    }

    /// <summary>
    /// What need not be read back, or has waited for too long; as <see cref="Take"/>.
    /// </summary>
    public List<StreamStep> TakeDue()
    {
        var steps = new List<StreamStep>();
        lock (sync)
            AddDue(steps);
        return steps;
    }

    /// <summary>So many steps have been done; others may be due now.</summary>
    public void Done(int count)
    {
        lock (sync)
            taken -= count;
    }

    /// <summary>Time has passed: looks whether Redis is away, or has come back.</summary>
    public void Tick()
    {
        CancellationTokenSource? over = null;
        var isLate = false;
        var probes = false;
        lock (sync)
        {
            if (First() is { } first && IsLate(first))
            {
                isLate = true;
                if (first.State is not (State.Added or State.Due) && !isAway)
                    over = GoAway();
            }

            if (isAway && !isProbing)
                probes = isProbing = true;
        }

        over?.Cancel();
        if (isLate)
            order.OnDue();
        if (probes)
            _ = ProbeAsync();
    }

    public void Dispose()
    {
        lock (sync)
        {
            present?.Dispose();
            present = null;
        }
    }

    /// <summary>
    /// Call with the lock, so that entries stand in the stream in the order in which they wait.
    /// </summary>
    Task<RedisValue> Start(Item item)
    {
        item.State = State.Adding;
        item.AttemptsCount++;
        return item.Attempt = redis.ExecuteAsync(
            "XADD", item.Arguments, (present ??= new()).Token);
    }

    async Task WatchAsync(Item item, Task<RedisValue> attempt)
    {
        try
        {
            var answer = await attempt;
            if (!StreamId.TryParse(answer.Text, out var id))
                throw new RedisException("Redis did not answer XADD with an id.");
            lock (sync)
            {
                if (item.State == State.Gone)
                    return;
                item.Id = id;
                item.State = State.Added;
            }

            // Usually it was read before, or is about to be.
            if (order.Position is { } position && id <= position)
                order.OnDue();
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException
            or OperationCanceledException)
        {
            OnFailed(item, attempt, e);
        }
    }

    void OnFailed(Item item, Task<RedisValue> attempt, Exception reason)
    {
        CancellationTokenSource? over = null;
        var resolves = false;
        lock (sync)
        {
            if (item.Attempt != attempt || item.State != State.Adding)
                return;
            // It was waited for, in vain. What fails at once had a connection until then.
            if (host.Time.GetElapsedTime(item.SentAt) >= patience / 2)
                over = GoAway();
            else if (reason is RedisException { IsRefusal: true }
                || item.AttemptsCount >= Limits.AttemptsMax)
                item.State = State.Due;
            else
                (resolves, over) = (true, Hold());
        }

        over?.Cancel();
        if (resolves)
        {
            _ = ResolveAsync();
            return;
        }

        publisher.Complain(reason.Message);
        order.OnDue();
    }

    /// <summary>
    /// The connection broke, and commands with it. What is not in the stream once another
    /// connection answers did not reach Redis: it goes out again, before what came after it.
    /// </summary>
    async Task ResolveAsync()
    {
        var isKnown = await CatchUpAsync();
        var again = new List<(Item Item, Task<RedisValue> Attempt)>();
        CancellationTokenSource? over = null;
        lock (sync)
        {
            isResolving = false;
            if (!isKnown && !isAway)
                over = GoAway();
            foreach (var item in pending)
            {
                if (item.State is not (State.Unknown or State.Held))
                    continue;
                again.Add((item, Start(item)));
            }
        }

        over?.Cancel();
        foreach (var (item, attempt) in again)
            _ = WatchAsync(item, attempt);
        order.OnDue();
    }

    /// <summary>False when Redis is away, or of no use.</summary>
    async Task<bool> CatchUpAsync()
    {
        while (true)
        {
            try
            {
                return await order.CatchUpAsync();
            }
            catch (Exception e) when (e is RedisException or ObjectDisposedException)
            {
                // The next connection may break too.
                if (IsAway || e is not RedisException { IsRefusal: false })
                    return false;
            }

            await Task.Delay(retryInterval, host.Time);
        }
    }

    async Task ProbeAsync()
    {
        var isBack = false;
        try
        {
            await redis.ExecuteAsync("PING", []);
            isBack = true;
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException)
        {
            // It is asked again.
        }

        lock (sync)
        {
            isProbing = false;
            if (isBack)
                isAway = false;
        }
    }

    /// <summary>Call with the lock; cancel what it gives without it.</summary>
    CancellationTokenSource? GoAway()
    {
        isAway = true;
        return Cancel(State.Due);
    }

    /// <summary>As <see cref="GoAway"/>: what waits for a connection must not overtake.</summary>
    CancellationTokenSource? Hold()
    {
        isResolving = true;
        return Cancel(State.Unknown);
    }

    CancellationTokenSource? Cancel(State state)
    {
        foreach (var item in pending)
            if (item.State == State.Adding
                || (state == State.Due && item.State is State.Held or State.Unknown))
                (item.State, item.Attempt) = (state, null);
        var over = present;
        present = null;
        return over;
    }

    void AddDue(List<StreamStep> steps)
    {
        while (First() is { } first && (first.State == State.Due || IsLate(first)
            || (first.State == State.Added && order.Position is { } position
                && first.Id <= position)))
        {
            steps.Add(first.Step);
            Leave(first);
        }
    }

    /// <summary>The first that is not gone.</summary>
    Item? First()
    {
        while (pending.TryPeek(out var first))
        {
            if (first.State != State.Gone)
                return first;
            pending.Dequeue();
        }

        return null;
    }

    bool IsLate(Item item) => host.Time.GetElapsedTime(item.SentAt) >= patience;

    void Leave(Item item)
    {
        item.State = State.Gone;
        taken++;
        pendingBytes -= item.Data.Length;
    }
}
