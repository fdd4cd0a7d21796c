using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Sluice.SocketIO.EngineIO;

namespace Sluice.SocketIO.Testing;

/// <summary>
/// An Engine.IO session over HTTP long polling, by whatever the HttpClient leads to: one GET is
/// always under way, and one POST at a time.
/// </summary>
sealed class TestConnection(HttpClient http, SocketIOTestClientOptions options) : IDisposable
{
    static readonly EngineMessage pong = new("3"u8.ToArray(), IsBinary: false);

    readonly Channel<EngineMessage> outgoing =
        Channel.CreateBounded<EngineMessage>(Limits.WaitingMax);
    readonly TaskCompletionSource<string> ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource stop = new();
    string address = "";
    Task posting = Task.CompletedTask;
    volatile bool isBroken;

    /// <summary>Why it has ended, in the words of the official client.</summary>
    public Task<string> Ended => ended.Task;

    /// <summary>Gets each message, one after the other.</summary>
    public required Action<EngineMessage> OnMessage { get; init; }

    /// <summary>Begins a session.</summary>
    /// <exception cref="HttpRequestException">The server said no.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        var query = new StringBuilder("?EIO=4&transport=polling");
        foreach (var (name, value) in options.Query)
            query.Append('&').Append(Uri.EscapeDataString(name)).Append('=')
                .Append(Uri.EscapeDataString(value));
        address = $"{options.Path.TrimEnd('/')}/{query}";
        using var answer = await http.GetAsync(new Uri(address, UriKind.Relative), cancel);
        var body = await answer.Content.ReadAsByteArrayAsync(cancel);
        if (answer.StatusCode != HttpStatusCode.OK || body is not [(byte)'0', .. var open])
            throw new HttpRequestException(
                $"The server answered {(int)answer.StatusCode} to the handshake: "
                    + Encoding.UTF8.GetString(body), null, answer.StatusCode);
        using var handshake = JsonDocument.Parse(open.AsMemory());
        address += "&sid=" + handshake.RootElement.GetProperty("sid").GetString();
        _ = ReceiveAllAsync();
        posting = SendAllAsync();
    }

    /// <summary>Queues messages, one behind the other.</summary>
    /// <exception cref="InvalidOperationException">Too many wait.</exception>
    public void Send(params ReadOnlySpan<EngineMessage> messages)
    {
        foreach (var message in messages)
            if (!outgoing.Writer.TryWrite(message) && !ended.Task.IsCompleted)
                throw new InvalidOperationException(
                    $"More than {Limits.WaitingMax} messages wait to be sent.");
    }

    /// <summary>Ends it politely: what is queued is sent, then goodbye.</summary>
    public async Task CloseAsync(TimeSpan patience)
    {
        Send(new EngineMessage("1"u8.ToArray(), IsBinary: false));
        outgoing.Writer.TryComplete();
        await posting.WaitAsync(patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End("io client disconnect");
    }

    /// <summary>
    /// Breaks it, as a network does: the server sees a transport error. A second GET beside the
    /// one that is under way does this for certain, and a request that is cancelled does not.
    /// </summary>
    public async Task BreakAsync()
    {
        isBroken = true;
        try
        {
            using var answer = await http.GetAsync(
                new Uri(address, UriKind.Relative), stop.Token);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // It is broken all the same.
        }

        End("transport error");
    }

    public void Dispose()
    {
        End("io client disconnect");
        stop.Dispose();
    }

    public void End(string reason)
    {
        if (!ended.TrySetResult(reason))
            return;
        outgoing.Writer.TryComplete();
        stop.Cancel();
    }

    async Task ReceiveAllAsync()
    {
        try
        {
            while (!ended.Task.IsCompleted)
            {
                using var answer = await http.GetAsync(
                    new Uri(address, UriKind.Relative), stop.Token);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    End("transport error");
                    return;
                }

                var packets = new List<EngineMessage>();
                PollingPayload.TryRead(
                    await answer.Content.ReadAsByteArrayAsync(stop.Token), packets);
                foreach (var packet in packets)
                    Take(packet);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // A server in process lets its own exceptions out here.
            End("transport error");
        }
    }

    void Take(in EngineMessage packet)
    {
        if (packet.IsBinary)
            OnMessage(packet);
        else if (packet.Bytes.Span is [(byte)'4', ..])
            OnMessage(new EngineMessage(packet.Bytes[1..], IsBinary: false));
        else if (packet.Bytes.Span is [(byte)'2', ..])
            Send(pong);
        else if (packet.Bytes.Span is [(byte)'1', ..])
            End(isBroken ? "transport error" : "transport close");
    }

    async Task SendAllAsync()
    {
        try
        {
            var packets = new List<EngineMessage>();
            while (await outgoing.Reader.WaitToReadAsync(stop.Token))
            {
                packets.Clear();
                while (packets.Count < Limits.MessagesPerPost
                    && outgoing.Reader.TryRead(out var packet))
                    packets.Add(packet);
                using var content = new ByteArrayContent(
                    PollingPayload.Write(packets).Bytes.ToArray());
                content.Headers.ContentType = new("text/plain") { CharSet = "UTF-8" };
                using var answer = await http.PostAsync(
                    new Uri(address, UriKind.Relative), content, stop.Token);
                if (answer.StatusCode != HttpStatusCode.OK)
                    End("transport error");
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            End("transport error");
        }
    }
}
