using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.Cli.Demo;

/// <summary>
/// The three servers behind the demonstration's gateway, in this process and on loopback:
/// WebSockets, a REST service, and a health endpoint.
/// </summary>
internal sealed class DemoBackends : IAsyncDisposable
{
    /// <summary>Bytes of one message that the echo and the broadcast take.</summary>
    const int MessageBytesMax = 1 << 20;

    /// <summary>Messages that wait for one slow listener of the broadcast; older ones are lost.</summary>
    const int BroadcastQueueMax = 64;

    /// <summary>Items the REST service keeps; a POST beyond that is answered with 507.</summary>
    const int ItemsMax = 1000;

    readonly List<WebApplication> servers = [];
    readonly ConcurrentDictionary<Channel<byte[]>, byte> listeners = new();
    readonly ConcurrentQueue<string> items = new(["lock", "weir"]);

    /// <summary>Starts all three; each takes the port asked for, or any when that is taken.</summary>
    /// <returns>The ports they have.</returns>
    public async Task<int[]> StartAsync(int[] ports) =>
    [
        await StartAsync(ports[0], MapSockets),
        await StartAsync(ports[1], MapRest),
        await StartAsync(ports[2], app => app.MapGet("/health", () => "healthy\n")),
    ];

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }

    async Task<int> StartAsync(int port, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(options => options.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.UseWebSockets();
        map(app);
        await app.StartAsync();
        servers.Add(app);
        var addresses = app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>();
        return new Uri(addresses!.Addresses.First()).Port;
    }

    void MapSockets(WebApplication app)
    {
        app.Map("/echo", context => AcceptAsync(context, EchoAsync));
        app.Map("/broadcast", context => AcceptAsync(context, BroadcastAsync));
    }

    static async Task AcceptAsync(HttpContext context, Func<WebSocket, Task> serve)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            await context.Response.WriteAsync("a WebSocket lives here\n");
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        try
        {
            await serve(socket);
        }
        catch (WebSocketException)
        {
            // The client went away without a close frame; there is nobody to tell.
        }
    }

    static async Task EchoAsync(WebSocket socket)
    {
        while (await ReceiveAsync(socket) is { } message)
        {
            await socket.SendAsync(message.Bytes, message.Type, true, default);
        }
        await CloseAsync(socket);
    }

    /// <summary>Sends to every listener, this one included, what each of them says.</summary>
    async Task BroadcastAsync(WebSocket socket)
    {
        var queue = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(BroadcastQueueMax)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
        });
        listeners[queue] = 0;
        var sending = SendAllAsync(socket, queue.Reader);
        try
        {
            while (await ReceiveAsync(socket) is { } message)
            {
                foreach (var (listener, _) in listeners)
                {
                    listener.Writer.TryWrite(message.Bytes);
                }
            }
        }
        finally
        {
            listeners.TryRemove(queue, out _);
            queue.Writer.Complete();
            await sending;
        }
        await CloseAsync(socket);
    }

    static async Task SendAllAsync(WebSocket socket, ChannelReader<byte[]> queue)
    {
        await foreach (byte[] message in queue.ReadAllAsync())
        {
            if (socket.State == WebSocketState.Open)
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, true, default);
            }
        }
    }

    sealed record Message(byte[] Bytes, WebSocketMessageType Type);

    /// <summary>One whole message; null when the other side closes, or sends too much.</summary>
    static async Task<Message?> ReceiveAsync(WebSocket socket)
    {
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        while (bytes.Length <= MessageBytesMax)
        {
            var part = await socket.ReceiveAsync(buffer, default);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            bytes.Write(buffer.AsSpan(0, part.Count));
            if (part.EndOfMessage)
            {
                return new Message(bytes.ToArray(), part.MessageType);
            }
        }
        await socket.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, "too big", default);
        return null;
    }

    static async Task CloseAsync(WebSocket socket)
    {
        if (socket.State == WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", default);
        }
    }

    void MapRest(WebApplication app)
    {
        app.MapGet("/api/items", () => items);
        app.MapGet("/api/whoami", (HttpRequest request) => new
        {
            forwardedFor = request.Headers["X-Forwarded-For"].ToString(),
            host = request.Host.Value,
        });
        app.MapPost("/api/items", async (HttpRequest request) =>
        {
            using var body = new StreamReader(request.Body);
            string item = await body.ReadToEndAsync();
            if (items.Count >= ItemsMax)
            {
                return Results.StatusCode(StatusCodes.Status507InsufficientStorage);
            }
            items.Enqueue(item);
            return Results.Created("/api/items", item);
        });
    }
}
