using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.Kestrel;

/// <summary>A listening socket.</summary>
sealed class DetachableListener(
    NetSocket socket, SocketTransportOptions options, MemoryPool<byte> pool) : IConnectionListener
{
    /// <summary>The process can take no more: asking again at once would be all it does.</summary>
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    readonly DetachablePipes pipes = DetachablePipes.Of(options, pool);
    readonly DetachedSockets detached = new();
    CancellationToken stop;
    readonly string run = Convert.ToHexString(RandomNumberGenerator.GetBytes(6));
    long accepted;

    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    /// <summary>The next connection; null when the listener is closed.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(
        CancellationToken cancellationToken = default)
    {
        while (true)
        {
            NetSocket client;
            try
            {
                client = await socket.AcceptAsync(cancellationToken);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException closed)
                when (closed.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException gone) when (gone.SocketErrorCode is
                SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The client has gone before it was accepted: the next one.
                continue;
            }
            catch (SocketException)
            {
                await Task.Delay(pause, cancellationToken);
                continue;
            }

            if (Open(client) is { } connection)
                return connection;
        }
    }

    /// <summary>A connection on a socket; null when that cannot be used any more.</summary>
    DetachableConnection? Open(NetSocket client)
    {
        try
        {
            if (client.LocalEndPoint is IPEndPoint)
                client.NoDelay = options.NoDelay;
            var connection = new DetachableConnection(NextId(), client, pool, pipes, detached);
            connection.Start();
            return connection;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // What a system tells of a socket that its client has reset meanwhile.
            client.Dispose();
            return null;
        }
    }

    /// <param name="cancellationToken">Set when the server has no more time to stop.</param>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        stop = cancellationToken;
        socket.Dispose();
        return default;
    }

    /// <summary>After all connections; waits for the sockets that have left theirs.</summary>
    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await detached.EndAsync(stop);
        pool.Dispose();
    }

    /// <summary>Told apart from those of other listeners and other runs.</summary>
    string NextId() => FormattableString.Invariant(
        $"{run}:{Interlocked.Increment(ref accepted):X}");
}
