using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Sluice.SocketIO;
using Sluice.SocketIO.MessagePack;
using IOSocket = Sluice.SocketIO.Socket;

namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>
/// Sluice.SocketIO on Kestrel, doing what clients/golden-server.mjs does: the same variants, the
/// same handlers, the same log.
/// </summary>
sealed partial class SluiceServer : IGoldenServer
{
    readonly ConcurrentQueue<string> log = new();
    KestrelHost? kestrel;

    SluiceServer()
    {
    }

    public int Port => kestrel!.Address.Port;

    public IReadOnlyList<string> Log => [.. log];

    public static async Task<IGoldenServer> StartAsync(string variant)
    {
        var server = new SluiceServer();
        server.kestrel = await KestrelHost.StartAsync(
            services =>
            {
                services.AddCors();
                services.AddSocketIO(options => Configure(options, variant));
            },
            app =>
            {
                app.UseRouting();
                app.UseCors();
                var endpoint = app.MapSocketIO(
                    "/socket.io", io => SetUp(io, server.log.Enqueue));
                if (variant == "main")
                    endpoint.RequireCors(cors => cors.WithOrigins("https://ex.am")
                        .AllowCredentials().AllowAnyHeader().AllowAnyMethod());
            });
        return server;
    }

    public Task SettleAsync() => Task.CompletedTask;

    public async Task StopAsync()
    {
        await kestrel!.Services.GetRequiredService<ISocketIOServer>().CloseAsync();
        await kestrel.DisposeAsync();
    }

    static void Configure(SocketIOOptions options, string variant)
    {
        switch (variant)
        {
            case "main":
                options.MaxHttpBufferSize = 1000;
                options.CookieName = "io";
                options.AllowRequest = Deny;
                break;
            case "quick":
                options.PingInterval = TimeSpan.FromMilliseconds(300);
                options.PingTimeout = TimeSpan.FromMilliseconds(200);
                options.UpgradeTimeout = TimeSpan.FromMilliseconds(200);
                options.ConnectTimeout = TimeSpan.FromMilliseconds(200);
                break;
            case "msgpack":
                options.Parser = MessagePackPacketParser.Instance;
                break;
            case "recovery":
                options.ConnectionStateRecovery = new();
                break;
            case "eio3":
                options.AllowEIO3 = true;
                break;
            case "websocket":
                options.Transports.Remove("polling");
                break;
            case "polling":
                options.Transports.Remove("websocket");
                break;
            case "noupgrade":
                options.AllowUpgrades = false;
                break;
        }
    }

    static ValueTask<string?> Deny(HttpContext context) =>
        ValueTask.FromResult(context.Request.Query.ContainsKey("deny") ? "custom deny" : null);

    static void SetUp(ISocketIOServer io, Action<string> log)
    {
        io.Engine.ConnectionError += (error, _) =>
            log($"connection_error {error.Code} {error.Message}");
        INamespace[] spaces =
            [io, io.Of("/custom"), io.Of("/mw"), io.Of(Dynamic()), io.Of("/admin")];
        foreach (var space in spaces)
            space.OnConnection(socket => Serve(socket, log));
        io.Of("/mw").Use(async (socket, next) =>
        {
            if (!socket.Handshake.Auth.TryGetProperty("ok", out _))
                throw new ConnectError("not authorized",
                    socket.Handshake.Auth.TryGetProperty("withData", out _)
                        ? new Dictionary<string, int> { ["code"] = 42 } : null);
            await next();
        });
    }

    static void Serve(IOSocket socket, Action<string> log)
    {
        var nsp = socket.Namespace;
        log($"connection {nsp.Name}{(socket.Recovered ? " recovered" : "")}");
        socket.OnDisconnect(reason => log($"disconnect {nsp.Name} {reason}"));
        socket.On("echo", context =>
        {
            if (context.HasAck)
                context.AckAll(context.Arguments.ToArray());
            else
                socket.EmitAll("echo", context.Arguments.ToArray());
        });
        socket.On("ask", () => AskAsync(socket, log));
        socket.On<bool>("kick", close => socket.Disconnect(close));
        socket.On<int>("bin", count => socket.EmitAll(
            "bin", [.. Enumerable.Range(0, count).Select(at => new[] { (byte)at })]));
        socket.On("both", () =>
        {
            socket.Emit("bin", new byte[] { 0 }, new byte[] { 1 });
            socket.Emit("echo", "é");
        });
        socket.On("fleeting", () =>
        {
            socket.Emit("first");
            socket.Volatile.Emit("lost");
            socket.Emit("last");
        });
        ServeRooms(socket);
        socket.On("direct", context => socket.EmitAll("direct", context.Arguments.ToArray()));
        socket.On("auth", context => context.Ack(socket.Handshake.Auth));
        socket.On("query", context => context.Ack(
            socket.Handshake.Query.TryGetValue("x", out var x) ? x.ToString() : null));
    }

    static void ServeRooms(IOSocket socket)
    {
        var nsp = socket.Namespace;
        socket.On("join", context =>
        {
            socket.Join(context.Arguments.Get<string>(0)!);
            context.Ack();
        });
        socket.On("leave", context =>
        {
            socket.Leave(context.Arguments.Get<string>(0)!);
            context.Ack();
        });
        socket.On("rooms", context => context.Ack(
            socket.Rooms.Where(room => room != socket.Id).Order(StringComparer.Ordinal).ToArray()));
        socket.On("say", context => nsp.To(context.Arguments.Get<string>(0)!)
            .EmitAll("said", context.Arguments.ToArray().AsSpan(1)));
        socket.On("others", context =>
            socket.Broadcast.EmitAll("said", context.Arguments.ToArray()));
        socket.On("except", context => nsp.Except(context.Arguments.Get<string>(0)!)
            .EmitAll("said", context.Arguments.ToArray().AsSpan(1)));
    }

    static async Task AskAsync(IOSocket socket, Action<string> log)
    {
        try
        {
            var answer = await socket.Timeout(TimeSpan.FromMilliseconds(100))
                .EmitWithAckAsync("q", []);
            log($"answer {(answer.Count > 0 ? answer[0].ToString() : "undefined")}");
        }
        catch (AckTimeoutException late)
        {
            log($"answer {late.Message}");
        }
        catch (SocketDisconnectedException)
        {
            // The official server tells the handler nothing before the timeout.
        }
    }

    [GeneratedRegex(@"^/dyn-\d+$")]
    private static partial Regex Dynamic();
}
