using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;

namespace Sluice.Cli.Demo;

/// <summary>What one check was about, and how it went.</summary>
/// <param name="Route">The path through the gateway.</param>
/// <param name="Claim">What is true when it passes.</param>
/// <param name="Failure">What went wrong; null when it passed.</param>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record DemoCheck(string Route, string Claim, string? Failure, double Milliseconds);

/// <summary>Real clients through every route of conf/demo.conf.</summary>
/// <param name="gateway">The gateway's address, without a scheme: <c>127.0.0.1:8090</c>.</param>
/// <param name="reload">Loads the configuration again.</param>
internal sealed class DemoChecks(string gateway, Func<Task> reload) : IDisposable
{
    /// <summary>The longest time a single check may take.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(5);

    readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = new Uri($"http://{gateway}"),
        Timeout = patience,
    };

    public void Dispose() => http.Dispose();

    /// <summary>Runs all checks, one after the other; a failed one does not stop the next.</summary>
    public async Task<List<DemoCheck>> RunAsync() =>
    [
        await CheckAsync("/ws/echo", "a text comes back", () => EchoAsync("/ws/echo", 5)),
        await CheckAsync("/ws/echo", "64 KB come back", () => EchoAsync("/ws/echo", 65_536)),
        await CheckAsync("/ws/broadcast", "heard by every listener", BroadcastAsync),
        await CheckAsync("/forgotten/echo", "no Upgrade lines needed",
            () => EchoAsync("/forgotten/echo", 5)),
        await CheckAsync("/ws/echo", "a reload keeps the tunnel", ReloadAsync),
        await CheckAsync("/api/items", "GET, and a POST that stays", RestAsync),
        await CheckAsync("/api/whoami", "the client is forwarded", WhoAmIAsync),
        await CheckAsync("/health", "200", () => ExpectAsync("/health", HttpStatusCode.OK)),
        await CheckAsync("/v1/items", "301 by return",
            () => ExpectAsync("/v1/items", HttpStatusCode.MovedPermanently)),
        await CheckAsync("/", "200 by return", () => ExpectAsync("/", HttpStatusCode.OK)),
    ];

    static async Task<DemoCheck> CheckAsync(string route, string claim, Func<Task> check)
    {
        var watch = Stopwatch.StartNew();
        string? failure = null;
        try
        {
            await check();
        }
        catch (Exception cause) when (cause is DemoFailure or WebSocketException
            or HttpRequestException or OperationCanceledException)
        {
            failure = (cause.InnerException ?? cause).Message;
        }
        return new DemoCheck(route, claim, failure, watch.Elapsed.TotalMilliseconds);
    }

    sealed class DemoFailure(string message) : Exception(message);

    static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new DemoFailure(otherwise);
        }
    }

    async Task EchoAsync(string route, int bytes)
    {
        using var socket = await ConnectAsync(route);
        await ExpectEchoAsync(socket, new string('w', bytes));
        await CloseAsync(socket);
    }

    async Task BroadcastAsync()
    {
        using var speaker = await ConnectAsync("/ws/broadcast");
        using var listener = await ConnectAsync("/ws/broadcast");
        // Who hears its own word has been entered; only then is a word for both.
        await SendAsync(listener, "listener");
        await HearAsync(listener, "listener");
        await SendAsync(speaker, "speaker");
        await HearAsync(speaker, "speaker");
        await HearAsync(listener, "speaker");
        await CloseAsync(speaker);
        await CloseAsync(listener);
    }

    async Task ReloadAsync()
    {
        using var socket = await ConnectAsync("/ws/echo");
        await ExpectEchoAsync(socket, "before");
        await reload();
        await ExpectEchoAsync(socket, "after");
        await CloseAsync(socket);
    }

    async Task RestAsync()
    {
        using var posted = await http.PostAsync("/api/items", new StringContent("sluice"));
        Expect(posted.StatusCode == HttpStatusCode.Created, $"POST: {posted.StatusCode}");
        string items = await http.GetStringAsync("/api/items");
        Expect(items.Contains("\"sluice\"", StringComparison.Ordinal), $"the items are {items}");
    }

    async Task WhoAmIAsync()
    {
        string answer = await http.GetStringAsync("/api/whoami");
        Expect(
            answer.Contains("\"forwardedFor\":\"127.0.0.1\"", StringComparison.Ordinal),
            $"the backend saw {answer}");
    }

    async Task ExpectAsync(string route, HttpStatusCode status)
    {
        using var answer = await http.GetAsync(route);
        Expect(answer.StatusCode == status, $"answered {(int)answer.StatusCode}");
    }

    async Task<ClientWebSocket> ConnectAsync(string route)
    {
        var socket = new ClientWebSocket();
        using var limit = new CancellationTokenSource(patience);
        await socket.ConnectAsync(new Uri($"ws://{gateway}{route}"), limit.Token);
        return socket;
    }

    static async Task ExpectEchoAsync(ClientWebSocket socket, string text)
    {
        await SendAsync(socket, text);
        Expect(await ReceiveAsync(socket) == text, "something else came back");
    }

    static async Task SendAsync(ClientWebSocket socket, string text)
    {
        using var limit = new CancellationTokenSource(patience);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, true, limit.Token);
    }

    static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(patience);
        var text = new StringBuilder();
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, limit.Token);
            Expect(part.MessageType == WebSocketMessageType.Text, "the tunnel was closed");
            text.Append(Encoding.ASCII.GetString(buffer, 0, part.Count));
            if (part.EndOfMessage)
            {
                return text.ToString();
            }
        }
    }

    /// <summary>Passes over what others said before.</summary>
    static async Task HearAsync(ClientWebSocket socket, string word)
    {
        while (await ReceiveAsync(socket) != word)
        {
        }
    }

    static async Task CloseAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(patience);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", limit.Token);
        Expect(
            socket.CloseStatus == WebSocketCloseStatus.NormalClosure,
            $"closed with {(int?)socket.CloseStatus}");
    }
}
