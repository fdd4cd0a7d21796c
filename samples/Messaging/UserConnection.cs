using System.Net.WebSockets;
using System.Threading.Channels;

namespace Sluice.Samples.Messaging;

/// <summary>One WebSocket of a user, with a queue so that nobody waits for a slow reader.</summary>
internal sealed class UserConnection(WebSocket socket, CancellationToken stopping)
{
    readonly Channel<byte[]> outbox = Channel.CreateBounded<byte[]>(Limits.OutboxMax);

    /// <summary>Queues a message; a reader that is too far behind loses its connection.</summary>
    public void Send(Wire message)
    {
        if (!outbox.Writer.TryWrite(message.Encode()))
        {
            socket.Abort();
        }
    }

    /// <summary>Closes with 1008, after which a client does not try again.</summary>
    public Task RefuseAsync(string reason) =>
        socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, reason, stopping);

    /// <summary>Reads until the connection ends; whether it ended with a close frame.</summary>
    public async Task<bool> ServeAsync(Action<Wire?> receive)
    {
        var sending = SendAllAsync();
        try
        {
            return await ReceiveAllAsync(receive);
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException)
        {
            return await CloseWhenStoppingAsync();
        }
        finally
        {
            outbox.Writer.TryComplete();
            await sending;
        }
    }

    async Task<bool> ReceiveAllAsync(Action<Wire?> receive)
    {
        byte[] buffer = new byte[Limits.MessageBytesMax];
        int length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), stopping);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
                return true;
            }
            if (part.EndOfMessage)
            {
                receive(Wire.Decode(buffer.AsSpan(0, length)));
                length = 0;
            }
            else if (length == buffer.Length)
            {
                await socket.CloseOutputAsync(
                    WebSocketCloseStatus.MessageTooBig, "a message is too long", default);
                return true;
            }
        }
    }

    async Task SendAllAsync()
    {
        try
        {
            await foreach (byte[] message in outbox.Reader.ReadAllAsync(stopping))
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, true, stopping);
            }
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException
            or InvalidOperationException)
        {
            // The reading side notices the same, and ends the connection.
        }
    }

    /// <summary>1012 tells clients that it pays to come back.</summary>
    async Task<bool> CloseWhenStoppingAsync()
    {
        if (stopping.IsCancellationRequested && socket.State == WebSocketState.Open)
        {
            await socket.CloseOutputAsync((WebSocketCloseStatus)1012, "restarting", default);
            return true;
        }
        return false;
    }
}
