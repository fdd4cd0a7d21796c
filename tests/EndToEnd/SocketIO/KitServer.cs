using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>Who serves a scenario.</summary>
public enum KitServerKind
{
    /// <summary>The npm package: shows that the scenario asks for what is so.</summary>
    Official,

    /// <summary>Sluice.SocketIO on Kestrel.</summary>
    Sluice,
}

/// <summary>A server for a scenario of clients/socketio.</summary>
sealed class KitServer : IAsyncDisposable
{
    readonly ChildProcess? node;
    readonly WebApplication? app;

    KitServer(ChildProcess? node, WebApplication? app, string url)
    {
        this.node = node;
        this.app = app;
        Url = url;
    }

    public string Url { get; }

    public static async Task<KitServer> StartAsync(KitServerKind kind, string variant)
    {
        if (kind == KitServerKind.Sluice)
            return await StartSluiceAsync(variant);
        var node = NodeProcess.Start("socketio/kit-server.mjs", variant);
        const string mark = "listening ";
        var output = await node.OutputWithAsync("\n");
        var port = int.Parse(
            output[(output.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Trim(),
            CultureInfo.InvariantCulture);
        return new KitServer(node, null, $"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null)
            await node.DisposeAsync();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    static async Task<KitServer> StartSluiceAsync(string variant)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSocketIO(options => SocketIOKit.Configure(options, variant));
        var app = builder.Build();
        app.MapSocketIO("/socket.io", io => SocketIOKit.SetUp(
            io, variant, app.Services.GetRequiredService<IHostApplicationLifetime>()
                .StopApplication));
        await app.StartAsync();
        var url = app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new KitServer(null, app, url);
    }
}
