using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>An application with a Socket.IO server, on Kestrel and a port of its own.</summary>
public sealed class SocketIOHost : IAsyncDisposable
{
    readonly WebApplication app;
    readonly Connections connections;

    SocketIOHost(WebApplication app, Connections connections)
    {
        this.app = app;
        this.connections = connections;
    }

    public ISocketIOServer IO => app.Services.GetRequiredService<ISocketIOServer>();

    public IServiceProvider Services => app.Services;

    /// <summary>Such as http://127.0.0.1:40000/.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <param name="configure">The options.</param>
    /// <param name="serve">Namespaces and handlers.</param>
    /// <param name="extend">Adapters and the like.</param>
    /// <param name="build">Other endpoints, and middleware.</param>
    public static async Task<SocketIOHost> StartAsync(
        Action<SocketIOOptions>? configure = null, Action<ISocketIOServer>? serve = null,
        Action<ISocketIOBuilder>? extend = null, Action<WebApplication>? build = null)
    {
        var connections = new Connections();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Use(connections.Watch)));
        var socketIO = builder.Services.AddSocketIO(configure);
        extend?.Invoke(socketIO);
        var app = builder.Build();
        if (build is null)
            app.MapSocketIO("/socket.io", serve);
        else
            build(app);
        await app.StartAsync();
        return new SocketIOHost(app, connections);
    }

    /// <summary>
    /// As when its process is killed: its connections are reset, without a goodbye, and others are
    /// refused.
    /// </summary>
    public async Task KillAsync()
    {
        connections.Kill();
        // The server alone: the application is not told.
        await app.Services.GetRequiredService<IServer>().StopAsync(new CancellationToken(true));
    }

    public async ValueTask DisposeAsync()
    {
        await IO.CloseAsync();
        await app.StopAsync();
        await app.DisposeAsync();
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
