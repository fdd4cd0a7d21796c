using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.EndToEnd.Servers;

/// <summary>
/// An upstream server in this process, on plain sockets: what a connection does is a method.
/// </summary>
public sealed class Backend : IAsyncDisposable
{
    readonly Socket listener;
    readonly Func<BackendConnection, Task> serve;
    readonly ConcurrentDictionary<BackendConnection, Task> connections = new();
    readonly Task accepting;
    int accepted;

    Backend(Socket listener, Func<BackendConnection, Task> serve)
    {
        this.listener = listener;
        this.serve = serve;
        Endpoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    /// <summary>Where it listens, in the form of a configuration's <c>server</c> line.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Connections that are open now.</summary>
    public int Open => connections.Count;

    /// <summary>Connections accepted since the start.</summary>
    public int Accepted => Volatile.Read(ref accepted);

    /// <summary>Listens on a port of the kernel's choice, or on the given endpoint.</summary>
    public static Backend Start(Func<BackendConnection, Task> serve, IPEndPoint? endpoint = null)
    {
        var listener = new Socket(
            AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endpoint ?? new IPEndPoint(Loopback.Backends, 0));
        listener.Listen(4096);
        return new Backend(listener, serve);
    }

    /// <summary>Stops listening and resets every connection, as a killed process would.</summary>
    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        foreach (var connection in connections.Keys)
            connection.Abort();
        await Task.WhenAll(connections.Values).WaitAsync(Patience.Crowd);
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync();
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                return;
            }
            socket.NoDelay = true;
            var connection = new BackendConnection(socket, Interlocked.Increment(ref accepted));
            var start = new TaskCompletionSource();
            connections[connection] = RunAsync(connection, start.Task);
            start.SetResult();
        }
    }

    async Task RunAsync(BackendConnection connection, Task start)
    {
        await start;
        try
        {
            await serve(connection);
        }
        catch (Exception gone) when (gone is SocketException or IOException
            or ObjectDisposedException or System.Net.WebSockets.WebSocketException)
        {
            // The proxy ended it in the middle; tests look at what arrived, not at this.
        }
        finally
        {
            await connection.CloseAsync();
            connections.TryRemove(connection, out _);
        }
    }
}

/// <summary>One connection that a proxy opened to a backend.</summary>
public sealed class BackendConnection(Socket socket, int ordinal) : IDisposable
{
    ReceiveBuffer? received;
    Task pump = Task.CompletedTask;

    /// <summary>1 for the first connection this backend accepted.</summary>
    public int Ordinal => ordinal;

    /// <summary>The socket itself, for those that read it themselves.</summary>
    public Socket Socket => socket;

    /// <summary>What has arrived; reading starts at the first look.</summary>
    public ReceiveBuffer Received
    {
        get
        {
            if (received is null)
            {
                received = new ReceiveBuffer();
                pump = received.PumpAsync(socket);
            }
            return received;
        }
    }

    /// <summary>Sends; false when the proxy does not take it any more.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[await socket.SendAsync(bytes)..];
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Sends text as Latin-1 bytes, exactly as written.</summary>
    public Task<bool> SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>The next request with its body; null when the connection ended first.</summary>
    public async Task<HttpMessage?> RequestAsync(TimeSpan? bound = null)
    {
        HttpMessage? request = null;
        await Received.TakeAsync(
            (bytes, ended) => HttpReader.Request(bytes, ended, out request),
            bound ?? TimeSpan.FromHours(1));
        return request;
    }

    /// <summary>Ends our direction and leaves the other open.</summary>
    public void Shutdown() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>
    /// Closes in an orderly way. Disposing a socket with a read under way would reset it.
    /// </summary>
    public async Task CloseAsync()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The other side was quicker.
        }
        await pump;
        socket.Dispose();
    }

    /// <summary>Closes with a reset instead of an orderly end.</summary>
    public void Abort()
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Already closed, which is all that was wanted.
        }
        socket.Dispose();
    }

    public void Dispose() => socket.Dispose();
}
