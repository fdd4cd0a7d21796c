using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>
/// One client: its engine session, and its sockets, one a namespace. Packets of the client come
/// one at a time; everything that may come from elsewhere holds the lock, and never while the
/// application's code runs.
/// </summary>
sealed class Connection : IEngineHandler
{
    readonly SocketIOServer server;
    readonly IPacketDecoder decoder;
    readonly Lock sync = new();
    readonly Dictionary<string, Socket?> sockets = new(1, StringComparer.Ordinal);
    ITimer? connectTimer;
    volatile bool isClosed;
    volatile bool isClosing;

    public Connection(SocketIOServer server, EngineSession session)
    {
        this.server = server;
        Session = session;
        decoder = server.Options.Parser.CreateDecoder();
        connectTimer = server.Time.CreateTimer(
            static state => ((Connection)state!).OnConnectTimeout(), this,
            server.Options.ConnectTimeout, Timeout.InfiniteTimeSpan);
    }

    public EngineSession Session { get; }

    public bool IsOpen => !isClosed && !isClosing;

    /// <summary>Clients of protocol 4 (Engine.IO 3) are in the main namespace from the start.</summary>
    public bool IsOld => Session.ProtocolVersion == 3;

    // ---- what the engine says ----

    public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary)
    {
        if (!IsOpen)
            return;
        var status = decoder.Decode(payload, isBinary, out var packet, out var error);
        if (status == DecodeStatus.Rejected)
        {
            server.Log.PacketRejected(error!);
            foreach (var socket in Sockets())
                socket.OnProtocolError(error!);
            Close();
            return;
        }

        if (status == DecodeStatus.Complete)
            OnPacket(packet!);
    }

    public void OnClosed(string reason)
    {
        Socket[] open;
        lock (sync)
        {
            if (isClosed)
                return;
            isClosed = true;
            open = Sockets();
            sockets.Clear();
            connectTimer?.Dispose();
            connectTimer = null;
        }

        foreach (var socket in open)
            socket.OnClosed(reason);
    }

    /// <summary>Joins the main namespace for a client that takes this for granted.</summary>
    public void JoinMain() => Connect("/", default);

    // ---- sockets ----

    /// <summary>The socket is about to join; false when the connection has ended meanwhile.</summary>
    public bool Add(Socket socket)
    {
        lock (sync)
        {
            if (!IsOpen)
                return false;
            sockets[socket.Namespace.Name] = socket;
            return true;
        }
    }

    /// <summary>A namespace was joined: the client may stay.</summary>
    public void StopConnectTimer()
    {
        lock (sync)
        {
            connectTimer?.Dispose();
            connectTimer = null;
        }
    }

    /// <summary>The namespace was left, or joining it was refused.</summary>
    public void Remove(Socket socket)
    {
        lock (sync)
            if (sockets.TryGetValue(socket.Namespace.Name, out var now) && now == socket)
                sockets.Remove(socket.Namespace.Name);
    }

    /// <summary>Leaves every namespace and closes the connection.</summary>
    public void Disconnect()
    {
        foreach (var socket in Sockets())
            socket.Disconnect();
        Close(CloseReasons.ForcedServerClose);
        // Who is still joining is not let in, however long the goodbye takes.
        OnClosed(CloseReasons.ForcedServerClose);
    }

    /// <summary>Closes the connection after what is queued was sent.</summary>
    public void Close(string reason = CloseReasons.ForcedClose)
    {
        isClosing = true;
        Session.Close(reason);
    }

    /// <summary>
    /// The client sent a packet that does not belong here. Its sockets end at once; the reason is
    /// another where the goodbye has to wait for the client, as in the official server.
    /// </summary>
    void Refuse()
    {
        var reason = Session.IsWritable ? CloseReasons.ForcedClose : CloseReasons.ForcedServerClose;
        Close();
        OnClosed(reason);
    }

    /// <summary>As <see cref="Close"/>, for callers that hold a lock.</summary>
    public void CloseLater()
    {
        isClosing = true;
        ThreadPool.UnsafeQueueUserWorkItem(
            static connection => connection.Close(), this, preferLocal: false);
    }

    public void SendConnectError(string name, ReadOnlyMemory<byte> json)
    {
        if (IsOpen)
            Session.Send(server.Options.Parser.Encode(new Packet
            {
                Type = PacketType.ConnectError, Namespace = name, Json = json,
            }));
    }

    Socket[] Sockets()
    {
        lock (sync)
            return [.. sockets.Values.OfType<Socket>()];
    }

    void OnConnectTimeout()
    {
        if (!Array.Exists(Sockets(), socket => socket.Connected))
            Close();
    }

    void OnPacket(Packet packet)
    {
        var name = packet.Namespace;
        var auth = packet.Json;
        if (IsOld && name.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at)
        {
            auth = QueryAsJson(name[at..]);
            name = name[..at];
        }

        Socket? socket;
        bool isKnown;
        lock (sync)
            isKnown = sockets.TryGetValue(name, out socket);
        if (packet.Type == PacketType.Connect && !isKnown)
            Connect(name, auth);
        else if (socket is { Connected: true }
            && packet.Type is not (PacketType.Connect or PacketType.ConnectError))
            socket.OnPacket(packet);
        else
            Refuse();
    }

    void Connect(string name, ReadOnlyMemory<byte> auth)
    {
        lock (sync)
        {
            if (!IsOpen)
                return;
            if (sockets.Count >= Limits.NamespacesPerConnectionMax)
            {
                name = "";
            }
            else
            {
                // Joining: a second CONNECT for it closes the connection.
                sockets[name] = null;
            }
        }

        if (name.Length == 0)
            Close();
        else
            _ = ConnectAsync(name, auth);
    }

    async Task ConnectAsync(string name, ReadOnlyMemory<byte> auth)
    {
        try
        {
            var found = await server.FindAsync(name, auth, this);
            if (found is not null)
            {
                await found.ConnectAsync(this, auth);
                return;
            }

            lock (sync)
                sockets.Remove(name);
            SendConnectError(name, "{\"message\":\"Invalid namespace\"}"u8.ToArray());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            server.Log.CallbackFailed(e, name, "what lets sockets in");
            Close();
        }
    }

    static byte[] QueryAsJson(string query)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (key, values) in QueryHelpers.ParseQuery(query))
                writer.WriteString(key, values.ToString());
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
