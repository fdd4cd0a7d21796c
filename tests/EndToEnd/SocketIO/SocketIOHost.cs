using System.Net;
using Microsoft.AspNetCore.Builder;
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

    SocketIOHost(WebApplication app) => this.app = app;

    public ISocketIOServer IO => app.Services.GetRequiredService<ISocketIOServer>();

    public IServiceProvider Services => app.Services;

    /// <summary>Such as http://127.0.0.1:40000/.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <param name="configure">The options.</param>
    /// <param name="serve">Namespaces and handlers.</param>
    /// <param name="extend">Adapters and the like.</param>
    public static async Task<SocketIOHost> StartAsync(
        Action<SocketIOOptions>? configure = null, Action<ISocketIOServer>? serve = null,
        Action<ISocketIOBuilder>? extend = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var socketIO = builder.Services.AddSocketIO(configure);
        extend?.Invoke(socketIO);
        var app = builder.Build();
        app.MapSocketIO("/socket.io", serve);
        await app.StartAsync();
        return new SocketIOHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        await IO.CloseAsync();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
