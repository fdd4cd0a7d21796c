using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>Sees what happens on a server; for diagnostics and the admin UI.</summary>
class ServerObserver
{
    public virtual void SocketConnected(Socket socket)
    {
    }

    public virtual void SocketDisconnected(Socket socket, string reason)
    {
    }

    public virtual void EventReceived(EventContext context)
    {
    }

    public virtual void EventSent(Socket socket, Packet packet)
    {
    }
}
