using Sluice.EndToEnd.Servers;
using SocketIOClient;
using SocketIOClient.Transport;
using Client = SocketIOClient.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>The client for .NET, SocketIOClient on NuGet, and what a test asks of it.</summary>
sealed class DotNetClient : IDisposable
{
    readonly Client client;
    volatile int connects;

    /// <param name="address">The server, with the namespace behind it.</param>
    /// <param name="path">Where the requests go.</param>
    /// <param name="transport">The first one.</param>
    /// <param name="upgrades">From polling to WebSocket.</param>
    /// <param name="version">Of Engine.IO.</param>
    /// <param name="auth">The payload, or null.</param>
    public DotNetClient(
        Uri address, string path, TransportProtocol transport, bool upgrades = false,
        int version = 4, object? auth = null)
    {
        client = new Client(address, new SocketIOOptions
        {
            // It puts a slash behind it.
            Path = path.TrimEnd('/'),
            Transport = transport,
            AutoUpgrade = upgrades,
            EIO = version,
            Auth = auth,
            ReconnectionDelay = 20,
            ReconnectionDelayMax = 100,
        });
        client.OnConnected += (_, _) => Interlocked.Increment(ref connects);
    }

    /// <summary>
    /// Connects, and waits for the namespace: the client's own method may return before it, and
    /// what is sent then ends the connection, with the official server as well.
    /// </summary>
    public async Task ConnectAsync()
    {
        await client.ConnectAsync().WaitAsync(Patience.Event);
        await ConnectedAsync(1);
    }

    /// <summary>Waits until it has connected so many times.</summary>
    public Task ConnectedAsync(int times) =>
        Patience.ForAsync(() => connects >= times, () => $"connection {times}");

    public Task DisconnectAsync() => client.DisconnectAsync().WaitAsync(Patience.Event);

    public void On(string name, Action<SocketIOResponse> handle) => client.On(name, handle);

    public Task EmitAsync(string name, params object[] values) => client.EmitAsync(name, values);

    /// <summary>Sends an event; the values of its acknowledgement.</summary>
    public async Task<SocketIOResponse> AskAsync(string name, params object[] values)
    {
        var answer = new TaskCompletionSource<SocketIOResponse>();
        await client.EmitAsync(name, answer.SetResult, values);
        return await answer.Task.WaitAsync(Patience.Event);
    }

    public void Dispose() => client.Dispose();
}
