using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>
/// Whom an operation is for. It never changes: each step gives a new one, so one can be kept.
/// </summary>
public sealed class BroadcastOperator : IEmitter
{
    readonly Namespace nsp;

    internal BroadcastOperator(Namespace nsp, BroadcastOptions options)
    {
        this.nsp = nsp;
        Options = options;
    }

    public BroadcastOptions Options { get; }

    public ArgumentCodec Codec => nsp.Server.Codec;

    /// <summary>Also the sockets in these rooms; each gets an event once.</summary>
    public BroadcastOperator To(params string[] rooms) =>
        With(Options with { Rooms = Union(Options.Rooms, rooms) });

    /// <inheritdoc cref="To"/>
    public BroadcastOperator In(params string[] rooms) => To(rooms);

    /// <summary>Not the sockets in these rooms.</summary>
    public BroadcastOperator Except(params string[] rooms) =>
        With(Options with { Except = Union(Options.Except, rooms) });

    /// <summary>This node's sockets alone.</summary>
    public BroadcastOperator Local => With(Options with { IsLocal = true });

    /// <summary>Dropped for a client that cannot take it now.</summary>
    public BroadcastOperator Volatile => With(Options with { IsVolatile = true });

    public BroadcastOperator Compress(bool compress) =>
        With(Options with { Compress = compress });

    /// <summary>How long acknowledgements are waited for.</summary>
    public BroadcastOperator Timeout(TimeSpan timeout) =>
        With(Options with { Timeout = timeout });

    /// <inheritdoc/>
    public void Send(in EventData data) => nsp.Broadcast(
        data.ToPacket(PacketType.Event, nsp.Name, id: null), Options);

    /// <summary>Asks every client; the first argument of each answer.</summary>
    /// <exception cref="InvalidOperationException">There is no timeout.</exception>
    /// <exception cref="BroadcastTimeoutException">Not all have answered in time.</exception>
    public async Task<IReadOnlyList<Argument>> EmitWithAckAsync(
        string name, object?[] arguments, CancellationToken cancel = default)
    {
        var timeout = Options.Timeout ?? throw new InvalidOperationException(
            "A broadcast that waits for acknowledgements needs a timeout.");
        var data = Codec.EncodeEvent(name, arguments);
        var answers = new BroadcastAcks();
        using var late = new CancellationTokenSource(timeout, nsp.Server.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            answers.ExpectServers(
                Options.IsLocal ? 1 : await nsp.Adapter.CountServersAsync(either.Token));
            nsp.Adapter.BroadcastWithAck(
                data.ToPacket(PacketType.Event, nsp.Name, id: null), Options,
                answers.OnClientCount, answers.OnAck, either.Token);
            await answers.Done.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            nsp.Server.Metrics.AckTimedOut();
            throw new BroadcastTimeoutException(answers.Read(Codec));
        }
        finally
        {
            // Whoever remembers the question forgets it.
            await either.CancelAsync();
        }

        return answers.Read(Codec);
    }

    /// <summary>The sockets of all nodes.</summary>
    public async Task<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(
        CancellationToken cancel = default)
    {
        var found = await nsp.Adapter.FetchSocketsAsync(Options, cancel);
        return [.. found.Select(socket => new RemoteSocket(nsp, socket))];
    }

    /// <summary>The ids of the sockets of all nodes.</summary>
    public Task<IReadOnlySet<string>> AllSocketsAsync(CancellationToken cancel = default) =>
        nsp.Adapter.SocketsAsync(Options, cancel);

    public void SocketsJoin(params string[] rooms) => nsp.Adapter.AddSockets(Options, rooms);

    public void SocketsLeave(params string[] rooms) => nsp.Adapter.RemoveSockets(Options, rooms);

    /// <param name="close">The connections too, not the namespace alone.</param>
    public void DisconnectSockets(bool close = false) =>
        nsp.Adapter.DisconnectSockets(Options, close);

    static IReadOnlyCollection<string> Union(IReadOnlyCollection<string> some, string[] more) =>
        some.Count == 0 && more.Length == 1 ? [more[0]] : [.. some.Union(more)];

    BroadcastOperator With(BroadcastOptions options) => new(nsp, options);
}

/// <summary>Not every client has acknowledged in time.</summary>
public sealed class BroadcastTimeoutException : TimeoutException
{
    public BroadcastTimeoutException()
        : this([])
    {
    }

    public BroadcastTimeoutException(string message)
        : base(message) => Answers = [];

    public BroadcastTimeoutException(string message, Exception innerException)
        : base(message, innerException) => Answers = [];

    internal BroadcastTimeoutException(IReadOnlyList<Argument> answers)
        : base("operation has timed out") => Answers = answers;

    /// <summary>The answers that came.</summary>
    public IReadOnlyList<Argument> Answers { get; }
}

/// <summary>Counts the clients that were asked and those that have answered.</summary>
sealed class BroadcastAcks
{
    readonly Lock sync = new();
    readonly List<Packet> answers = [];
    readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int serversLeft;
    long clientsLeft;

    public Task Done => done.Task;

    public void ExpectServers(int count) => serversLeft = count;

    public void OnClientCount(int count)
    {
        lock (sync)
        {
            serversLeft--;
            clientsLeft += count;
            Check();
        }
    }

    public void OnAck(Packet packet)
    {
        lock (sync)
        {
            answers.Add(packet);
            clientsLeft--;
            Check();
        }
    }

    public IReadOnlyList<Argument> Read(ArgumentCodec codec)
    {
        lock (sync)
            return answers.Select(packet => First(packet, codec)).ToArray();
    }

    static Argument First(Packet packet, ArgumentCodec codec)
    {
        var arguments = new EventArguments(packet.Json, packet.Attachments, skip: 0, codec);
        return arguments.Count > 0 ? arguments[0] : Argument.FromJson("null"u8.ToArray());
    }

    void Check()
    {
        if (serversLeft <= 0 && clientsLeft <= 0)
            done.TrySetResult();
    }
}
