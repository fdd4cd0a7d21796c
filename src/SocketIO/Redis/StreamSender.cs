using Sluice.SocketIO.Adapters;

namespace Sluice.SocketIO.Redis;

/// <summary>Something that this node does when its turn has come.</summary>
/// <param name="Do">Does it.</param>
/// <param name="Id">The stream's entry that it is; null when it is not in the stream.</param>
readonly record struct StreamStep(Action<StreamId?> Do, StreamId? Id);

/// <summary>
/// What a namespace of this node sends into its stream. This node does its own part when it reads
/// the entry back, between those of others, so that every node does everything in one order and a
/// socket's offsets rise. While Redis is away that would be never: what has waited for too long,
/// and then everything until Redis answers again, is done at once, without an offset, and other
/// nodes do not learn of it.
/// </summary>
/// <param name="redis">For XADD; commands go out in their order.</param>
/// <param name="host">The namespace.</param>
/// <param name="patience">How long something may wait for Redis.</param>
/// <param name="publisher">Tells of failures.</param>
sealed class StreamSender(
    IRedisClient redis, IAdapterHost host, TimeSpan patience, ClusterPublisher publisher)
    : IDisposable
{
    readonly Lock sync = new();
    readonly Queue<Item> pending = new();
    long pendingBytes;

    /// <summary>Taken, and not done yet.</summary>
    int taken;
    bool isAway;
    bool isProbing;

    /// <summary>
    /// Cancelled when Redis counts as away, so that nothing is added after it was done; null until
    /// something was sent.
    /// </summary>
    CancellationTokenSource? present;

    enum State
    {
        /// <summary>On its way to the stream.</summary>
        Adding,

        /// <summary>In the stream, and not read back.</summary>
        Added,

        /// <summary>Not in the stream as far as anybody knows: done when it is the first.</summary>
        Due,
    }

    sealed class Item(Action<StreamId?> act, byte[] data, long sentAt)
    {
        public Action<StreamId?> Act => act;

        public byte[] Data => data;

        public long SentAt => sentAt;

        public State State { get; set; }

        /// <summary>When it is in the stream.</summary>
        public StreamId Id { get; set; }

        public StreamStep Step => new(act, State == State.Added ? Id : null);
    }

    /// <summary>Told that <see cref="TakeDue"/> has something; with no lock held.</summary>
    public Action? OnDue { get; set; }

    /// <summary>How far the stream has been read.</summary>
    public Func<StreamId?> Position { get; set; } = () => null;

    /// <summary>Redis does not answer; what is sent goes to this node alone.</summary>
    public bool IsAway
    {
        get
        {
            lock (sync)
                return isAway;
        }
    }

    /// <summary>Adds something to the stream.</summary>
    /// <param name="arguments">Of XADD; the last of them is the data.</param>
    /// <param name="data">By which it is known again.</param>
    /// <param name="act">Done once, in its turn.</param>
    public void Send(ReadOnlyMemory<byte>[] arguments, byte[] data, Action<StreamId?> act)
    {
        var item = new Item(act, data, host.Time.GetTimestamp());
        Task<RedisValue>? adding = null;
        CancellationTokenSource? over = null;
        lock (sync)
        {
            pending.Enqueue(item);
            pendingBytes += data.Length;
            if (!isAway && (pendingBytes > Limits.PendingBytesMax
                || pending.Count > Limits.PendingMax))
                over = GoAway();
            if (isAway)
                item.State = State.Due;
            else
                // Under the lock: entries stand in the stream in the order in which they wait.
                adding = redis.ExecuteAsync("XADD", arguments, (present ??= new()).Token);
        }

        over?.Cancel();
        if (adding is not null)
        {
            _ = WatchAsync(item, adding);
            return;
        }

        publisher.Complain("Redis does not answer.");
        OnDue?.Invoke();
    }

    /// <summary>
    /// Does something that is for this node alone behind what was sent before; at once when
    /// nothing waits.
    /// </summary>
    public void Follow(Action act)
    {
        lock (sync)
        {
            if (pending.Count + taken > 0)
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
    /// An entry of this node was read: it, what is before it and not in the stream, and what comes
    /// behind it and is due. None when it was done already. Whoever takes it does it, in turn, and
    /// says so with <see cref="Done"/>.
    /// </summary>
    public List<StreamStep> Take(StreamId id, ReadOnlySpan<byte> data)
    {
        var steps = new List<StreamStep>(1);
        lock (sync)
        {
            var before = 0;
            var isThere = false;
            foreach (var item in pending)
            {
                isThere = item.Data.Length > 0 && data.SequenceEqual(item.Data);
                if (isThere)
                    break;
                before++;
            }

            if (!isThere)
                return steps;
            for (; before > 0; before--)
                steps.Add(Dequeue().Step);
            steps.Add(new StreamStep(Dequeue().Act, id));
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
            if (pending.TryPeek(out var first) && IsLate(first))
            {
                isLate = true;
                if (first.State == State.Adding && !isAway)
                    over = GoAway();
            }

            if (isAway && !isProbing)
                probes = isProbing = true;
        }

        over?.Cancel();
        if (isLate)
            OnDue?.Invoke();
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

    async Task WatchAsync(Item item, Task<RedisValue> adding)
    {
        CancellationTokenSource? over = null;
        try
        {
            var answer = await adding;
            if (!StreamId.TryParse(answer.Text, out var id))
                throw new RedisException("Redis did not answer XADD with an id.");
            lock (sync)
            {
                item.Id = id;
                item.State = State.Added;
            }

            // Usually it was read before, or is about to be.
            if (Position() is not { } position || id > position)
                return;
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException
            or OperationCanceledException)
        {
            lock (sync)
            {
                item.State = State.Due;
                // It was waited for, in vain. What fails at once had a connection until then.
                if (!isAway && host.Time.GetElapsedTime(item.SentAt) >= patience / 2)
                    over = GoAway();
            }

            publisher.Complain(e.Message);
        }

        over?.Cancel();
        OnDue?.Invoke();
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
        foreach (var item in pending)
            if (item.State == State.Adding)
                item.State = State.Due;
        var over = present;
        present = null;
        return over;
    }

    void AddDue(List<StreamStep> steps)
    {
        while (pending.TryPeek(out var first) && (first.State == State.Due
            || (first.State == State.Added && Position() is { } position && first.Id <= position)
            || IsLate(first)))
            steps.Add(Dequeue().Step);
    }

    bool IsLate(Item item) => host.Time.GetElapsedTime(item.SentAt) >= patience;

    Item Dequeue()
    {
        var item = pending.Dequeue();
        taken++;
        pendingBytes -= item.Data.Length;
        return item;
    }
}
