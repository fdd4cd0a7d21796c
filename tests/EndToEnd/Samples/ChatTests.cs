using System.Text.Json;
using Sluice.EndToEnd.Servers;
using Sluice.Samples.Shared;

namespace Sluice.EndToEnd.Samples;

/// <summary>samples/Chat whole: three instances, rooms over all of them, a token.</summary>
public sealed class ChatTests : IAsyncLifetime
{
    static readonly int[] ports = [8001, 8011, 8021];

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
        foreach (var port in ports)
            Assert.Null(await clients.ConnectAsync($"at {port}", chat.Direct(port, "/chat"), new
            {
                path = "/chat/socket.io/",
                auth = new { token = Token($"at {port}") },
            }));
        string[] all = ["ada", "grace", "edsger", .. ports.Select(port => $"at {port}")];
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
            """[{"room":"lobby","users":6}]""", (await chat.GetAsync("/dev/aiwm/rooms")).Text);
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_client_whose_instance_dies_goes_on_at_another(ProxyKind kind)
    {
        await using var chat = await StartAsync(kind);
        await ConnectAsync(chat, "ada", "polling", "websocket");
        await ConnectAsync(chat, "grace", "websocket");
        var first = await clients.AskAsync("ada", "whoami");
        var dead = ports.Single(port =>
            chat.Direct(port, "/").Port.ToString() == Text(first, "instance"));
        await chat.StopAsync(dead);
        foreach (var name in new[] { "ada", "grace" })
        {
            await clients.ConnectedAsync(name, 2);
            var now = await clients.AskAsync(name, "whoami");
            Assert.NotEqual(Text(first, "instance"), Text(now, "instance"));
            Assert.True(Ok(await clients.AskAsync(name, "join", "lobby")));
        }

        await clients.AskAsync("ada", "say", "lobby", "still here");
        Assert.Equal("still here", Text(await clients.NextAsync("grace", "message"), "text"));
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
    public async Task The_page_talks(ProxyKind kind)
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
    }

    Task<Deployment> StartAsync(ProxyKind kind) => Deployment.StartAsync(
        kind, "Chat", ports, new()
        {
            ["Jwt__Secret"] = Convert.ToBase64String(tokens.Secret), ["Redis"] = redis.Address,
        });

    async Task ConnectAsync(Deployment chat, string name, params string[] transports)
    {
        Assert.Null(await TryAsync(chat, name, Token(name), transports));
        await clients.TransportAsync(name, transports[^1]);
    }

    Task<string?> TryAsync(
        Deployment chat, string name, string? token, params string[] transports) =>
        clients.ConnectAsync(name, chat.At("/chat"), new
        {
            path = "/dev/aiwm/chat/socket.io/",
            transports,
            auth = new { token },
        });

    static string Token(string name) => tokens.Issue(name, TimeProvider.System.GetUtcNow());

    static bool Ok(JsonElement answer) => answer.GetProperty("ok").GetBoolean();

    static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
