using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.SocketIO;

namespace Sluice.SocketIOBench;

/// <summary>
/// The servers in C#, each a process of its own: "tell" goes to everybody as "news", "ask" comes
/// back. official-server.mjs does the same.
/// </summary>
static class Servers
{
    public static async Task ServeAsync(string kind, string? redisPort)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        if (kind == "signalr")
        {
            builder.Services.AddSignalR();
        }
        else
        {
            if (kind == "sluice")
                builder.WebHost.UseDetachableSockets();
            var server = builder.Services.AddSocketIO();
            if (redisPort is not null)
                server.AddRedisAdapter($"127.0.0.1:{redisPort}");
        }
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/gc", static () =>
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return "ok";
        });
        if (kind == "signalr")
            app.MapHub<BenchHub>("/hub");
        else
            app.MapSocketIO("/socket.io", static io => io.OnConnection(socket =>
            {
                socket.On<string>("tell", text => io.Emit("news", text));
                socket.On<string, string>("ask", text => text);
            }));
        await app.StartAsync();
        Console.WriteLine($"listening {new Uri(app.Urls.First()).Port}");
        // The parent ends it by closing its input.
        await Console.In.ReadToEndAsync();
        await app.StopAsync(new CancellationToken(canceled: true));
    }
}

/// <summary>The same as a hub.</summary>
sealed class BenchHub : Hub
{
    public Task Tell(string text) => Clients.All.SendAsync("news", text);

    public string Ask(string text) => text;
}
