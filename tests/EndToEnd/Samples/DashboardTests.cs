using System.Text.Json;
using Sluice.EndToEnd.Servers;
using Sluice.Samples.Shared;

namespace Sluice.EndToEnd.Samples;

/// <summary>samples/Dashboard whole: a page, REST, and live data for who has a token.</summary>
public class DashboardTests
{
    const int port = 8000;

    static readonly DemoTokens tokens = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public static TheoryData<ProxyKind> Proxies => Deployment.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_token_opens_rest_and_websocket_and_a_gate_is_told_to_all(ProxyKind kind)
    {
        await using var dashboard = await StartAsync(kind);
        var token = await LoginAsync(dashboard, "ada");
        Assert.Equal(6, Parse(await dashboard.GetAsync("/api/stations", token)).GetArrayLength());
        using var first = await SampleSocket.ConnectAsync(dashboard, $"/api/ws?token={token}");
        using var second = await SampleSocket.ConnectAsync(dashboard, $"/api/ws?token={token}");
        Assert.Equal("ada", Text(await NextAsync(first, "welcome"), "user"));
        await NextAsync(second, "welcome");
        await NextAsync(first, "readings");

        var set = await dashboard.RequestAsync(
            HttpMethod.Put, "/api/stations/weir/gate", """{"percent":73}""", token);
        Assert.Equal(200, set.Status);
        foreach (var socket in new[] { first, second })
        {
            var gate = await NextAsync(socket, "gate");
            Assert.Equal(("weir", "ada"), (Text(gate, "station"), Text(gate, "user")));
            Assert.Equal(73, gate.GetProperty("gatePercent").GetInt32());
        }
        await first.SendAsync("""{"type":"ping"}""");
        await NextAsync(first, "pong");
        Assert.Equal(2, Parse(await dashboard.GetAsync("/api/health"))
            .GetProperty("connections").GetInt32());
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Without_a_good_token_there_is_nothing(ProxyKind kind)
    {
        await using var dashboard = await StartAsync(kind);
        var now = TimeProvider.System.GetUtcNow();
        var good = tokens.Issue("ada", now);
        var other = new DemoTokens(new byte[32]);
        foreach (var bad in new[]
        {
            "", "x", good[..^4] + "AAAA", other.Issue("ada", now),
            tokens.Issue("ada", now, TimeSpan.FromMinutes(-1)),
        })
        {
            Assert.Equal(401, await SampleSocket.RefusalAsync(dashboard, $"/api/ws?token={bad}"));
            Assert.Equal(401, (await dashboard.GetAsync("/api/stations", bad)).Status);
        }
        using var control = await SampleSocket.ConnectAsync(dashboard, $"/api/ws?token={good}");
        await NextAsync(control, "welcome");
        Assert.Equal(404, (await dashboard.GetAsync("/api/wsomething", good)).Status);
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_connection_ends_with_its_token(ProxyKind kind)
    {
        await using var dashboard = await StartAsync(kind);
        // Whole seconds: such a token is good for two to three more.
        var token = tokens.Issue(
            "ada", TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(3));
        using var socket = await SampleSocket.ConnectAsync(dashboard, $"/api/ws?token={token}");
        await NextAsync(socket, "welcome");
        Assert.Equal(4401, (int?)await socket.ClosedAsync());
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task No_token_reaches_a_log(ProxyKind kind)
    {
        await using var dashboard = await StartAsync(kind);
        var token = await LoginAsync(dashboard, "ada");
        using (var socket = await SampleSocket.ConnectAsync(dashboard, $"/api/ws?token={token}"))
        {
            await NextAsync(socket, "welcome");
            await socket.CloseAsync();
        }
        await SampleSocket.RefusalAsync(dashboard, $"/api/ws?token={token}x");
        await dashboard.Proxy.LogsAsync("\"GET /api/ws\" 101", "access.log");
        await dashboard.Proxy.LogsAsync("\"GET /api/ws\" 401", "access.log");
        var logs = dashboard.Proxy.ReadLog("access.log") + dashboard.Proxy.Errors
            + dashboard.Output(port);
        Assert.DoesNotContain(token, logs, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_page_signs_in_shows_and_sets(ProxyKind kind)
    {
        await using var dashboard = await StartAsync(kind);
        // A route of the page is no file; it begins there all the same.
        await using var page = await Browser.OpenAsync(
            dashboard.At("/stations/weir").ToString());
        await page.UntilAsync("!document.getElementById('signin').hidden");
        await page.FillAsync("name", "ada");
        await page.ClickAsync("#login button");
        await page.UntilAsync("document.getElementById('state').dataset.state === 'open'");
        await page.UntilAsync(
            "document.getElementById('detail-title').textContent === 'Weir lock'");
        await page.FillAsync("percent", "12");
        await page.ClickAsync("#gate button");
        await page.UntilAsync("document.body.innerText.includes('ada set Weir lock to 12 %')");
        await ShootAsync(page, $"dashboard-lock-{kind}");
        await page.ClickAsync("h1 a");
        await page.UntilAsync("document.getElementById('row-weir')?.innerText.includes('12 %')");
        await page.UntilAsync("(document.querySelector('polyline')?.points.length ?? 0) > 3");
        await ShootAsync(page, $"dashboard-{kind}");

        await dashboard.StopAsync(port);
        await page.UntilAsync("document.getElementById('state').dataset.state === 'waiting'");
        await dashboard.RestartAsync(port);
        await page.UntilAsync("document.getElementById('state').dataset.state === 'open'");
    }

    [Fact]
    public async Task Wscat_reads_along()
    {
        await using var dashboard = await StartAsync(ProxyKind.Epoll);
        var token = await LoginAsync(dashboard, "grace");
        await using var wscat = NodeProcess.Wscat(
            "-c", dashboard.At($"/api/ws?token={token}", "ws").ToString());
        await wscat.OutputWithAsync("\"user\":\"grace\"");
        await wscat.OutputWithAsync("\"type\":\"readings\"");
    }

    static Task<Deployment> StartAsync(ProxyKind kind) => Deployment.StartAsync(
        kind, "Dashboard", [port],
        new() { ["Jwt__Secret"] = Convert.ToBase64String(tokens.Secret) });

    static async Task<string> LoginAsync(Deployment dashboard, string name) => Text(
        Parse(await dashboard.RequestAsync(
            HttpMethod.Post, "/api/login", $$"""{"name":"{{name}}"}""")),
        "token")!;

    /// <summary>The next message of a type; readings may stand before it.</summary>
    static async Task<JsonElement> NextAsync(SampleSocket socket, string type)
    {
        while (true)
        {
            var message = await socket.JsonAsync();
            if (Text(message, "type") == type)
                return message;
            Assert.Equal("readings", Text(message, "type"));
        }
    }

    static Task ShootAsync(Browser page, string name) => page.ScreenshotAsync(
        Path.Combine(Repository.Root, "artifacts", "screenshots", name + ".png"));

    static JsonElement Parse((int Status, string Text) answer)
    {
        Assert.True(answer.Status == 200, $"{answer}");
        return JsonDocument.Parse(answer.Text).RootElement;
    }

    static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
