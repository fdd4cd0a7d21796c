using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Samples;

/// <summary>A WebSocket client that gives whole messages and does not wait for ever.</summary>
sealed class SampleSocket : IDisposable
{
    readonly ClientWebSocket socket = new();

    public WebSocketCloseStatus? CloseStatus => socket.CloseStatus;

    public static async Task<SampleSocket> ConnectAsync(Deployment deployment, string path)
    {
        var client = new SampleSocket();
        await client.socket.ConnectAsync(deployment.At(path, "ws"), default);
        return client;
    }

    /// <summary>The status of a handshake that is refused.</summary>
    public static async Task<int> RefusalAsync(Deployment deployment, string path)
    {
        using var client = new ClientWebSocket();
        client.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(
            () => client.ConnectAsync(deployment.At(path, "ws"), default));
        return (int)client.HttpStatusCode;
    }

    public Task SendAsync(string text) => socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    public Task SendAsync(byte[] bytes) => socket.SendAsync(
        bytes, WebSocketMessageType.Binary, true, default);

    /// <summary>The next message, which must be a text.</summary>
    public async Task<string> TextAsync() =>
        Encoding.UTF8.GetString(await ReceiveAsync(WebSocketMessageType.Text));

    /// <summary>The next message, which must be JSON.</summary>
    public async Task<JsonElement> JsonAsync() => JsonDocument.Parse(await TextAsync()).RootElement;

    /// <summary>The next message, which must be binary.</summary>
    public Task<byte[]> BytesAsync() => ReceiveAsync(WebSocketMessageType.Binary);

    /// <summary>Closes in order; the other side's status.</summary>
    public async Task<WebSocketCloseStatus?> CloseAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        return socket.CloseStatus;
    }

    /// <summary>Passes over what still comes; the status the other side closes with.</summary>
    public async Task<WebSocketCloseStatus?> ClosedAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        var buffer = new byte[64 * 1024];
        while (socket.CloseStatus is null)
            await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        return socket.CloseStatus;
    }

    public void Dispose() => socket.Dispose();

    async Task<byte[]> ReceiveAsync(WebSocketMessageType type)
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            Assert.Equal(type, part.MessageType);
            length += part.Count;
            if (part.EndOfMessage)
                return buffer[..length];
        }
    }
}
