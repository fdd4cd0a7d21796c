using System.Net.Sockets;
using Sluice.SocketIO.Kestrel;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The connection's own socket, which the web server has let go of: nothing of the server, and
/// nothing of the request, is kept for a client that is silent.
/// </summary>
sealed class SocketWire : WebSocketWire
{
    readonly DetachedSocket socket;

    /// <summary>What had come before the socket was let go of, and is still to be read.</summary>
    ReadOnlyMemory<byte> unread;

    /// <param name="socket">It is closed with the wire.</param>
    /// <param name="unread">What has been read of it, and not been handed out.</param>
    public SocketWire(DetachedSocket socket, ReadOnlyMemory<byte> unread)
    {
        this.socket = socket;
        this.unread = unread;
    }

    public override bool IsDirect => true;

    public override bool IsDetached => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        if (unread.IsEmpty)
            return socket.Socket.ReceiveAsync(buffer, SocketFlags.None, cancel);
        var length = Math.Min(unread.Length, buffer.Length);
        unread[..length].CopyTo(buffer);
        // What has been handed out is not kept.
        unread = length == unread.Length ? default : unread[length..];
        return new ValueTask<int>(length);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> frames) =>
        SendAsync(socket.Socket, frames);

    public override void Prefetch() => _ = socket.Socket.Blocking;

    public override void OnPong(ReadOnlySpan<byte> payload)
    {
        // Nobody has asked.
    }

    // It stands among the open ones until it is released: a server that stops waits for sessions.
    public override void Abort() => DetachedSocket.Shut(socket.Socket);

    public override void Release() => socket.Close();
}
