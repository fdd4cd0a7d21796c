using System.Text;
using Microsoft.Extensions.Logging;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// A small client of one Redis: two connections, one for commands and one for subscriptions, as
/// RESP 2 wants it. Both come back by themselves. While Redis is away commands wait for as long as
/// the options say and then fail; what waits is bounded.
/// </summary>
public sealed class RedisClient : IRedisClient, IRedisLinkOwner
{
    readonly RedisClientOptions options;
    readonly ILogger log;
    readonly TimeProvider time;
    readonly RedisLink commands;

    /// <summary>Null for a client that is for commands alone.</summary>
    readonly RedisSubscriptions? subscriptions;
    readonly Lock sync = new();

    /// <summary>Sent, and not answered.</summary>
    readonly Queue<Command> sent = new();

    /// <summary>Not sent, because there is no connection.</summary>
    readonly Queue<Command> unsent = new();
    long unsentBytes;
    bool isReady;
    bool isDisposed;
    RedisException? lostBy;

    /// <summary>A command on its way.</summary>
    sealed class Command(string name, IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        public string Name => name;

        public IReadOnlyList<ReadOnlyMemory<byte>> Arguments => arguments;

        public long Size { get; } = name.Length + arguments.Sum(argument => (long)argument.Length);

        public TaskCompletionSource<RedisValue> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Connects in the background, and again whenever the connection is lost.</summary>
    /// <param name="options">They must not change any more.</param>
    /// <param name="log">Where it tells of lost connections.</param>
    /// <param name="time">The clock of timeouts.</param>
    public RedisClient(RedisClientOptions options, ILogger log, TimeProvider time)
        : this(options, log, time, "commands") =>
        subscriptions = new RedisSubscriptions(options, log, time);

    RedisClient(RedisClientOptions options, ILogger log, TimeProvider time, string purpose)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.log = log;
        this.time = time;
        commands = new RedisLink(options, purpose, this, log, time);
    }

    /// <summary>One that subscribes to nothing, and so has one connection.</summary>
    internal static RedisClient ForCommands(
        RedisClientOptions options, ILogger log, TimeProvider time) =>
        new(options, log, time, "commands");

    public bool IsConnected => Volatile.Read(ref isReady) && subscriptions?.IsReady != false;

    public async Task<RedisValue> ExecuteAsync(
        string command, IReadOnlyList<ReadOnlyMemory<byte>> arguments,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var pending = new Command(command, arguments);
        Enqueue(pending);
        RedisValue answer;
        try
        {
            answer = await pending.Answer.Task.WaitAsync(options.CommandTimeout, time, cancel);
        }
        catch (TimeoutException)
        {
            var late = Late(command);
            // Nobody waits for it any more: it is not sent when the connection comes back.
            pending.Answer.TrySetException(late);
            _ = pending.Answer.Task.Exception;
            throw late;
        }
        catch (OperationCanceledException)
        {
            pending.Answer.TrySetCanceled(cancel);
            throw;
        }

        return answer.Kind == RedisValueKind.Error
            ? throw new RedisException($"Redis refused {command}: {answer.Text}")
            {
                IsRefusal = true,
            }
            : answer;
    }

    public Task SubscribeAsync(
        RedisChannelKind kind, string name, Action<string, ReadOnlyMemory<byte>> onMessage) =>
        Subscriptions.AddAsync(kind, name, onMessage);

    public Task UnsubscribeAsync(RedisChannelKind kind, string name) =>
        Subscriptions.RemoveAsync(kind, name);

    /// <inheritdoc/>
    public IRedisClient OpenBlocking(TimeSpan longest) => new RedisClient(
        new RedisClientOptions
        {
            Address = options.Address,
            ConnectTimeout = options.ConnectTimeout,
            CommandTimeout = options.CommandTimeout + longest,
            // A Redis that keeps an answer back keeps that of a ping back too.
            PingInterval = options.PingInterval + longest,
            ReconnectDelayMin = options.ReconnectDelayMin,
            ReconnectDelayMax = options.ReconnectDelayMax,
            Tls = options.Tls,
        }, log, time, "stream");

    public async ValueTask DisposeAsync()
    {
        lock (sync)
        {
            if (isDisposed)
                return;
            isDisposed = true;
        }

        await commands.DisposeAsync();
        if (subscriptions is not null)
            await subscriptions.DisposeAsync();
        Fail(new RedisException("The Redis client was closed."), all: true);
    }

    RedisSubscriptions Subscriptions => subscriptions
        ?? throw new NotSupportedException("This client is for commands alone.");

    void Enqueue(Command command)
    {
        lock (sync)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            if (isReady)
            {
                if (sent.Count >= Limits.CommandsMax
                    || !commands.TrySend(command.Name, command.Arguments))
                    throw new RedisException(
                        $"Redis at {options.Address} takes no command now: the connection is "
                        + "just lost, or too many commands wait for it.");
                sent.Enqueue(command);
                return;
            }

            while (unsent.TryPeek(out var oldest) && oldest.Answer.Task.IsCompleted)
                unsentBytes -= unsent.Dequeue().Size;
            if (unsent.Count >= Limits.CommandsMax
                || unsentBytes + command.Size > Limits.UnsentBytesMax)
                throw new RedisException(
                    $"Redis at {options.Address} is away, and too many commands wait for it.",
                    lostBy);
            unsent.Enqueue(command);
            unsentBytes += command.Size;
        }
    }

    RedisException Late(string command)
    {
        lock (sync)
            return isReady
                ? new RedisException(
                    $"Redis at {options.Address} did not answer {command} within "
                    + $"{options.CommandTimeout}.")
                : new RedisException(
                    lostBy?.Message ?? $"Redis at {options.Address} is not connected yet.",
                    lostBy?.InnerException);
    }

    // ---- what the link for commands says ----

    void IRedisLinkOwner.OnReady(RedisLink link)
    {
        lock (sync)
        {
            isReady = true;
            while (unsent.TryDequeue(out var command))
            {
                unsentBytes -= command.Size;
                if (!command.Answer.Task.IsCompleted
                    && link.TrySend(command.Name, command.Arguments))
                    sent.Enqueue(command);
            }
        }
    }

    void IRedisLinkOwner.OnValue(RedisLink link, RedisValue value)
    {
        Command? command;
        lock (sync)
            sent.TryDequeue(out command);
        command?.Answer.TrySetResult(value);
    }

    void IRedisLinkOwner.OnPing(RedisLink link)
    {
        var ping = new Command("PING", []);
        lock (sync)
            if (isReady && link.TrySend(ping.Name, ping.Arguments))
                sent.Enqueue(ping);
    }

    void IRedisLinkOwner.OnLost(RedisLink link, RedisException reason)
    {
        lock (sync)
        {
            isReady = false;
            lostBy = reason;
        }

        // Whether Redis has run them nobody knows, so they are not sent again.
        Fail(reason, all: false);
    }

    void Fail(RedisException reason, bool all)
    {
        Command[] failed;
        lock (sync)
        {
            failed = all ? [.. sent, .. unsent] : [.. sent];
            sent.Clear();
            if (all)
                unsent.Clear();
        }

        foreach (var command in failed)
        {
            command.Answer.TrySetException(reason);
            _ = command.Answer.Task.Exception;
        }
    }
}

/// <summary>Commands with arguments that are text.</summary>
static class RedisClientExtensions
{
    public static Task<RedisValue> ExecuteAsync(
        this IRedisClient client, string command, params ReadOnlySpan<string> arguments)
    {
        var bytes = new ReadOnlyMemory<byte>[arguments.Length];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = Encoding.UTF8.GetBytes(arguments[i]);
        return client.ExecuteAsync(command, bytes);
    }
}
