using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.EngineIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>An Engine.IO server on Kestrel that echoes; a message "close" has it close.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    readonly WebApplication app;

    EngineHost(WebApplication app, EngineServer engine)
    {
        this.app = app;
        Engine = engine;
        Address = new Uri(app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public EngineServer Engine { get; }

    public Uri Address { get; }

    public ConcurrentQueue<EngineSession> Sessions { get; } = new();

    /// <summary>Why sessions ended, in their order.</summary>
    public ConcurrentQueue<string> Reasons { get; } = new();

    public static async Task<EngineHost> StartAsync(
        Action<EngineOptions>? configure = null, HttpProtocols protocols = HttpProtocols.Http1,
        string path = "/engine.io", Action<ListenOptions>? listen = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, endpoint =>
            {
                endpoint.Protocols = protocols;
                listen?.Invoke(endpoint);
            }));
        var app = builder.Build();
        var options = new EngineOptions { MaxHttpBufferSize = 1000 };
        configure?.Invoke(options);
        var engine = new EngineServer(
            options, NullLogger.Instance, TimeProvider.System, app.Services);
        app.MapEngineIO(path, engine);
        EngineHost? host = null;
        engine.OnSession = session =>
        {
            host!.Sessions.Enqueue(session);
            return new Echo(session, host.Reasons.Enqueue);
        };
        await app.StartAsync();
        return host = new EngineHost(app, engine);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    sealed class Echo(EngineSession session, Action<string> onClosed) : IEngineHandler
    {
        public void OnMessage(ReadOnlySpan<byte> payload, bool isBinary)
        {
            if (payload.SequenceEqual("close"u8))
                session.Close();
            else if (isBinary)
                session.Send([new EngineMessage(payload.ToArray(), IsBinary: true)]);
            else
                session.Send([new EngineMessage((byte[])[(byte)'4', .. payload], IsBinary: false)]);
        }

        public void OnClosed(string reason) => onClosed(reason);
    }
}
