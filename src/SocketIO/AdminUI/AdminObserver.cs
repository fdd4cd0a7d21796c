using System.Security.Cryptography;
using System.Text;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Diagnostics;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.AdminUI;

/// <summary>Counts for the page, in both modes.</summary>
class AdminCounter(AggregatedEvents events) : ServerObserver
{
    int pollingClientsCount;

    public int PollingClientsCount => Volatile.Read(ref pollingClientsCount);

    public override void OnOpened(EngineSession session)
    {
        events.Add("rawConnection");
        if (session.TransportName == "polling")
            Interlocked.Increment(ref pollingClientsCount);
    }

    public override void OnUpgraded(EngineSession session) =>
        Interlocked.Decrement(ref pollingClientsCount);

    public override void OnClosed(EngineSession session, string reason)
    {
        if (session.TransportName == "polling")
            Interlocked.Decrement(ref pollingClientsCount);
        events.Add("rawDisconnection", reason);
    }

    public override void OnReceived(int bytes)
    {
        events.Add("packetsIn");
        events.Add("bytesIn", count: bytes);
    }

    public override void OnSent(int bytes)
    {
        events.Add("packetsOut");
        events.Add("bytesOut", count: bytes);
    }
}

/// <summary>Tells the page of everything, in development mode.</summary>
sealed class AdminObserver(SocketIOServer server, Namespace admin, AggregatedEvents events)
    : AdminCounter(events)
{
    /// <summary>Nobody of this node looks, and there is no other node.</summary>
    bool IsAlone => admin.SocketsCount == 0
        && (admin.Adapter.GetType() == typeof(InMemoryAdapter)
            || admin.Adapter.GetType() == typeof(RecoveringAdapter));

    public override void NamespaceAdded(Namespace nsp)
    {
        if (nsp.Adapter is not InMemoryAdapter rooms)
            return;
        rooms.RoomJoined += (room, id) => Tell("room_joined", nsp.Name, room, id);
        rooms.RoomLeft += (room, id) => Tell("room_left", nsp.Name, room, id);
    }

    public override void SocketConnected(Socket socket)
    {
        Remember(socket);
        if (!IsAlone)
            Tell("socket_connected", AdminJson.Socket(socket.Namespace.Name, socket.Describe()));
    }

    public override void OnUpgraded(EngineSession session)
    {
        base.OnUpgraded(session);
        foreach (var nsp in server.Namespaces)
        {
            foreach (var socket in nsp.Sockets)
            {
                if (socket.Session != session)
                    continue;
                Remember(socket);
                if (!IsAlone)
                    admin.Emit("socket_updated", AdminJson.TransportUpdate(nsp.Name, socket));
            }
        }
    }

    public override void DataChanged(Socket socket)
    {
        // Before it is in its namespace the page does not know it.
        if (socket.Connected && !IsAlone)
            admin.Emit("socket_updated", AdminJson.DataUpdate(socket.Namespace.Name, socket));
    }

    public override void SocketDisconnected(Socket socket, string reason) =>
        Tell("socket_disconnected", socket.Namespace.Name, socket.Id, reason);

    public override void EventReceived(EventContext context) =>
        TellEvent("event_received", context.Socket, context.Packet);

    public override void EventSent(Socket socket, Packet packet) =>
        TellEvent("event_sent", socket, packet);

    void TellEvent(string name, Socket socket, Packet packet)
    {
        if (socket.Namespace != admin && !packet.Json.IsEmpty)
            Tell(name, socket.Namespace.Name, socket.Id, socket.ArgumentsOf(packet));
    }

    void Tell(string name, params ReadOnlySpan<object?> arguments)
    {
        if (!IsAlone)
            admin.EmitAll(name, [.. arguments, AdminJson.Now(server.Time)]);
    }

    static void Remember(Socket socket) => socket.Data.SetQuietly(
        AdminJson.DataKey, new Dictionary<string, object?>
        {
            ["clientId"] = ClientId(socket.Session.Id), ["transport"] = socket.TransportName,
        });

    /// <summary>
    /// One for each connection. The official server shows the beginning of the engine's own id,
    /// which is a secret.
    /// </summary>
    static string ClientId(string engineId) => Convert.ToBase64String(
        SHA256.HashData(Encoding.ASCII.GetBytes(engineId)).AsSpan(0, 9))
        .Replace('+', '-').Replace('/', '_');
}
