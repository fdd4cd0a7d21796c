using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;

namespace Sluice.Samples.Dashboard;

/// <summary>All connected dashboards, and what they are told.</summary>
internal sealed class LiveFeed(Waterway waterway, TimeProvider time) : BackgroundService
{
    /// <summary>Bytes of a message from a client; there is nothing long to say.</summary>
    const int MessageBytesMax = 1024;

    /// <summary>
    /// Messages that wait for a slow dashboard. The oldest are dropped: the next readings replace
    /// them anyway.
    /// </summary>
    const int QueueMax = 16;

    readonly ConcurrentDictionary<Channel<byte[]>, byte> dashboards = new();

    public int ConnectionsCount => dashboards.Count;

    /// <summary>Tells every dashboard.</summary>
    public void Publish(LiveMessage message)
    {
        byte[] bytes = message.Encode();
        foreach (var (queue, _) in dashboards)
        {
            queue.Writer.TryWrite(bytes);
        }
    }

    /// <summary>Serves one dashboard until it goes, or until its token has ended.</summary>
    public async Task ServeAsync(
        WebSocket socket, string user, TimeSpan lifetime, CancellationToken stopping)
    {
        using var tokenEnd = new CancellationTokenSource(lifetime, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(tokenEnd.Token, stopping);
        var queue = Channel.CreateBounded<byte[]>(
            new BoundedChannelOptions(QueueMax) { FullMode = BoundedChannelFullMode.DropOldest });
        queue.Writer.TryWrite(new LiveMessage("welcome")
        {
            User = user,
            Stations = waterway.Stations,
        }.Encode());
        dashboards[queue] = 0;
        var sending = SendAsync(socket, queue.Reader, end.Token);
        var receiving = ReceiveAsync(socket, queue.Writer);
        try
        {
            await Task.WhenAny(sending, receiving);
        }
        finally
        {
            dashboards.TryRemove(queue, out _);
            queue.Writer.TryComplete();
            await sending;
        }
        if (!receiving.IsCompleted)
        {
            // 4401: sign in again; 1012: the service restarts, come back.
            await CloseAsync(socket, tokenEnd.IsCancellationRequested ? 4401 : 1012);
        }
        await receiving.WaitAsync(TimeSpan.FromSeconds(5), time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await second.WaitForNextTickAsync(stoppingToken))
        {
            waterway.Step();
            Publish(new LiveMessage("readings") { Stations = waterway.Stations });
        }
    }

    static async Task SendAsync(
        WebSocket socket, ChannelReader<byte[]> queue, CancellationToken end)
    {
        try
        {
            await foreach (byte[] message in queue.ReadAllAsync(end))
            {
                // Not cancelled: that would break the connection instead of closing it.
                await socket.SendAsync(message, WebSocketMessageType.Text, true, default);
            }
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException
            or InvalidOperationException)
        {
            // The client is gone, or it is time to close.
        }
    }

    static async Task ReceiveAsync(WebSocket socket, ChannelWriter<byte[]> queue)
    {
        byte[] buffer = new byte[MessageBytesMax];
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), default);
            }
            catch (WebSocketException)
            {
                return;
            }
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(socket, 1000);
                return;
            }
            if (!part.EndOfMessage)
            {
                await CloseAsync(socket, 1009);
                return;
            }
            queue.TryWrite(Answer(buffer.AsSpan(0, part.Count)).Encode());
        }
    }

    static LiveMessage Answer(ReadOnlySpan<byte> message)
    {
        try
        {
            var request = JsonSerializer.Deserialize(message, DashboardJson.Default.LiveMessage);
            return request?.Type == "ping"
                ? new LiveMessage("pong")
                : new LiveMessage("error") { Message = "only ping is understood here" };
        }
        catch (JsonException)
        {
            return new LiveMessage("error") { Message = "no JSON" };
        }
    }

    static async Task CloseAsync(WebSocket socket, int code)
    {
        try
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)code, null, default);
        }
        catch (Exception cause) when (cause is WebSocketException or InvalidOperationException)
        {
            // It was gone before it was closed.
        }
    }
}
