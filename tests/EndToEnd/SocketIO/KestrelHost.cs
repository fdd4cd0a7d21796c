using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// An application in the tests' process, on a port of its own. Every server of these tests stands
/// on it: Kestrel is set up here and nowhere else.
/// </summary>
sealed class KestrelHost : IAsyncDisposable
{
    /// <summary>"detachable", or nothing for Kestrel's own sockets.</summary>
    const string SocketsVariable = "SLUICE_TEST_SOCKETS";

    readonly WebApplication app;

    KestrelHost(WebApplication app)
    {
        this.app = app;
        // Who listens on a file as well knows its name.
        Address = new Uri(app.Urls.Single(url => !url.Contains("//unix:")));
    }

    /// <summary>Such as http://127.0.0.1:40000/.</summary>
    public Uri Address { get; }

    /// <summary>The same without the last slash.</summary>
    public string Url => Address.GetLeftPart(UriPartial.Authority);

    public IServiceProvider Services => app.Services;

    /// <param name="add">The services.</param>
    /// <param name="map">Middleware and endpoints.</param>
    /// <param name="listen">What is special about the connections.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="isDetachable">
    /// UseDetachableSockets, or not; null for what the whole run is about.
    /// </param>
    public static async Task<KestrelHost> StartAsync(
        Action<IServiceCollection> add, Action<WebApplication> map,
        Action<ListenOptions>? listen = null, int port = 0, bool? isDetachable = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (isDetachable
            ?? Environment.GetEnvironmentVariable(SocketsVariable) == "detachable")
            builder.WebHost.UseDetachableSockets();
        // For those who listen with TLS.
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, port, listen ?? (_ => { })));
        add(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new KestrelHost(app);
    }

    /// <summary>Ends the server alone: the application is not told.</summary>
    /// <param name="hasTime">It waits for its connections, with patience.</param>
    /// <returns>False when it has closed some itself.</returns>
    public async Task<bool> StopServerAsync(bool hasTime = false)
    {
        using var patience = new CancellationTokenSource(
            hasTime ? Patience.Event : TimeSpan.Zero);
        await app.Services.GetRequiredService<IServer>().StopAsync(patience.Token);
        return !patience.IsCancellationRequested;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
