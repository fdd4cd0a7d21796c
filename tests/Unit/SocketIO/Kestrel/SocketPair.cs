using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sluice.SocketIO.Kestrel;
using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.Unit.SocketIO.Kestrel;

/// <summary>A connection of Kestrel's and its client, over the loopback interface.</summary>
sealed class SocketPair : IAsyncDisposable
{
    SocketPair(NetSocket client, NetSocket server, MemoryPool<byte> pool)
    {
        Client = client;
        Server = server;
        Connection = new DetachableConnection(
            "1", server, pool, DetachablePipes.Of(new SocketTransportOptions(), pool), Open);
    }

    public NetSocket Client { get; }

    /// <summary>The other end, which the connection owns.</summary>
    public NetSocket Server { get; }

    public DetachedSockets Open { get; } = new();

    public DetachableConnection Connection { get; }

    /// <summary>Nothing that has left its connection is open.</summary>
    public bool IsNothingOpen => Open.EndAsync(CancellationToken.None).IsCompleted;

    /// <summary>Connected; the connection is not started.</summary>
    public static async Task<SocketPair> ConnectAsync(MemoryPool<byte>? pool = null)
    {
        using var listener = Tcp();
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        var client = Tcp();
        await client.ConnectAsync(listener.LocalEndPoint!);
        return new SocketPair(
            client, await listener.AcceptAsync(), pool ?? MemoryPool<byte>.Shared);
    }

    /// <summary>Closes the client with RST.</summary>
    public void Reset() => Client.Close(0);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Connection.Abort(new());
        await Connection.DisposeAsync();
        Server.Dispose();
    }

    static NetSocket Tcp() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
