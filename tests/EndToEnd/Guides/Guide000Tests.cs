using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Guides;

/// <summary>A front end, its REST interface and its WebSocket behind one host.</summary>
public class Guide000Tests(Guide000Fixture fixture) : IClassFixture<Guide000Fixture>
{
    public static TheoryData<ProxyKind> Proxies => Guide.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_ws_client_talks_through_the_websocket_location(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        var output = await NodeProcess.RunAsync(
            "ws-client.mjs", $"ws://{guide.Main}/api/ws?token=abc", "X-Forwarded-For:10.0.0.1");
        var greeting = JsonDocument.Parse(output).RootElement;
        Assert.Equal("/api/ws?token=abc", greeting.GetProperty("url").GetString());
        var headers = greeting.GetProperty("headers");
        Assert.Equal("127.0.0.1", headers.GetProperty("x-real-ip").GetString());
        Assert.Equal("10.0.0.1, 127.0.0.1", headers.GetProperty("x-forwarded-for").GetString());
        Assert.Equal("http", headers.GetProperty("x-forwarded-proto").GetString());
        Assert.Equal("upgrade", headers.GetProperty("connection").GetString());
        Assert.Equal("websocket", headers.GetProperty("upgrade").GetString());
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Wscat_connects_and_echoes(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        await using var wscat = NodeProcess.Wscat("-c", $"ws://{guide.Main}/api/ws?token=abc");
        await wscat.OutputWithAsync("/api/ws?token=abc");
        await wscat.WriteAsync("spoken by wscat\n");
        await wscat.OutputWithAsync("spoken by wscat");
        wscat.CloseInput();
        Assert.Equal(0, await wscat.ExitAsync(Patience.Program));
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_tunnel_is_logged_with_its_upgrade(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        await NodeProcess.RunAsync("ws-client.mjs", $"ws://{guide.Main}/api/ws?logged");
        await guide.Proxy.LogsAsync(
            "upgrade=websocket connection=Upgrade", "guide-000.access.log");
        await Patience.ForAsync(
            () => guide.Proxy.Lines("guide-000.access.log")
                .Count(line => line.Contains("\"GET /api/ws?logged HTTP/1.1\" 101 ")) == 3,
            () => "three lines of tunnels: " + guide.Proxy.ReadLog("guide-000.access.log"));
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Rest_requests_share_connections_on_both_sides(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        using var client = await RawClient.ConnectAsync(guide.Main);
        var connections = new HashSet<int>();
        for (var request = 0; request < 20; request++)
        {
            var response = await client.ExchangeAsync(
                $"POST /api/items/{request}?q=1 HTTP/1.1\r\nHost: app.example.test\r\n"
                + "Content-Length: 4\r\n\r\nbody");
            Assert.Equal(200, response.Status);
            var seen = JsonDocument.Parse(response.Text).RootElement;
            Assert.Equal($"/api/items/{request}?q=1", seen.GetProperty("url").GetString());
            Assert.Equal("body", seen.GetProperty("body").GetString());
            var headers = seen.GetProperty("headers");
            Assert.Equal("app.example.test", headers.GetProperty("host").GetString());
            Assert.False(headers.TryGetProperty("connection", out _));
            connections.Add(seen.GetProperty("connection").GetInt32());
        }
        Assert.Single(connections);
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_front_end_is_served_with_its_fallback_and_cached_assets(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        var index = await guide.GetAsync("/");
        Assert.Equal((200, "<h1>app</h1>"), (index.Status, index.Text));
        Assert.Equal("text/html", index.Header("Content-Type"));
        Assert.Null(index.Header("Expires"));

        var script = await guide.GetAsync("/assets/app.js?v=2");
        Assert.Equal((200, "let app;"), (script.Status, script.Text));
        Assert.Equal("application/javascript", script.Header("Content-Type"));
        Assert.Equal(
            ["Cache-Control: max-age=31536000", "Cache-Control: public, immutable"],
            script.Headers.Where(
                line => line.StartsWith("Cache-Control:", StringComparison.Ordinal)));

        var again = await guide.GetAsync(
            "/assets/app.js", $"If-None-Match: {script.Header("ETag")}\r\n");
        Assert.Equal(304, again.Status);
        Assert.Equal(404, (await guide.GetAsync("/assets/none.js")).Status);
        // The fallback is the index of the server's own root, which the guide does not have.
        Assert.Equal(
            (await guide.GetAsync("/index.html")).Status,
            (await guide.GetAsync("/some/route")).Status);
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Health_is_proxied_and_not_logged(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        Assert.Equal(200, (await guide.GetAsync("/api/health")).Status);
        Assert.Equal(200, (await guide.GetAsync("/api/after")).Status);
        await guide.Proxy.LogsAsync("/api/after", "guide-000.access.log");
        Assert.DoesNotContain("/api/health", guide.Proxy.ReadLog("guide-000.access.log"));
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_other_port_redirects(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        var response = await guide.GetAsync("/some/page?x=1", at: guide.Listens[0]);
        Assert.Equal(301, response.Status);
        Assert.Equal("http://app.example.test:8110/some/page?x=1", response.Header("Location"));
    }
}

/// <summary>The deployment of guide 000.</summary>
public sealed class Guide000Fixture : GuideFixture
{
    protected override string Name => "guide-000";

    protected override Task StartServersAsync() =>
        ServerAsync(8000, "app-server.mjs");

    protected override void PutFiles(string prefix)
    {
        var root = Path.Combine(prefix, "html", "app");
        Directory.CreateDirectory(Path.Combine(root, "assets"));
        File.WriteAllText(Path.Combine(root, "index.html"), "<h1>app</h1>");
        File.WriteAllText(Path.Combine(root, "assets", "app.js"), "let app;");
    }
}
