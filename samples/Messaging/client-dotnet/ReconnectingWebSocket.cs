using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Sluice.Samples.Messaging.Client;

/// <summary>
/// A WebSocket that comes back: it gives up attempts that hang, notices dead connections by
/// heartbeats, connects again after waits that grow and vary, and keeps what is sent meanwhile.
/// The twin of client/src/reconnecting-websocket.ts. Safe to use from any thread.
/// </summary>
public sealed class ReconnectingWebSocket : IAsyncDisposable
{
    readonly Func<Uri> url;
    readonly ReconnectingWebSocketOptions options;
    readonly CancellationTokenSource closing = new();
    readonly Channel<string> inbox;
    readonly Outbox outbox;
    readonly Latencies beats = new();
    readonly Task running;
    TaskCompletionSource hurry = NewSignal();
    volatile ConnectionState state = ConnectionState.Connecting;
    long attemptsCount;
    long openedCount;
    long droppedCount;
    long receivedCount;

    /// <summary>Begins to connect.</summary>
    /// <param name="url">Asked for each attempt, so that a token in it can be fresh.</param>
    /// <param name="options">How to behave; the defaults suit a proxy with usual limits.</param>
    public ReconnectingWebSocket(Func<Uri> url, ReconnectingWebSocketOptions? options = null)
    {
        this.url = url;
        this.options = options ?? new ReconnectingWebSocketOptions();
        outbox = new Outbox(this.options.QueueMax);
        inbox = Channel.CreateBounded<string>(this.options.InboxMax);
        running = RunAsync();
    }

    public ConnectionState State => state;

    public ConnectionReport Report => new(
        state, Volatile.Read(ref attemptsCount), Volatile.Read(ref openedCount),
        Volatile.Read(ref droppedCount), outbox.SentCount, Volatile.Read(ref receivedCount),
        outbox.Count, outbox.RefusedCount, beats.Summary());

    /// <summary>
    /// The WebSocket URL of a path on a page's host: <c>wss</c> for a page that came over TLS and
    /// <c>ws</c> for any other. A URL that has a scheme of its own keeps its host.
    /// </summary>
    /// <exception cref="ArgumentException">The scheme carries no WebSocket.</exception>
    public static Uri WebSocketUrl(Uri page, string path)
    {
        var target = new UriBuilder(new Uri(page, path)) { Fragment = "" };
        bool hadDefaultPort = target.Uri.IsDefaultPort;
        target.Scheme = target.Scheme switch
        {
            "https" or "wss" => "wss",
            "http" or "ws" => "ws",
            var other => throw new ArgumentException($"no WebSocket can be opened at {other}:"),
        };
        target.Port = hadDefaultPort ? -1 : target.Port;
        return target.Uri;
    }

    /// <summary>Queues a message; false when too much waits already, or it is closed.</summary>
    public bool Send(string message) => outbox.Add(message);

    /// <summary>Messages of all connections, until it is closed for good.</summary>
    public async IAsyncEnumerable<string> ReadAllAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (string message in inbox.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            Interlocked.Increment(ref receivedCount);
            yield return message;
        }
    }

    /// <summary>Connects at once instead of after the rest of a wait.</summary>
    public void ReconnectNow() => hurry.TrySetResult();

    /// <summary>Closes for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }

    async Task RunAsync()
    {
        // The constructor returns first: an attempt may take its time before it first waits.
        await Task.Yield();
        int failuresInRow = 0;
        while (!closing.IsCancellationRequested)
        {
            Become(ConnectionState.Connecting);
            attemptsCount++;
            if (await ConnectAsync().ConfigureAwait(false) is { } socket)
            {
                long openedAt = options.Time.GetTimestamp();
                if (await IsFinalAsync(socket).ConfigureAwait(false))
                {
                    break;
                }
                bool wasStable = options.Time.GetElapsedTime(openedAt) >= options.StableAfter;
                failuresInRow = wasStable ? 0 : failuresInRow;
            }
            if (await WaitAsync(failuresInRow++).ConfigureAwait(false))
            {
                failuresInRow = 0;
            }
        }
        outbox.Complete();
        inbox.Writer.Complete();
        Become(ConnectionState.Closed);
    }

    async Task<WebSocket?> ConnectAsync()
    {
        using var timeout = new CancellationTokenSource(options.ConnectTimeout, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            timeout.Token, closing.Token);
        try
        {
            return await options.Connect(url(), either.Token).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException
            or HttpRequestException or SocketException or IOException)
        {
            return null;
        }
    }

    /// <summary>Serves a connection to its end; whether that was the last.</summary>
    async Task<bool> IsFinalAsync(WebSocket socket)
    {
        using (socket)
        {
            openedCount++;
            Become(ConnectionState.Open);
            using var link = new Link(socket, options, beats)
            {
                Outbox = outbox,
                Inbox = inbox.Writer,
            };
            int code = await link.ServeAsync(closing.Token).ConfigureAwait(false);
            if (closing.IsCancellationRequested || options.FinalCodes.Contains(code))
            {
                return true;
            }
            droppedCount++;
            return false;
        }
    }

    /// <summary>Waits for the next attempt's time; true when somebody was in a hurry.</summary>
    async Task<bool> WaitAsync(int failuresInRow)
    {
        if (closing.IsCancellationRequested)
        {
            return false;
        }
        hurry = NewSignal();
        Become(ConnectionState.Waiting);
        var wait = Task.Delay(
            options.Backoff.Wait(failuresInRow, options.Chance()), options.Time, closing.Token);
        var first = await Task.WhenAny(wait, hurry.Task).ConfigureAwait(false);
        return first == hurry.Task;
    }

    void Become(ConnectionState next)
    {
        state = next;
        options.StateChanged?.Invoke(next);
    }

    static TaskCompletionSource NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
