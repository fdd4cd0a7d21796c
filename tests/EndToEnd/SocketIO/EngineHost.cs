using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.SocketIO.EngineIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>An Engine.IO server on Kestrel that echoes; a message "close" has it close.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    KestrelHost? kestrel;

    EngineHost()
    {
    }

    public EngineServer Engine { get; private set; } = null!;

    public Uri Address => kestrel!.Address;

    public ConcurrentQueue<EngineSession> Sessions { get; } = new();

    /// <summary>Why sessions ended, in their order.</summary>
    public ConcurrentQueue<string> Reasons { get; } = new();

    public static async Task<EngineHost> StartAsync(
        Action<EngineOptions>? configure = null, HttpProtocols protocols = HttpProtocols.Http1,
        string path = "/engine.io", Action<ListenOptions>? listen = null,
        bool? isDetachable = null)
    {
        var options = new EngineOptions { MaxHttpBufferSize = 1000 };
        configure?.Invoke(options);
        var host = new EngineHost();
        host.kestrel = await KestrelHost.StartAsync(
            services => { },
            app => app.MapEngineIO(path, host.Engine = host.Serve(options, app.Services)),
            endpoint =>
            {
                endpoint.Protocols = protocols;
                listen?.Invoke(endpoint);
            },
            isDetachable: isDetachable);
        return host;
    }

    /// <summary>Ends the server alone: the application is not told.</summary>
    /// <param name="hasTime">It waits for its connections, with patience.</param>
    /// <returns>False when it has closed some itself.</returns>
    public Task<bool> StopServerAsync(bool hasTime = false) => kestrel!.StopServerAsync(hasTime);

    public ValueTask DisposeAsync() => kestrel!.DisposeAsync();

    EngineServer Serve(EngineOptions options, IServiceProvider services) =>
        new(options, NullLogger.Instance, TimeProvider.System, services)
        {
            OnSession = session =>
            {
                Sessions.Enqueue(session);
                return new Echo(session, Reasons.Enqueue);
            },
        };

    /// <summary>Sends back what it gets.</summary>
    internal sealed class Echo(EngineSession session, Action<string> onClosed) : IEngineHandler
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
