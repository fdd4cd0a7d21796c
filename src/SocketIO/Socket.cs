using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>
/// A client in one namespace. Safe to use from any thread; its events start in the order in
/// which they came.
/// </summary>
public sealed partial class Socket : IEmitter
{
    readonly Namespace nsp;
    readonly Connection connection;
    readonly Lock sync = new();
    CancellationTokenSource? gone;
    SocketData? data;

    /// <summary>What was sent to it before its CONNECT was answered.</summary>
    List<EngineMessage[]>? early;
    volatile bool isAnnounced;
    volatile State state;

    enum State
    {
        /// <summary>Middlewares run, or what it missed is looked up.</summary>
        Joining,

        /// <summary>In its namespace.</summary>
        Open,

        /// <summary>Still in its rooms; handlers are told that it goes.</summary>
        Leaving,

        /// <summary>In no room any more, and never again.</summary>
        Gone,
    }

    internal Socket(
        Namespace nsp, Connection connection, ReadOnlyMemory<byte> auth, RestoredSession? restored)
    {
        this.nsp = nsp;
        this.connection = connection;
        var time = nsp.Server.Time.GetUtcNow();
        Handshake = new SocketHandshake(connection.Session.Handshake, auth, time);
        Recovered = restored is not null;
        Id = restored?.Session.Id ?? (
            !connection.IsOld ? SocketIds.Next()
            : nsp.Name == "/" ? connection.Session.Id : nsp.Name + "#" + connection.Session.Id);
        if (nsp.Server.Options.ConnectionStateRecovery is not null && !connection.IsOld)
            PrivateId = restored?.Session.PrivateId ?? SocketIds.Next();
    }

    /// <summary>20 characters; also the name of a room that the socket alone is in.</summary>
    public string Id { get; }

    /// <summary>The request and the auth payload.</summary>
    public SocketHandshake Handshake { get; }

    /// <summary>Who the ASP.NET Core pipeline says it is, or a middleware said.</summary>
    [AllowNull]
    public ClaimsPrincipal User
    {
        get => field ?? Handshake.User;
        set;
    }

    public INamespace Namespace => nsp;

    public ISocketIOServer Server => nsp.Server;

    /// <summary>The socket is in its namespace.</summary>
    public bool Connected => state is State.Open or State.Leaving;

    /// <summary>It went on where it had lost its connection, rooms and data included.</summary>
    public bool Recovered { get; }

    /// <summary>"polling" or "websocket".</summary>
    public string TransportName => connection.Session.TransportName;

    /// <summary>What the application keeps with the socket.</summary>
    public SocketData Data =>
        data ?? Interlocked.CompareExchange(ref data, new SocketData(Codec, this), null) ?? data;

    /// <summary>The rooms it is in, its own among them.</summary>
    public IReadOnlyCollection<string> Rooms => nsp.Adapter.RoomsOf(Id) ?? [];

    /// <summary>Cancelled when the socket disconnects.</summary>
    public CancellationToken Disconnected
    {
        get
        {
            lock (sync)
            {
                return state == State.Gone
                    ? new CancellationToken(canceled: true)
                    : (gone ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <inheritdoc/>
    public ArgumentCodec Codec => nsp.Server.Codec;

    internal string? PrivateId { get; }

    internal EngineSession Session => connection.Session;

    // ---- rooms ----

    public void Join(string room) => Join([room]);

    public void Join(IReadOnlyCollection<string> rooms)
    {
        if (state == State.Gone)
            return;
        nsp.Adapter.AddAll(Id, rooms);
        // It may have left all its rooms a moment before it came into these.
        if (state == State.Gone && nsp.Find(Id) is null)
            nsp.Adapter.RemoveAll(Id);
    }

    public void Leave(string room) => nsp.Adapter.Remove(Id, room);

    // ---- sending ----

    /// <summary>Everybody in the namespace but this socket.</summary>
    public BroadcastOperator Broadcast => new(nsp, new BroadcastOptions { Except = [Id] });

    /// <summary>Everybody in the room but this socket.</summary>
    public BroadcastOperator To(params string[] rooms) => Broadcast.To(rooms);

    /// <inheritdoc cref="To"/>
    public BroadcastOperator In(params string[] rooms) => Broadcast.To(rooms);

    /// <summary>Everybody but this socket and those in the rooms.</summary>
    public BroadcastOperator Except(params string[] rooms) => Broadcast.Except(rooms);

    /// <summary>Everybody else on this node.</summary>
    public BroadcastOperator Local => Broadcast.Local;

    /// <summary>Events that are dropped when the connection cannot take them now.</summary>
    public SocketOperator Volatile => new(this, new BroadcastOptions { IsVolatile = true });

    /// <summary>Events that may, or must not, be compressed.</summary>
    public SocketOperator Compress(bool compress) =>
        new(this, new BroadcastOptions { Compress = compress });

    /// <summary>Events whose acknowledgement is waited for so long.</summary>
    public SocketOperator Timeout(TimeSpan timeout) =>
        new(this, new BroadcastOptions { Timeout = timeout });

    /// <inheritdoc/>
    void IEmitter.Send(in EventData data) => Send(data, SocketOperator.Plain);

    /// <summary>Sends an event that was encoded before.</summary>
    public void Send(in EventData data, BroadcastOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var packet = data.ToPacket(PacketType.Event, nsp.Name, id: null);
        if (nsp.Server.Options.ConnectionStateRecovery is not null)
            nsp.Adapter.Broadcast(packet, options with { Rooms = [Id] });
        else if (state != State.Gone)
            Deliver(packet, nsp.Encode(packet), options);
    }

    /// <summary>
    /// Waits until the connection has taken everything that was sent: who sends much waits for
    /// this between its events, and is then as slow as the client.
    /// </summary>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>False when the connection has ended.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task<bool> DrainAsync(CancellationToken cancel = default) =>
        Session.DrainAsync(cancel);

    /// <summary>
    /// Disconnects from the namespace; the client does not come back by itself. Does nothing when
    /// the socket is not connected.
    /// </summary>
    /// <param name="close">Leaves all namespaces and closes the connection.</param>
    public void Disconnect(bool close = false)
    {
        if (!Connected)
            return;
        if (close)
            connection.Disconnect();
        else
            Close(CloseReasons.ServerNamespaceDisconnect, isTold: true);
    }

    // ---- what namespace and adapter do ----

    /// <param name="packet">For those who look at what goes out.</param>
    /// <param name="messages">The packet as it is sent.</param>
    /// <param name="options">Volatile, compress.</param>
    /// <param name="isLate">Other work that waits may have more for the client.</param>
    internal void Deliver(
        Packet packet, EngineMessage[] messages, BroadcastOptions options, bool isLate = false)
    {
        if (options.IsVolatile && !(isAnnounced && Session.IsWritable))
        {
            nsp.Server.Metrics.DroppedVolatile();
            return;
        }

        if (isAnnounced && !isLate && anyOutgoing.Length == 0)
        {
            Session.Send(messages, options.Compress ?? true);
            NotifyOutgoing(packet);
            return;
        }

        Queue(messages, options);
        Flush(packet, isLate);
    }

    /// <summary>
    /// Reads what <see cref="Deliver"/> is going to read. With thousands of clients none of it is
    /// in the processor's cache; the reads of several sockets wait for memory at the same time,
    /// where those of several deliveries, with the kernel between them, do so one by one.
    /// </summary>
    internal void Prefetch()
    {
        if (isAnnounced)
            Session.Prefetch();
    }

    /// <summary>The half of <see cref="Deliver"/> that runs nobody's code.</summary>
    internal void Queue(EngineMessage[] messages, BroadcastOptions options)
    {
        var compress = options.Compress ?? true;
        if (isAnnounced || !Wait(messages, compress))
            Session.Queue(messages, compress);
    }

    /// <summary>The other half.</summary>
    internal void Flush(Packet packet, bool isLate = false)
    {
        NotifyOutgoing(packet);
        if (!isAnnounced)
            return;
        if (isLate)
            Session.FlushLater();
        else
            Session.Flush();
    }

    internal void SendAck(long id, in EventData data)
    {
        nsp.Server.Metrics.AckSent();
        SendNow(data.ToPacket(PacketType.Ack, nsp.Name, id));
    }

    /// <summary>Takes back what was kept of it; it is not in its namespace yet.</summary>
    internal void Restore(StoredSession session)
    {
        Data.Load(session.Data);
        nsp.Adapter.AddAll(Id, session.Rooms);
    }

    /// <summary>
    /// Opens a socket that its namespace knows already: 1 what it missed → 2 the answer to
    /// CONNECT → 3 what was sent to it meanwhile.
    /// </summary>
    /// <returns>False when it is gone before it came.</returns>
    internal bool Open(IReadOnlyList<Packet> missed)
    {
        lock (sync)
        {
            if (state != State.Joining)
                return false;
            state = State.Open;
        }

        // As the official server: what was missed comes before the answer to CONNECT.
        foreach (var packet in missed)                                         // 1
            Session.Send(nsp.Encode(packet));
        var pid = PrivateId is null ? "" : $",\"pid\":\"{PrivateId}\"";
        Session.Send(nsp.Encode(new Packet                                     // 2
        {
            Type = PacketType.Connect, Namespace = nsp.Name,
            Json = connection.IsOld
                ? default
                : System.Text.Encoding.UTF8.GetBytes($"{{\"sid\":\"{Id}\"{pid}}}"),
        }));
        while (TakeEarly() is { } waiting)                                     // 3
            foreach (var messages in waiting)
                Session.Send(messages);
        return true;
    }

    /// <summary>The connection has ended, or the client leaves the namespace.</summary>
    internal void OnClosed(string reason) => Close(reason, isTold: false);

    /// <summary>It was refused, or its connection ended before it was in its namespace.</summary>
    internal void Abandon()
    {
        PendingAck[] unanswered;
        lock (sync)
        {
            state = State.Gone;
            early = null;
            unanswered = TakeAcks();
        }

        connection.Remove(this);
        nsp.Remove(this);
        End(unanswered);
    }

    /// <summary>A packet's whole array, to be sent on as one argument.</summary>
    internal Argument ArgumentsOf(Packet packet) => new(packet.Json, packet.Attachments, Codec);

    internal void OnDataChanged() => nsp.Server.Observer?.DataChanged(this);

    internal RemoteSocketData Describe() => new(
        Id, HandshakeJson.Write(Handshake), Rooms, DataJson() ?? "{}"u8.ToArray());

    /// <summary>Its data as JSON; null when the application put something else into it.</summary>
    internal ReadOnlyMemory<byte>? DataJson()
    {
        try
        {
            return data?.ToJson() ?? "{}"u8.ToArray();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            nsp.Server.Log.CallbackFailed(e, nsp.Name, "Socket.Data");
            return null;
        }
    }

    /// <summary>
    /// Ends the socket: 1 the connection forgets it, so that the client may come back at once →
    /// 2 its handlers, while it is in its rooms → 3 out of the rooms → 4 kept for recovery →
    /// 5 whoever waits for it → 6 its handlers.
    /// </summary>
    void Close(string reason, bool isTold)
    {
        State before;
        lock (sync)
        {
            before = state;
            if (before == State.Open)
                state = State.Leaving;
        }

        if (before == State.Joining)
            Abandon();
        if (before != State.Open)
            return;
        connection.Remove(this);                                               // 1
        if (isTold)
            SendNow(new Packet { Type = PacketType.Disconnect, Namespace = nsp.Name });
        nsp.Server.Observer?.SocketDisconnected(this, reason);
        Tell(disconnecting, reason);                                           // 2
        var session = nsp.SessionOf(this, reason);
        PendingAck[] unanswered;
        lock (sync)
        {
            state = State.Gone;
            unanswered = TakeAcks();
            waiting.Clear();
            waitingBytes = 0;
        }

        nsp.Remove(this);                                                      // 3
        if (session is not null)                                               // 4
            nsp.Persist(session);
        End(unanswered);                                                       // 5
        nsp.Left(this, reason);
        lock (sync)
            endReason = reason;
        // Who comes after this looks at the reason.
        Tell(disconnected, reason);                                            // 6
    }

    /// <summary>Whoever waits for it learns that it is gone.</summary>
    void End(PendingAck[] unanswered)
    {
        foreach (var ack in unanswered)
        {
            ack.Stop.Unregister();
            ack.OnGone?.Invoke();
        }

        try
        {
            gone?.Cancel();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            nsp.Server.Log.CallbackFailed(e, nsp.Name, "a callback of Socket.Disconnected");
        }
    }

    /// <summary>Keeps messages until CONNECT is answered; false when it is.</summary>
    bool Wait(EngineMessage[] messages, bool compress)
    {
        lock (sync)
        {
            if (isAnnounced)
                return false;
            if (state == State.Gone)
                return true;
            early ??= [];
            if (early.Count < Limits.EarlyMessagesMax)
            {
                early.Add(compress ? messages : Array.ConvertAll(
                    messages, static message => message with { IsPlain = true }));
                return true;
            }
        }

        connection.CloseLater();
        return true;
    }

    List<EngineMessage[]>? TakeEarly()
    {
        lock (sync)
        {
            var taken = early;
            early = null;
            isAnnounced = taken is null;
            return taken;
        }
    }

    void SendNow(Packet packet)
    {
        if (state != State.Gone)
            Session.Send(nsp.Encode(packet));
    }
}
