using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Guides;

/// <summary>A WebSocket for every user, behind a map that asks for the upgrade.</summary>
public class Guide002Tests(Guide002Fixture fixture) : IClassFixture<Guide002Fixture>
{
    public static TheoryData<ProxyKind> Proxies => Guide.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task Each_user_has_a_websocket(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        foreach (var user in new[] { "ada", "grace%20h" })
        {
            var output = await NodeProcess.RunAsync("ws-client.mjs", $"ws://{guide.Main}/ws/{user}");
            var greeting = JsonDocument.Parse(output).RootElement;
            Assert.Equal($"/ws/{user}", greeting.GetProperty("url").GetString());
            var headers = greeting.GetProperty("headers");
            Assert.Equal(guide.Main.ToString(), headers.GetProperty("host").GetString());
            Assert.Equal("upgrade", headers.GetProperty("connection").GetString());
        }
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Without_an_upgrade_the_map_says_close(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        var response = await guide.GetAsync("/ws/ada");
        var headers = JsonDocument.Parse(response.Text).RootElement.GetProperty("headers");
        Assert.Equal("close", headers.GetProperty("connection").GetString());
        Assert.False(headers.TryGetProperty("upgrade", out _));
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Uploads_up_to_the_limit_pass(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        using var client = await RawClient.ConnectAsync(guide.Main);
        var body = new string('x', 3_000_000);
        var response = await client.ExchangeAsync(
            $"POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.Equal(
            body.Length,
            JsonDocument.Parse(response.Text).RootElement.GetProperty("bodyBytes").GetInt32());

        using var other = await RawClient.ConnectAsync(guide.Main);
        var refused = await other.ExchangeAsync(
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 20971521\r\n\r\n");
        Assert.Equal(413, refused.Status);
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_dead_backend_has_the_page_of_the_guide(ProxyKind kind)
    {
        await using var guide = new Guide();
        using var refusing = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork,
            System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        refusing.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var port = ((System.Net.IPEndPoint)refusing.LocalEndPoint!).Port;
        await guide.StartAsync(kind, "guide-002", new Dictionary<int, int> { [8020] = port });
        var response = await guide.GetAsync("/anything");
        Assert.Equal("<h1>Back in a minute</h1>\n", response.Text);
        Assert.InRange(response.Status, 502, 503);
    }
}

/// <summary>The deployment of guide 002.</summary>
public sealed class Guide002Fixture : GuideFixture
{
    protected override string Name => "guide-002";

    protected override Task StartServersAsync() =>
        ServerAsync(8020, "app-server.mjs");
}
