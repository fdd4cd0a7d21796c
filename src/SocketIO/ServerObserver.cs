using Microsoft.Extensions.Logging;
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

/// <summary>What the Socket.IO layer writes to the log; never a payload or a token.</summary>
sealed class SocketIOLog(ILogger logger)
{
    static readonly Action<ILogger, string, Exception?> handlerFailed =
        LoggerMessage.Define<string>(
            LogLevel.Error, new EventId(10, "HandlerFailed"), "a handler failed: {Event}");

    static readonly Action<ILogger, string, Exception?> packetRejected =
        LoggerMessage.Define<string>(
            LogLevel.Debug, new EventId(11, "PacketRejected"), "a packet was rejected: {Reason}");

    public void HandlerFailed(Exception e, string name) => handlerFailed(logger, name, e);

    public void PacketRejected(string reason) => packetRejected(logger, reason, null);
}
