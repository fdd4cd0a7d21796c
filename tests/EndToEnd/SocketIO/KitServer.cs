using System.Globalization;
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
    readonly KestrelHost? kestrel;

    KitServer(ChildProcess? node, KestrelHost? kestrel, string url)
    {
        this.node = node;
        this.kestrel = kestrel;
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
        if (kestrel is not null)
            await kestrel.DisposeAsync();
    }

    static async Task<KitServer> StartSluiceAsync(string variant)
    {
        var kestrel = await KestrelHost.StartAsync(
            services => services.AddSocketIO(options => SocketIOKit.Configure(options, variant)),
            app => app.MapSocketIO("/socket.io", io => SocketIOKit.SetUp(
                io, variant, app.Lifetime.StopApplication)));
        return new KitServer(null, kestrel, kestrel.Url);
    }
}
