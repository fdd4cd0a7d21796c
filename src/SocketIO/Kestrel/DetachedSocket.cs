using System.Net.Sockets;
using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.Kestrel;

/// <summary>A socket without a connection of Kestrel's; who has it has to close it.</summary>
/// <param name="Socket">Nobody else's; it may be shut before it is closed.</param>
/// <param name="Open">Where it stands until it is closed.</param>
readonly record struct DetachedSocket(NetSocket Socket, DetachedSockets Open)
{
    /// <summary>Ends reading and writing, and with them what the server waits for.</summary>
    public void Close()
    {
        Shut(Socket);
        Open.Remove(Socket);
    }

    /// <summary>
    /// Ends reading and writing, after what was written. A second time does nothing. From any
    /// thread.
    /// </summary>
    public static void Shut(NetSocket socket)
    {
        try
        {
            // Without it, closing would throw away what the client has not taken yet.
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The client was faster, or another thread.
        }

        socket.Dispose();
    }
}
