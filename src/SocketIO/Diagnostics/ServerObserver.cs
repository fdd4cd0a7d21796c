using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Diagnostics;

/// <summary>
/// Sees what happens on a server, its engine included; calls come from many threads at once, and
/// none holds a lock. What can be counted is counted by <see cref="SocketIOMetrics"/> instead,
/// without anybody who looks.
/// </summary>
abstract class ServerObserver : EngineObserver
{
    /// <summary>There is one more namespace; nobody is in it yet.</summary>
    public virtual void NamespaceAdded(Namespace nsp)
    {
    }

    /// <summary>The socket is in its namespace; its handlers have not run yet.</summary>
    public virtual void SocketConnected(Socket socket)
    {
    }

    /// <summary>The socket goes; it is still in its rooms.</summary>
    public virtual void SocketDisconnected(Socket socket, string reason)
    {
    }

    /// <summary>The application put something into the socket's data.</summary>
    public virtual void DataChanged(Socket socket)
    {
    }

    /// <summary>An event came, and its handlers are next.</summary>
    public virtual void EventReceived(EventContext context)
    {
    }

    /// <summary>An event, or an acknowledged one, goes to a socket.</summary>
    public virtual void EventSent(Socket socket, Packet packet)
    {
    }
}

/// <summary>Several observers as one, so that nobody who looks costs one branch.</summary>
sealed class ServerObservers(ServerObserver first, ServerObserver second) : ServerObserver
{
    public override void OnOpened(EngineSession session)
    {
        first.OnOpened(session);
        second.OnOpened(session);
    }

    public override void OnUpgraded(EngineSession session)
    {
        first.OnUpgraded(session);
        second.OnUpgraded(session);
    }

    public override void OnClosed(EngineSession session, string reason)
    {
        first.OnClosed(session, reason);
        second.OnClosed(session, reason);
    }

    public override void OnReceived(int bytes)
    {
        first.OnReceived(bytes);
        second.OnReceived(bytes);
    }

    public override void OnSent(int bytes)
    {
        first.OnSent(bytes);
        second.OnSent(bytes);
    }

    public override void NamespaceAdded(Namespace nsp)
    {
        first.NamespaceAdded(nsp);
        second.NamespaceAdded(nsp);
    }

    public override void SocketConnected(Socket socket)
    {
        first.SocketConnected(socket);
        second.SocketConnected(socket);
    }

    public override void SocketDisconnected(Socket socket, string reason)
    {
        first.SocketDisconnected(socket, reason);
        second.SocketDisconnected(socket, reason);
    }

    public override void DataChanged(Socket socket)
    {
        first.DataChanged(socket);
        second.DataChanged(socket);
    }

    public override void EventReceived(EventContext context)
    {
        first.EventReceived(context);
        second.EventReceived(context);
    }

    public override void EventSent(Socket socket, Packet packet)
    {
        first.EventSent(socket, packet);
        second.EventSent(socket, packet);
    }
}
