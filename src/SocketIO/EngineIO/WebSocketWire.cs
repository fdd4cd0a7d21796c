using System.Net.Sockets;
using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// What carries the frames of a WebSocket: the request that it began as, or the connection's
/// socket. Reading and writing fail with what streams and sockets throw when the connection is
/// gone: <see cref="IOException"/>, <see cref="SocketException"/>,
/// <see cref="ObjectDisposedException"/>, <see cref="InvalidOperationException"/>.
/// </summary>
abstract class WebSocketWire
{
    /// <summary>A write goes to the socket at once, whichever thread it comes from.</summary>
    public abstract bool IsDirect { get; }

    /// <summary>It does not depend on the request any more, which may end.</summary>
    public abstract bool IsDetached { get; }

    /// <summary>
    /// Reads bytes; into nothing, waits until there are some. One call at a time.
    /// </summary>
    /// <returns>How many; 0 at the end, or when none were asked for.</returns>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel);

    /// <summary>Writes whole frames. One call at a time.</summary>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> frames);

    /// <summary>Reads what <see cref="WriteAsync"/> is going to read.</summary>
    public abstract void Prefetch();

    /// <summary>A pong has come, maybe to somebody else's ping.</summary>
    public abstract void OnPong(ReadOnlySpan<byte> payload);

    /// <summary>Ends the connection at once: reading and writing end too. From any thread.</summary>
    public abstract void Abort();

    /// <summary>Nobody reads or writes any more.</summary>
    public abstract void Release();

    /// <summary>
    /// Writes to a socket that does not block synchronous calls: at once as far as it takes
    /// something, and waits for the client's window with the rest.
    /// </summary>
    protected static ValueTask SendAsync(NetSocket socket, ReadOnlyMemory<byte> frames)
    {
        int sent;
        SocketError error;
        try
        {
            sent = socket.Send(frames.Span, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException closed)
        {
            return ValueTask.FromException(closed);
        }

        if (error == SocketError.WouldBlock)
            return SendAllAsync(socket, frames);
        if (error != SocketError.Success)
            return ValueTask.FromException(new SocketException((int)error));
        return sent == frames.Length
            ? ValueTask.CompletedTask : SendAllAsync(socket, frames[sent..]);
    }

    /// <summary>Waits for the client's window.</summary>
    protected static async ValueTask SendAllAsync(NetSocket socket, ReadOnlyMemory<byte> frames)
    {
        while (frames.Length > 0)
            frames = frames[await socket.SendAsync(frames)..];
    }
}
