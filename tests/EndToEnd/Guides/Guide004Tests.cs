using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Guides;

/// <summary>REST, Socket.IO and documentation of one Node.js server.</summary>
public class Guide004Tests(Guide004Fixture fixture) : IClassFixture<Guide004Fixture>
{
    public static TheoryData<ProxyKind> Proxies => Guide.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task Every_transport_of_socketio_works(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        foreach (var mode in new[] { "polling", "websocket", "upgrade" })
            Assert.Equal("one\n", await NodeProcess.RunAsync(
                "socketio-client.mjs", $"http://{guide.Main}", "/socket.io/", mode, "127.0.0.1"));
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Rest_and_documentation_are_proxied(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        foreach (var path in new[] { "/api/tasks?open=1", "/api-docs", "/api-docs/index.css" })
        {
            var response = await guide.GetAsync(path);
            Assert.Equal(200, response.Status);
            var seen = JsonDocument.Parse(response.Text).RootElement;
            Assert.Equal(path, seen.GetProperty("url").GetString());
            Assert.Equal(
                "site.example.test", seen.GetProperty("headers").GetProperty("host").GetString());
        }
        Assert.Equal(404, (await guide.GetAsync("/elsewhere")).Status);
    }
}

/// <summary>The deployment of guide 004.</summary>
public sealed class Guide004Fixture : GuideFixture
{
    protected override string Name => "guide-004";

    protected override Task StartServersAsync() =>
        ServerAsync(3001, "socketio-server.mjs", "one", "/socket.io/");
}
