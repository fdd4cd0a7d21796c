using System.Text.Json;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Testing;

/// <summary>
/// A Socket.IO client for the tests of an application: over the HttpClient of a TestServer or a
/// WebApplicationFactory, so that the whole pipeline runs and no socket is opened, or over any
/// other. It polls; it never reconnects by itself; what it waits for in vain is told in the
/// exception.
/// </summary>
/// <remarks>
/// It sends as everything of this library does: <c>client.Emit("say", "hello")</c>. All its
/// members may be called from any thread.
/// </remarks>
public sealed class SocketIOTestClient : IEmitter, IAsyncDisposable
{
    readonly HttpClient http;
    readonly SocketIOTestClientOptions options;
    readonly Lock sync = new();
    readonly List<TestEvent> received = [];
    readonly Dictionary<long, TaskCompletionSource<Packet>> questions = [];

    /// <summary>Done with the next event, or with the end.</summary>
    TaskCompletionSource changed = New();
    TaskCompletionSource<Packet> welcome = NewAnswer();
    IPacketDecoder decoder;
    TestConnection connection = null!;
    Task ending = Task.CompletedTask;
    long questionsCount;
    string? pid;
    string? offset;

    SocketIOTestClient(HttpClient http, SocketIOTestClientOptions options)
    {
        this.http = http;
        this.options = options;
        Namespace = options.Namespace.StartsWith('/')
            ? options.Namespace : "/" + options.Namespace;
        JsonDefaults.AddReflection(options.Json);
        Codec = new ArgumentCodec(options.Json);
        decoder = options.Parser.CreateDecoder();
    }

    /// <summary>The socket's id, as the server knows it.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The server took it for the socket that it was before.</summary>
    public bool Recovered { get; private set; }

    public string Namespace { get; }

    public ArgumentCodec Codec { get; }

    /// <summary>Events that nobody has taken yet, in the order in which they came.</summary>
    public IReadOnlyList<TestEvent> Received
    {
        get
        {
            lock (sync)
                return [.. received];
        }
    }

    /// <summary>
    /// Why the socket has ended, once it has, in the words of the official client: "io server
    /// disconnect", "io client disconnect", "transport close", "transport error".
    /// </summary>
    public Task<string> Disconnected => connection.Ended;

    /// <summary>Connects, and waits until the socket is in its namespace.</summary>
    /// <param name="http">Of the test server, with its base address.</param>
    /// <param name="options">They belong to one client.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="HttpRequestException">The request was refused.</exception>
    /// <exception cref="ConnectError">
    /// A middleware refused the socket; its details are an <see cref="Argument"/>.
    /// </exception>
    /// <exception cref="TimeoutException">Nothing was answered.</exception>
    public static async Task<SocketIOTestClient> ConnectAsync(
        HttpClient http, SocketIOTestClientOptions? options = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(http);
        var client = new SocketIOTestClient(http, options ?? new SocketIOTestClientOptions());
        await client.OpenAsync(cancel);
        return client;
    }

    /// <summary>
    /// Connects again after the end, as the official client does: with connection state recovery
    /// the server may take it for the socket that it was.
    /// </summary>
    /// <inheritdoc cref="ConnectAsync"/>
    public Task ReconnectAsync(CancellationToken cancel = default) =>
        Disconnected.IsCompleted ? OpenAsync(cancel)
            : throw new InvalidOperationException("It is connected.");

    public void Send(in EventData data) =>
        SendPacket(data.ToPacket(PacketType.Event, Namespace, id: null));

    // ---- questions ----

    /// <summary>Asks the server; the first argument of its answer as a type.</summary>
    /// <exception cref="TimeoutException">It did not answer.</exception>
    /// <exception cref="SocketDisconnectedException">The socket ended before it answered.</exception>
    public Task<T?> EmitWithAckAsync<T>(string name) => FirstAsync<T>(AskAsync(name, []));

    /// <inheritdoc cref="EmitWithAckAsync{T}(string)"/>
    public Task<T?> EmitWithAckAsync<T>(string name, object? a) =>
        FirstAsync<T>(AskAsync(name, [a]));

    /// <inheritdoc cref="EmitWithAckAsync{T}(string)"/>
    public Task<T?> EmitWithAckAsync<T>(string name, object? a, object? b) =>
        FirstAsync<T>(AskAsync(name, [a, b]));

    /// <inheritdoc cref="EmitWithAckAsync{T}(string)"/>
    public Task<T?> EmitWithAckAsync<T>(string name, object? a, object? b, object? c) =>
        FirstAsync<T>(AskAsync(name, [a, b, c]));

    /// <summary>Asks the server with as many arguments as there are items; all its answer.</summary>
    /// <exception cref="TimeoutException">It did not answer.</exception>
    /// <exception cref="SocketDisconnectedException">The socket ended before it answered.</exception>
    public async Task<EventArguments> AskAsync(
        string name, object?[] arguments, CancellationToken cancel = default)
    {
        var data = Codec.EncodeEvent(name, arguments);
        var answer = NewAnswer();
        var id = Interlocked.Increment(ref questionsCount) - 1;
        lock (sync)
            questions[id] = answer;
        if (Disconnected.IsCompleted)
            answer.TrySetException(new SocketDisconnectedException());
        SendPacket(data.ToPacket(PacketType.Event, Namespace, id));
        var packet = await WithinAsync(answer.Task, $"answer to \"{name}\"", cancel);
        return new EventArguments(packet.Json, packet.Attachments, skip: 0, Codec);
    }

    // ---- receiving ----

    /// <summary>
    /// The next event of a name, taken out of <see cref="Received"/>; the others stay there.
    /// </summary>
    /// <exception cref="TimeoutException">None came.</exception>
    /// <exception cref="SocketDisconnectedException">The socket ended, and none is left.</exception>
    public async Task<TestEvent> ReceiveAsync(string name, CancellationToken cancel = default)
    {
        var patience = Task.Delay(options.Patience, CancellationToken.None);
        while (true)
        {
            Task news;
            lock (sync)
            {
                var index = received.FindIndex(one => one.Name == name);
                if (index >= 0)
                {
                    var found = received[index];
                    received.RemoveAt(index);
                    return found;
                }

                if (Disconnected.IsCompleted)
                    throw new SocketDisconnectedException(
                        $"No \"{name}\" came before the end. {Tell()}");
                news = changed.Task;
            }

            if (await Task.WhenAny(news, patience).WaitAsync(cancel) == patience)
                throw new TimeoutException(
                    $"No \"{name}\" came within {options.Patience}. {Tell()}");
        }
    }

    /// <summary>The first argument of the next event of a name.</summary>
    /// <inheritdoc cref="ReceiveAsync(string, CancellationToken)"/>
    public async Task<T?> ReceiveAsync<T>(string name, CancellationToken cancel = default) =>
        (await ReceiveAsync(name, cancel)).Arguments.Get<T>(0);

    // ---- the end ----

    /// <summary>Leaves, as <c>socket.disconnect()</c> does in the official client.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Disconnected.IsCompleted)
        {
            SendPacket(new Packet { Type = PacketType.Disconnect, Namespace = Namespace });
            await connection.CloseAsync(options.Patience);
        }

        connection.Dispose();
    }

    /// <summary>
    /// Breaks the connection: the server sees a transport error. <see cref="ReconnectAsync"/>
    /// comes back.
    /// </summary>
    public Task BreakAsync() => connection.BreakAsync();

    internal void SendAck(long id, ReadOnlySpan<object?> arguments) =>
        SendPacket(Codec.EncodeAck(arguments).ToPacket(PacketType.Ack, Namespace, id));

    /// <summary>Connects: 1 session → 2 CONNECT → 3 its answer.</summary>
    async Task OpenAsync(CancellationToken cancel)
    {
        await ending;
        decoder = options.Parser.CreateDecoder();
        welcome = NewAnswer();
        connection?.Dispose();
        connection = new TestConnection(http, options) { OnMessage = Take };
        ending = EndAsync(connection);
        await WithinAsync(OpenAsync(connection, cancel), "handshake", cancel);             // 1
        SendPacket(new Packet                                                              // 2
        {
            Type = PacketType.Connect, Namespace = Namespace, Json = Auth(),
        });
        var packet = await WithinAsync(welcome.Task, "answer to CONNECT", cancel);         // 3
        if (packet.Type != PacketType.ConnectError)
            return;
        using var refusal = JsonDocument.Parse(packet.Json);
        await connection.CloseAsync(options.Patience);
        throw Refusal(refusal.RootElement);
    }

    /// <summary>Before anything that comes behind it: an event's offset counts with a pid.</summary>
    void Enter(Packet connect)
    {
        using var answer = JsonDocument.Parse(connect.Json);
        Id = answer.RootElement.GetProperty("sid").GetString()!;
        var before = pid;
        pid = answer.RootElement.TryGetProperty("pid", out var one) ? one.GetString() : null;
        Recovered = pid is not null && pid == before;
    }

    static async Task<bool> OpenAsync(TestConnection connection, CancellationToken cancel)
    {
        await connection.OpenAsync(cancel);
        return true;
    }

    /// <summary>The payload, and what connection state recovery needs.</summary>
    ReadOnlyMemory<byte> Auth()
    {
        var auth = options.Auth is null ? default : Codec.EncodeValue(options.Auth);
        if (pid is null || offset is null)
            return auth;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("pid"u8, pid);
            writer.WriteString("offset"u8, offset);
            if (!auth.IsEmpty)
            {
                using var given = JsonDocument.Parse(auth);
                foreach (var property in given.RootElement.EnumerateObject())
                    property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    static ConnectError Refusal(JsonElement error)
    {
        // Old clients are told the message alone.
        if (error.ValueKind == JsonValueKind.String)
            return new ConnectError(error.GetString()!);
        object? details = error.TryGetProperty("data", out var data)
            ? Argument.FromJson(JsonSerializer.SerializeToUtf8Bytes(
                data, BuiltInJson.Default.JsonElement))
            : null;
        return new ConnectError(error.GetProperty("message").GetString()!, details);
    }

    void SendPacket(Packet packet) => connection.Send(options.Parser.Encode(packet));

    void Take(EngineMessage message)
    {
        var status = decoder.Decode(
            message.Bytes.Span, message.IsBinary, out var packet, out _);
        if (status == DecodeStatus.Rejected)
            connection.End("parse error");
        else if (status == DecodeStatus.Complete && packet!.Namespace == Namespace)
            Take(packet);
    }

    void Take(Packet packet)
    {
        switch (packet.Type)
        {
            case PacketType.Connect:
                Enter(packet);
                welcome.TrySetResult(packet);
                break;
            case PacketType.ConnectError:
                welcome.TrySetResult(packet);
                break;
            case PacketType.Event or PacketType.BinaryEvent when !packet.Json.IsEmpty:
                Keep(new TestEvent(this, packet));
                break;
            case PacketType.Ack or PacketType.BinaryAck:
                lock (sync)
                    if (questions.Remove(packet.Id ?? -1, out var question))
                        question.TrySetResult(packet);
                break;
            case PacketType.Disconnect:
                connection.End("io server disconnect");
                break;
        }
    }

    void Keep(TestEvent one)
    {
        // As the official client: whatever text comes last may be an offset.
        if (pid is not null && one.Arguments is { Count: > 0 } arguments
            && arguments[arguments.Count - 1].Json.Span is [(byte)'"', ..])
            offset = arguments[arguments.Count - 1].As<string>();
        TaskCompletionSource news;
        lock (sync)
        {
            if (received.Count == Limits.WaitingMax)
                received.RemoveAt(0);
            received.Add(one);
            news = changed;
            changed = New();
        }

        news.SetResult();
    }

    /// <summary>Tells everybody who waits that nothing comes any more.</summary>
    async Task EndAsync(TestConnection one)
    {
        var reason = await one.Ended;
        welcome.TrySetException(new SocketDisconnectedException(
            $"The connection ended before the socket was in {Namespace}: {reason}."));
        TaskCompletionSource news;
        lock (sync)
        {
            foreach (var question in questions.Values)
                question.TrySetException(new SocketDisconnectedException());
            questions.Clear();
            news = changed;
            changed = New();
        }

        news.SetResult();
    }

    static async Task<T?> FirstAsync<T>(Task<EventArguments> asking) =>
        (await asking).Get<T>(0);

    async Task<T> WithinAsync<T>(Task<T> task, string what, CancellationToken cancel)
    {
        try
        {
            return await task.WaitAsync(options.Patience, cancel);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No {what} came within {options.Patience}. {Tell()}");
        }
    }

    string Tell()
    {
        var state = Disconnected.IsCompletedSuccessfully
            ? $"The socket has ended: {Disconnected.Result}." : "The socket is connected.";
        var events = Received;
        return events.Count == 0
            ? state + " Nothing else waits."
            : $"{state} What waits: {string.Join(", ", events.Take(20))}.";
    }

    static TaskCompletionSource New() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    static TaskCompletionSource<Packet> NewAnswer() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
