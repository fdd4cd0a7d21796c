using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
using Sluice.SocketIO.AdminUI;

namespace Sluice.EndToEnd.SocketIO.AdminUI;

/// <summary>A server with the admin UI, and the official page beside it.</summary>
sealed partial class AdminHost : IAsyncDisposable
{
    readonly KestrelHost kestrel;

    AdminHost(KestrelHost kestrel) => this.kestrel = kestrel;

    /// <summary>Such as http://127.0.0.1:40000.</summary>
    public string Address => kestrel.Url;

    /// <param name="mode">Development or production; "readonly" is production without steering.</param>
    /// <param name="redis">The Redis of a cluster; null without one.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="sharesSessions">Sessions of admins are in that Redis, too.</param>
    public static async Task<AdminHost> StartAsync(
        string mode, RedisProcess? redis = null, int port = 0,
        bool sharesSessions = false) => new(await KestrelHost.StartAsync(
        services => Add(services, mode, redis, sharesSessions),
        app =>
        {
            app.UseFileServer(new FileServerOptions
            {
                FileProvider = new PhysicalFileProvider(Path.Combine(
                    Repository.Clients, "node_modules", "@socket.io", "admin-ui", "ui", "dist")),
            });
            app.MapSocketIO("/socket.io", Serve);
        },
        port: port));

    public ValueTask DisposeAsync() => kestrel.DisposeAsync();

    static void Add(
        IServiceCollection services, string mode, RedisProcess? redis, bool sharesSessions)
    {
        var socketIO = services.AddSocketIO().AddAdminUI(admin =>
        {
            admin.BasicAuth("admin", AdminUIOptions.HashPassword("secret"));
            admin.ServerId = "net-server";
            admin.IsReadOnly = mode == "readonly";
            admin.Mode = mode == "development"
                ? AdminUIMode.Development : AdminUIMode.Production;
            if (sharesSessions)
                admin.KeepSessionsInRedis(redis!.Address);
        });
        if (redis is not null)
            socketIO.AddRedisAdapter($"127.0.0.1:{redis.Port}");
    }

    /// <summary>What clients/admin-server.mjs does.</summary>
    static void Serve(ISocketIOServer io)
    {
        io.OnConnection(socket =>
        {
            socket.Join("room1");
            socket.On("hi", (int value) => socket.Emit("yo", value));
            socket.On("bin", (byte[] bytes) => socket.Emit("bin", bytes));
            socket.On("who", (string name) => socket.Data["user"] = name);
            socket.On("dynamic", context => context.Ack(1));
        });
        io.Of(Dynamic()).OnConnection(
            socket => socket.On("hi", () => socket.Join("inner")));
    }

    [GeneratedRegex(@"^/dyn-\d+$")]
    private static partial Regex Dynamic();
}
