using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Guides;

/// <summary>Three instances of Socket.IO behind ip_hash, and a path that is rewritten.</summary>
public class Guide001Tests(Guide001Fixture fixture) : IClassFixture<Guide001Fixture>
{
    /// <summary>Addresses whose first three octets ip_hash leads to c, a, b and c again.</summary>
    const string clients = "127.0.0.1,127.0.1.1,127.0.2.1,127.0.0.77";

    public static TheoryData<ProxyKind> Proxies => Guide.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task Polling_stays_with_one_instance(ProxyKind kind) =>
        Assert.Equal("c a b c", await ServedAsync(kind, "polling", clients));

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_websocket_is_served_by_the_same_instance(ProxyKind kind) =>
        Assert.Equal("c a b c", await ServedAsync(kind, "websocket", clients));

    [Theory, MemberData(nameof(Proxies))]
    public async Task Polling_upgrades_to_a_websocket_of_its_instance(ProxyKind kind) =>
        Assert.Equal("c a b c", await ServedAsync(kind, "upgrade", clients));

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_namespace_is_reached_through_the_same_path(ProxyKind kind) =>
        Assert.Equal("c", await ServedAsync(kind, "upgrade", "127.0.0.5", "/admin"));

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_path_is_rewritten(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        var other = await guide.GetAsync("/dev/service/chat/other?x=1");
        Assert.Equal("/chat/other?x=1", Url(other));
        var rest = await guide.GetAsync("/dev/service/items/7?y", "Origin: http://page\r\n");
        Assert.Equal("/items/7?y", Url(rest));
        Assert.Equal("http://page", rest.Header("Access-Control-Allow-Origin"));
        var slash = await guide.GetAsync("/dev/service/chat");
        Assert.Equal(301, slash.Status);

        static string? Url(HttpMessage response) =>
            JsonDocument.Parse(response.Text).RootElement.GetProperty("url").GetString();
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Rest_requests_take_turns(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        var order = "";
        for (var request = 0; request < 6; request++)
            order += JsonDocument.Parse((await guide.GetAsync("/dev/service/x")).Text)
                .RootElement.GetProperty("id").GetString();
        // Whose turn is first depends on how many requests came before, from other tests.
        Assert.Contains(order, (string[])["abcabc", "bcabca", "cabcab"]);
    }

    /// <summary>Runs a client from each address; the instances that served them.</summary>
    async Task<string> ServedAsync(
        ProxyKind kind, string mode, string addresses, string space = "")
    {
        var guide = await fixture.OnAsync(kind);
        var output = await NodeProcess.RunAsync(
            "socketio-client.mjs", $"http://{guide.Main}", "/dev/service/chat/socket.io/",
            mode, addresses, space);
        return output.Trim();
    }
}

/// <summary>The deployment of guide 001.</summary>
public sealed class Guide001Fixture : GuideFixture
{
    protected override string Name => "guide-001";

    protected override Task StartServersAsync() =>
        Task.WhenAll(new[] { "a", "b", "c" }.Select((id, at) =>
            ServerAsync(3350 + at, "socketio-server.mjs", id, "/chat/socket.io/")));
}
