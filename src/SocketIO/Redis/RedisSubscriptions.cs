using System.Text;
using Microsoft.Extensions.Logging;

namespace Sluice.SocketIO.Redis;

/// <summary>The connection for subscriptions, and who listens to what.</summary>
sealed class RedisSubscriptions : IRedisLinkOwner, IAsyncDisposable
{
    readonly RedisClientOptions options;
    readonly ILogger log;
    readonly TimeProvider time;
    readonly RedisLink link;
    readonly Lock sync = new();
    readonly Dictionary<(RedisChannelKind Kind, string Name), Subscription> active = [];
    bool isReady;

    sealed class Subscription(Action<string, ReadOnlyMemory<byte>> onMessage)
    {
        public Action<string, ReadOnlyMemory<byte>> OnMessage => onMessage;

        /// <summary>Redis has confirmed it once.</summary>
        public TaskCompletionSource Confirmed { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public RedisSubscriptions(RedisClientOptions options, ILogger log, TimeProvider time)
    {
        this.options = options;
        this.log = log;
        this.time = time;
        link = new RedisLink(options, "subscriptions", this, log, time);
    }

    public bool IsReady => Volatile.Read(ref isReady);

    /// <summary>Completes when Redis has confirmed; the subscription stands in any case.</summary>
    public async Task AddAsync(
        RedisChannelKind kind, string name, Action<string, ReadOnlyMemory<byte>> onMessage)
    {
        var subscription = new Subscription(onMessage);
        lock (sync)
        {
            if (!active.TryAdd((kind, name), subscription))
                throw new InvalidOperationException($"There is a subscription to {name} already.");
            if (isReady)
                Send(Verb(kind), name);
        }

        try
        {
            await subscription.Confirmed.Task.WaitAsync(options.CommandTimeout, time);
        }
        catch (TimeoutException)
        {
            throw new RedisException(
                $"Redis at {options.Address} did not confirm a subscription within "
                + $"{options.CommandTimeout}; it will be made when Redis is there.");
        }
    }

    public Task RemoveAsync(RedisChannelKind kind, string name)
    {
        lock (sync)
        {
            if (active.Remove((kind, name), out var subscription) && isReady)
                Send(Unverb(kind), name);
            subscription?.Confirmed.TrySetResult();
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => link.DisposeAsync();

    void IRedisLinkOwner.OnReady(RedisLink link)
    {
        lock (sync)
        {
            foreach (var (kind, name) in active.Keys)
                Send(Verb(kind), name);
            isReady = true;
        }
    }

    void IRedisLinkOwner.OnLost(RedisLink link, RedisException reason)
    {
        lock (sync)
            isReady = false;
    }

    void IRedisLinkOwner.OnPing(RedisLink link) => link.TrySend("PING", []);

    void IRedisLinkOwner.OnValue(RedisLink link, RedisValue value)
    {
        if (value.Kind == RedisValueKind.Error)
        {
            log.RedisRefused(value.Text);
            return;
        }

        if (value.Items is not [var verb, var name, ..])
            return;
        switch (verb.Text)
        {
            case "message" when value.Items.Count == 3:
                Deliver(RedisChannelKind.Channel, name.Text, name.Text, value.Items[2]);
                break;
            case "smessage" when value.Items.Count == 3:
                Deliver(RedisChannelKind.Sharded, name.Text, name.Text, value.Items[2]);
                break;
            case "pmessage" when value.Items.Count == 4:
                Deliver(
                    RedisChannelKind.Pattern, name.Text, value.Items[2].Text, value.Items[3]);
                break;
            case "subscribe":
                Confirm(RedisChannelKind.Channel, name.Text);
                break;
            case "ssubscribe":
                Confirm(RedisChannelKind.Sharded, name.Text);
                break;
            case "psubscribe":
                Confirm(RedisChannelKind.Pattern, name.Text);
                break;
        }
    }

    void Deliver(RedisChannelKind kind, string name, string channel, RedisValue message)
    {
        Subscription? subscription;
        lock (sync)
            active.TryGetValue((kind, name), out subscription);
        // Null is a message beyond the limit.
        if (subscription is null || message.IsNull)
            return;
        try
        {
            subscription.OnMessage(channel, message.Bytes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            log.RedisHandlerFailed(e);
        }
    }

    void Confirm(RedisChannelKind kind, string name)
    {
        lock (sync)
            if (active.TryGetValue((kind, name), out var subscription))
                subscription.Confirmed.TrySetResult();
    }

    void Send(string command, string name) =>
        link.TrySend(command, [Encoding.UTF8.GetBytes(name)]);

    static string Verb(RedisChannelKind kind) => kind switch
    {
        RedisChannelKind.Channel => "SUBSCRIBE",
        RedisChannelKind.Pattern => "PSUBSCRIBE",
        _ => "SSUBSCRIBE",
    };

    static string Unverb(RedisChannelKind kind) => kind switch
    {
        RedisChannelKind.Channel => "UNSUBSCRIBE",
        RedisChannelKind.Pattern => "PUNSUBSCRIBE",
        _ => "SUNSUBSCRIBE",
    };
}
