using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>The server that clients/matrix-client.mjs and other clients of the matrix talk to.</summary>
static class MatrixHost
{
    /// <summary>Where clients are sent the official client's files and a page that loads them.</summary>
    static readonly string clientFolder = Path.Combine(
        Repository.Clients, "node_modules", "socket.io", "client-dist");

    /// <param name="instance">What it answers to "instance".</param>
    /// <param name="nodeTag">What the ids of its sessions begin with.</param>
    /// <param name="pings">No ping for the time of a test, when false.</param>
    /// <param name="deflate">How messages on WebSockets are compressed.</param>
    /// <param name="path">Where it serves.</param>
    /// <param name="redis">Through which its rooms reach other instances; null for none.</param>
    public static Task<SocketIOHost> StartAsync(
        string instance = "a", string nodeTag = "", bool pings = true,
        PerMessageDeflateOptions? deflate = null, string path = "/socket.io",
        string? redis = null) =>
        SocketIOHost.StartAsync(
            options =>
            {
                options.AllowEIO3 = true;
                options.NodeTag = nodeTag;
                options.PingInterval = TimeSpan.FromMilliseconds(pings ? 500 : 60_000);
                options.ClientFolder = clientFolder;
                options.PerMessageDeflate = deflate;
            },
            extend: socketIO =>
            {
                if (redis is not null)
                    socketIO.AddRedisAdapter(redis);
            },
            build: app =>
            {
                app.MapSocketIO(path, io => Serve(io, instance));
                // ?at= is where clients find the path.
                app.MapGet("/page", (string at = "/socket.io/") => Results.Content(
                    "<!doctype html><title>page</title>"
                        + $"<script src=\"{at}socket.io.min.js\"></script>", "text/html"));
            });

    static void Serve(ISocketIOServer io, string instance)
    {
        io.OnConnection(socket => Serve(socket, instance));
        var inside = io.Of("/inside");
        inside.Use(async (socket, next) =>
        {
            if (!socket.Handshake.Auth.TryGetProperty("token", out var token)
                || token.GetString() != "letmein")
                throw new ConnectError("not authorized");
            await next();
        });
        inside.OnConnection(socket => socket.On("auth", () => socket.Handshake.Auth));
    }

    static void Serve(Socket socket, string instance)
    {
        var counted = new List<int>();
        socket.On("instance", () => instance);
        socket.On("echo", context => context.AckAll(
            [.. context.Arguments.Select(argument => (object?)argument)]));
        socket.On("ask me", async context => context.Ack(
            await socket.EmitWithAckAsync<Argument>("ask", context.Arguments[0])));
        socket.On<int>("push", count =>
        {
            for (var at = 0; at < count; at++)
                socket.Emit("pushed", at, new byte[] { (byte)at, 0xff });
        });
        socket.On("count", context => counted.Add(context.Arguments.Get<int>(0)));
        socket.On("counted", () => counted);
        socket.On("leave", () => socket.Disconnect());
        socket.On<string, bool>("join", room =>
        {
            socket.Join(room!);
            return true;
        });
        socket.On<string, bool>("part", room =>
        {
            socket.Leave(room!);
            return true;
        });
        socket.On<string, string, byte[]>("tell", (room, text, bytes) =>
            socket.Namespace.In(room!).Emit("heard", text, bytes));
    }
}
