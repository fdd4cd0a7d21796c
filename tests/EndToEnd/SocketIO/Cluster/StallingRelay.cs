using System.Net;
using System.Net.Sockets;

namespace Sluice.EndToEnd.SocketIO.Cluster;

/// <summary>
/// Stands between a node and Redis, and can stop moving bytes: for Redis and the other nodes the
/// node is there, and does nothing.
/// </summary>
sealed class StallingRelay : IAsyncDisposable
{
    readonly Socket listener = Tcp();
    readonly CancellationTokenSource end = new();
    readonly List<Socket> sockets = [];
    readonly int redisPort;
    volatile TaskCompletionSource mayMove = Done();

    StallingRelay(int redisPort)
    {
        this.redisPort = redisPort;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _ = AcceptAllAsync();
    }

    /// <summary>As a node's address of Redis.</summary>
    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}";

    public static StallingRelay Start(int redisPort) => new(redisPort);

    public void Pause() => mayMove = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => mayMove.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        Resume();
        listener.Dispose();
        lock (sockets)
            sockets.ForEach(socket => socket.Dispose());
    }

    async Task AcceptAllAsync()
    {
        while (!end.IsCancellationRequested)
        {
            var node = await listener.AcceptAsync(end.Token);
            var redis = Tcp();
            lock (sockets)
                sockets.AddRange([node, redis]);
            await redis.ConnectAsync(IPAddress.Loopback, redisPort, end.Token);
            _ = MoveAllAsync(node, redis);
            _ = MoveAllAsync(redis, node);
        }
    }

    async Task MoveAllAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int length;
            do
            {
                length = await from.ReceiveAsync(buffer, end.Token);
                // The end of a connection is kept back, too.
                await mayMove.Task;
                for (var sent = 0; sent < length;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, length - sent), end.Token);
            }
            while (length > 0);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone
            is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            to.Dispose();
        }
    }

    static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    static Socket Tcp() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
}
