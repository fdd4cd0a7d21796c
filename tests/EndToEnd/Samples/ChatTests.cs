using System.Text.Json;
using Sluice.EndToEnd.Servers;
using Sluice.EndToEnd.SocketIO;
using Sluice.Samples.Shared;
using SocketIOClient.Transport;

namespace Sluice.EndToEnd.Samples;

/// <summary>samples/Chat whole: three instances, rooms over all of them, a token.</summary>
public sealed class ChatTests : IAsyncLifetime
{
    static readonly int[] ports = [8001, 8011, 8021];

    /// <summary>Where clients send their requests.</summary>
    const string path = "/dev/aiwm/chat/socket.io/";

    static readonly DemoTokens tokens = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    RedisProcess redis = null!;
    SampleClients clients = null!;

    public static TheoryData<ProxyKind> Proxies => Deployment.Proxies;

    public async ValueTask InitializeAsync()
    {
        redis = await RedisProcess.StartAsync();
        clients = await SampleClients.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await clients.DisposeAsync();
        await redis.DisposeAsync();
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Rooms_reach_over_instances_whatever_carries_the_client(ProxyKind kind)
    {
        await using var chat = await StartAsync(kind);
        await ConnectAsync(chat, "ada", "polling");
        await ConnectAsync(chat, "grace", "polling", "websocket");
        await ConnectAsync(chat, "edsger", "websocket");
        await ConnectOlderAsync(chat, "barbara", 3, "polling");
        await ConnectOlderAsync(chat, "donald", 3, "polling", "websocket");
        await ConnectOlderAsync(chat, "niklaus", 2, "polling", "websocket");
        await ConnectOlderAsync(chat, "alan", 2, "websocket");
        foreach (var port in ports)
            Assert.Null(await clients.ConnectAsync($"at {port}", chat.Direct(port, "/chat"), new
            {
                path = "/chat/socket.io/",
                auth = new { token = Token($"at {port}") },
            }));
        string[] all =
        [
            "ada", "grace", "edsger", "barbara", "donald", "niklaus", "alan",
            .. ports.Select(port => $"at {port}"),
        ];
        foreach (var name in all[..^1])
            Assert.True(Ok(await clients.AskAsync(name, "join", "lobby")));
        var last = await clients.AskAsync(all[^1], "join", "lobby");
        Assert.Equal(
            all.Order(StringComparer.Ordinal),
            last.GetProperty("users").EnumerateArray().Select(user => user.GetString()!));

        foreach (var name in all)
        {
            var said = await clients.AskAsync(name, "say", "lobby", $"hello from {name}");
            foreach (var other in all)
            {
                var heard = await clients.NextAsync(other, "message");
                Assert.Equal(Text(said, "id"), Text(heard, "id"));
                Assert.Equal(name, Text(heard, "user"));
                Assert.Equal($"hello from {name}", Text(heard, "text"));
            }
        }

        Assert.Equal(
            """[{"room":"lobby","users":10}]""", (await chat.GetAsync("/dev/aiwm/rooms")).Text);
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_client_whose_instance_dies_goes_on_at_another(ProxyKind kind)
    {
        await using var chat = await StartAsync(kind);
        await ConnectAsync(chat, "ada", "polling", "websocket");
        await ConnectAsync(chat, "grace", "websocket");
        await ConnectOlderAsync(chat, "barbara", 3, "polling");
        await ConnectOlderAsync(chat, "niklaus", 2, "polling", "websocket");
        var first = await clients.AskAsync("ada", "whoami");
        await chat.StopAsync(InstanceAt(chat, Text(first, "instance")));
        string[] all = ["ada", "grace", "barbara", "niklaus"];
        foreach (var name in all)
        {
            await clients.ConnectedAsync(name, 2);
            var now = await clients.AskAsync(name, "whoami");
            Assert.NotEqual(Text(first, "instance"), Text(now, "instance"));
            Assert.True(Ok(await clients.AskAsync(name, "join", "lobby")));
        }

        await clients.AskAsync("ada", "say", "lobby", "still here");
        foreach (var name in all)
            Assert.Equal("still here", Text(await clients.NextAsync(name, "message"), "text"));
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_client_for_dotnet_talks_with_the_others(ProxyKind kind)
    {
        await using var chat = await StartAsync(kind);
        await ConnectAsync(chat, "grace", "websocket");
        await clients.AskAsync("grace", "join", "lobby");
        foreach (var transport in Enum.GetValues<TransportProtocol>())
        {
            var name = $"ada by {transport}";
            using var ada = new DotNetClient(
                chat.At("/chat"), path, transport, auth: new { token = Token(name) });
            var heard = new TaskCompletionSource<string>();
            ada.On("message", message =>
                heard.SetResult(Text(message.GetValue<JsonElement>(0), "text")!));
            await ada.ConnectAsync();
            await ada.AskAsync("join", "lobby");
            await ada.EmitAsync("say", "lobby", $"hello from {name}");
            Assert.Equal(
                $"hello from {name}", Text(await clients.NextAsync("grace", "message"), "text"));
            Assert.Equal($"hello from {name}", await Patience.ForAsync(heard.Task));
        }
    }

    [Fact]
    public async Task Without_a_good_token_the_client_is_told_why()
    {
        await using var chat = await StartAsync(ProxyKind.Epoll);
        var expired = tokens.Issue(
            "ada", TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(-1));
        foreach (var (name, token) in new[]
        {
            ("nobody", null), ("wrong", Token("ada") + "x"), ("late", expired),
        })
            Assert.NotNull(await TryAsync(chat, name, token, "websocket"));
        Assert.Null(await TryAsync(chat, "ada", Token("ada"), "websocket"));
        var logs = string.Concat(ports.Select(chat.Output)) + chat.Proxy.ReadLog("access.log");
        Assert.DoesNotContain(Token("ada")[..40], logs, StringComparison.Ordinal);
        Assert.DoesNotContain(expired, logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_guides_own_client_asks_where_nothing_is()
    {
        await using var chat = await StartAsync(ProxyKind.Epoll);
        Assert.NotNull(await clients.ConnectAsync("guide", chat.At("/dev/aiwm/chat"), new
        {
            auth = new { token = Token("ada") },
            transports = new[] { "websocket" },
            reconnection = false,
        }));
        await chat.Proxy.LogsAsync("\"GET /socket.io/", "access.log");
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_page_talks_and_goes_on_at_another_instance(ProxyKind kind)
    {
        await using var chat = await StartAsync(kind);
        await using var page = await Browser.OpenAsync(chat.At("/").ToString());
        await page.FillAsync("name", "ada");
        await page.ClickAsync("#login button");
        await page.UntilAsync("document.getElementById('state').dataset.state === 'open'");
        await ConnectAsync(chat, "grace", "websocket");
        await clients.AskAsync("grace", "join", "lobby");
        await page.UntilAsync("document.body.innerText.includes('here: ada, grace')");
        await page.FillAsync("text", "Is the gate open?");
        await page.ClickAsync("#say button");
        Assert.Equal(
            "Is the gate open?", Text(await clients.NextAsync("grace", "message"), "text"));
        await clients.AskAsync("grace", "say", "lobby", "Half, since noon.");
        await page.UntilAsync("document.body.innerText.includes('grace: Half, since noon.')");
        await page.ScreenshotAsync(Path.Combine(
            Repository.Root, "artifacts", "screenshots", $"chat-{kind}.png"));

        // Both are at the same instance: ip_hash.
        var own = Text(await clients.AskAsync("grace", "whoami"), "instance");
        await chat.StopAsync(InstanceAt(chat, own));
        await clients.ConnectedAsync("grace", 2);
        await page.UntilAsync("/here: ada$/m.test(document.body.innerText)");
        await clients.AskAsync("grace", "join", "lobby");
        await clients.AskAsync("grace", "say", "lobby", "And still.");
        await page.UntilAsync("document.body.innerText.includes('grace: And still.')");
    }

    Task<Deployment> StartAsync(ProxyKind kind) => Deployment.StartAsync(
        kind, "Chat", ports, new()
        {
            ["Jwt__Secret"] = Convert.ToBase64String(tokens.Secret),
            ["Redis"] = redis.Address,
            ["AllowEIO3"] = "true",
        });

    async Task ConnectAsync(Deployment chat, string name, params string[] transports)
    {
        Assert.Null(await TryAsync(chat, name, Token(name), transports));
        await clients.TransportAsync(name, transports[^1]);
    }

    async Task ConnectOlderAsync(
        Deployment chat, string name, int version, params string[] transports)
    {
        var auth = new { token = Token(name) };
        Assert.Null(await clients.ConnectAsync(
            name, chat.At("/chat"), new { path, transports, auth }, version));
        await clients.TransportAsync(name, transports[^1]);
    }

    Task<string?> TryAsync(
        Deployment chat, string name, string? token, params string[] transports) =>
        clients.ConnectAsync(
            name, chat.At("/chat"), new { path, transports, auth = new { token } });

    /// <summary>The port in nginx.conf of the instance that names itself by its own.</summary>
    static int InstanceAt(Deployment chat, string? name) =>
        ports.Single(port => $"{chat.Direct(port, "/").Port}" == name);

    static string Token(string name) => tokens.Issue(name, TimeProvider.System.GetUtcNow());

    static bool Ok(JsonElement answer) => answer.GetProperty("ok").GetBoolean();

    static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
