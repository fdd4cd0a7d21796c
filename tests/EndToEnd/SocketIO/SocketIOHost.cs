using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>An application with a Socket.IO server, on Kestrel and a port of its own.</summary>
public sealed class SocketIOHost : IAsyncDisposable
{
    readonly KestrelHost kestrel;
    readonly Connections connections;

    SocketIOHost(KestrelHost kestrel, Connections connections)
    {
        this.kestrel = kestrel;
        this.connections = connections;
    }

    public ISocketIOServer IO => Services.GetRequiredService<ISocketIOServer>();

    public IServiceProvider Services => kestrel.Services;

    /// <summary>Such as http://127.0.0.1:40000/.</summary>
    public Uri Address => kestrel.Address;

    /// <summary>The same without the last slash.</summary>
    public string Url => kestrel.Url;

    /// <param name="configure">The options.</param>
    /// <param name="serve">Namespaces and handlers.</param>
    /// <param name="extend">Adapters and the like.</param>
    /// <param name="build">Other endpoints, and middleware.</param>
    /// <param name="port">0 for any.</param>
    public static async Task<SocketIOHost> StartAsync(
        Action<SocketIOOptions>? configure = null, Action<ISocketIOServer>? serve = null,
        Action<ISocketIOBuilder>? extend = null, Action<WebApplication>? build = null,
        int port = 0)
    {
        var connections = new Connections();
        var kestrel = await KestrelHost.StartAsync(
            services =>
            {
                var socketIO = services.AddSocketIO(configure);
                extend?.Invoke(socketIO);
            },
            build ?? (app => app.MapSocketIO("/socket.io", serve)),
            listen => listen.Use(connections.Watch),
            port);
        return new SocketIOHost(kestrel, connections);
    }

    /// <summary>
    /// As when its process is killed: its connections are reset, without a goodbye, and others are
    /// refused.
    /// </summary>
    public Task KillAsync()
    {
        connections.Kill();
        return kestrel.StopServerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await IO.CloseAsync();
        await kestrel.DisposeAsync();
    }

    sealed class Connections
    {
        readonly ConcurrentDictionary<string, ConnectionContext> open = [];
        volatile bool isKilled;

        public ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
        {
            open[connection.ConnectionId] = connection;
            try
            {
                if (isKilled)
                    connection.Abort();
                else
                    await next(connection);
            }
            finally
            {
                open.TryRemove(connection.ConnectionId, out _);
            }
        };

        public void Kill()
        {
            isKilled = true;
            foreach (var connection in open.Values)
                connection.Abort();
        }
    }
}
