using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Sluice.SocketIO.Adapters;
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
    List<EngineMessage[]>? early = [];
    volatile bool isAnnounced;
    volatile bool isConnected;

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
    public bool Connected => isConnected;

    /// <summary>It went on where it had lost its connection, rooms and data included.</summary>
    public bool Recovered { get; }

    /// <summary>"polling" or "websocket".</summary>
    public string TransportName => connection.Session.TransportName;

    /// <summary>What the application keeps with the socket.</summary>
    public SocketData Data =>
        data ?? Interlocked.CompareExchange(ref data, new SocketData(Codec), null) ?? data;

    /// <summary>The rooms it is in, its own among them.</summary>
    public IReadOnlyCollection<string> Rooms => nsp.Adapter.RoomsOf(Id) ?? [];

    /// <summary>Cancelled when the socket disconnects.</summary>
    public CancellationToken Disconnected
    {
        get
        {
            lock (sync)
            {
                gone ??= new CancellationTokenSource();
                if (isClosed)
                    gone.Cancel();
                return gone.Token;
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
        if (!isClosed)
            nsp.Adapter.AddAll(Id, rooms);
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
        else if (isConnected || !isClosed)
            Deliver(packet, nsp.Encode(packet), options);
    }

    /// <summary>Disconnects from the namespace; the client does not come back by itself.</summary>
    /// <param name="close">Leaves all namespaces and closes the connection.</param>
    public void Disconnect(bool close = false)
    {
        if (close)
        {
            connection.Disconnect();
            return;
        }

        if (!isConnected)
            return;
        SendNow(new Packet { Type = PacketType.Disconnect, Namespace = nsp.Name });
        OnClosed(CloseReasons.ServerNamespaceDisconnect);
    }

    // ---- what namespace and adapter do ----

    internal void Deliver(Packet packet, EngineMessage[] messages, BroadcastOptions options)
    {
        if (options.IsVolatile && !Session.IsWritable)
            return;
        NotifyOutgoing(packet);
        if (!isAnnounced && Wait(messages))
            return;
        Session.Send(messages, options.Compress ?? true);
    }

    internal void SendAck(long id, in EventData data) =>
        SendNow(data.ToPacket(PacketType.Ack, nsp.Name, id));

    internal void Restore(RestoredSession restored)
    {
        Data.Load(restored.Session.Data);
        nsp.Adapter.AddAll(Id, restored.Session.Rooms);
        // As the official server: what was missed comes before the answer to CONNECT.
        foreach (var packet in restored.MissedPackets)
            Session.Send(nsp.Encode(packet));
    }

    /// <summary>The client learns that it is in; what was sent to it meanwhile follows.</summary>
    internal void Announce()
    {
        nsp.Adapter.AddAll(Id, [Id]);
        isConnected = true;
        var pid = PrivateId is null ? "" : $",\"pid\":\"{PrivateId}\"";
        var packet = new Packet
        {
            Type = PacketType.Connect, Namespace = nsp.Name,
            Json = connection.IsOld
                ? default
                : System.Text.Encoding.UTF8.GetBytes($"{{\"sid\":\"{Id}\"{pid}}}"),
        };
        lock (sync)
        {
            Session.Send(nsp.Encode(packet));
            foreach (var messages in early ?? [])
                Session.Send(messages);
            early = null;
            isAnnounced = true;
        }
    }

    internal RemoteSocketData Describe() => new(
        Id, HandshakeJson.Write(Handshake), Rooms, data?.ToJson() ?? "{}"u8.ToArray());

    bool Wait(EngineMessage[] messages)
    {
        lock (sync)
        {
            if (isAnnounced || early is null)
                return false;
            if (early.Count < Limits.EarlyMessagesMax)
                early.Add(messages);
            return true;
        }
    }

    void SendNow(Packet packet)
    {
        if (!isClosed)
            Session.Send(nsp.Encode(packet));
    }
}
