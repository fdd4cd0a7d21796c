using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.Kestrel;

/// <summary>
/// The sockets that have left their connections: the end of the server is theirs too.
/// </summary>
sealed class DetachedSockets
{
    readonly Lock gate = new();
    readonly HashSet<NetSocket> open = [];
    TaskCompletionSource? ended;

    public DetachedSocket Add(NetSocket socket)
    {
        lock (gate)
            open.Add(socket);
        return new DetachedSocket(socket, this);
    }

    public void Remove(NetSocket socket)
    {
        lock (gate)
        {
            open.Remove(socket);
            if (open.Count == 0)
                ended?.TrySetResult();
        }
    }

    /// <summary>
    /// Waits until all are closed, and shuts the rest when the server has no more time. None may
    /// be added any more.
    /// </summary>
    public async Task EndAsync(CancellationToken stop)
    {
        lock (gate)
        {
            if (open.Count == 0)
                return;
            ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            await ended.Task.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            NetSocket[] late;
            lock (gate)
                late = [.. open];
            foreach (var socket in late)
                DetachedSocket.Shut(socket);
        }
    }
}
