using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Sluice.Samples.Messaging.Client;

/// <summary>
/// One open connection of a <see cref="ReconnectingWebSocket"/>, until it ends: it sends what is
/// queued, takes in what comes, and beats.
/// </summary>
/// <param name="socket">The open connection.</param>
/// <param name="options">How to behave.</param>
/// <param name="beats">Where the times of heartbeats go.</param>
internal sealed class Link(
    WebSocket socket, ReconnectingWebSocketOptions options, Latencies beats) : IDisposable
{
    readonly SemaphoreSlim sending = new(1);
    long beat;
    long beatSentAt;
    TaskCompletionSource? answered;
    volatile bool readerIsBehind;

    /// <summary>The queue's next message while it is not known to be sent.</summary>
    public required Outbox Outbox { get; init; }

    /// <summary>Where messages go.</summary>
    public required ChannelWriter<string> Inbox { get; init; }

    public void Dispose() => sending.Dispose();

    /// <summary>Serves the connection until it ends.</summary>
    /// <param name="closing">Asks for an orderly close.</param>
    /// <returns>The close code; 1006 when there was none.</returns>
    public async Task<int> ServeAsync(CancellationToken closing)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(closing);
        Task<int> receiving = ReceiveAsync(end.Token);
        Task[] parts = [receiving, SendAsync(end.Token), BeatAsync(end.Token)];
        await Task.WhenAny(parts).ConfigureAwait(false);
        if (closing.IsCancellationRequested)
        {
            await CloseAsync(WebSocketCloseStatus.NormalClosure).ConfigureAwait(false);
        }
        await end.CancelAsync().ConfigureAwait(false);
        // Ends what the operating system holds on to; a dead connection would keep it for minutes.
        socket.Abort();
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return receiving.IsCompletedSuccessfully ? receiving.Result : 1006;
    }

    async Task<int> ReceiveAsync(CancellationToken end)
    {
        byte[] buffer = new byte[8 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), end).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure).ConfigureAwait(false);
                return (int)(socket.CloseStatus ?? WebSocketCloseStatus.Empty);
            }
            message.Write(buffer, 0, part.Count);
            if (message.Length > options.MessageBytesMax)
            {
                await CloseAsync(WebSocketCloseStatus.MessageTooBig).ConfigureAwait(false);
                return (int)WebSocketCloseStatus.MessageTooBig;
            }
            if (part.EndOfMessage)
            {
                string text = Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
                message.SetLength(0);
                await TakeAsync(text, end).ConfigureAwait(false);
            }
        }
    }

    async ValueTask TakeAsync(string text, CancellationToken end)
    {
        if (options.HeartbeatAnswer(text) is not { } number)
        {
            readerIsBehind = true;
            await Inbox.WriteAsync(text, end).ConfigureAwait(false);
            readerIsBehind = false;
        }
        else if (number == Volatile.Read(ref beat) && answered is { } waiting)
        {
            beats.Add(options.Time.GetElapsedTime(Volatile.Read(ref beatSentAt)));
            waiting.TrySetResult();
        }
    }

    async Task SendAsync(CancellationToken end)
    {
        while (await Outbox.PeekAsync(end).ConfigureAwait(false) is { } message)
        {
            await SendAsync(message, end).ConfigureAwait(false);
            Outbox.Sent();
        }
    }

    async Task BeatAsync(CancellationToken end)
    {
        while (true)
        {
            await Task.Delay(options.HeartbeatInterval, options.Time, end).ConfigureAwait(false);
            var waiting = new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously);
            answered = waiting;
            Volatile.Write(ref beatSentAt, options.Time.GetTimestamp());
            long number = Interlocked.Increment(ref beat);
            await SendAsync(options.Heartbeat(number), end).ConfigureAwait(false);
            while (!await IsAnsweredAsync(waiting.Task, end).ConfigureAwait(false))
            {
                // An answer may stand behind messages that this side does not read: not the
                // connection's fault.
                if (!readerIsBehind)
                {
                    return;
                }
            }
        }
    }

    async Task<bool> IsAnsweredAsync(Task answer, CancellationToken end)
    {
        try
        {
            await answer.WaitAsync(options.HeartbeatTimeout, options.Time, end)
                .ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    async Task SendAsync(string message, CancellationToken end)
    {
        await sending.WaitAsync(end).ConfigureAwait(false);
        try
        {
            await socket.SendAsync(
                Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, end)
                .ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }
    }

    async Task CloseAsync(WebSocketCloseStatus status)
    {
        using var bound = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        try
        {
            await socket.CloseOutputAsync(status, null, bound.Token).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException
            or InvalidOperationException)
        {
            // It was gone before it was closed.
        }
    }
}
