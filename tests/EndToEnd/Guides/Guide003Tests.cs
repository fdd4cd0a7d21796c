using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Guides;

/// <summary>WebSockets of binary frames below a new path and a legacy one.</summary>
public class Guide003Tests(Guide003Fixture fixture) : IClassFixture<Guide003Fixture>
{
    public static TheoryData<ProxyKind> Proxies => Guide.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task Both_paths_carry_binary_frames(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        foreach (var path in new[]
        {
            "/api/v1/ws/simple-voice-chat?language=ar&voice_type=female",
            "/ws/voice-conversation?preset=qwen_optimized",
        })
        {
            var output = await NodeProcess.RunAsync("ws-client.mjs", $"ws://{guide.Main}{path}");
            var greeting = JsonDocument.Parse(output).RootElement;
            Assert.Equal(path, greeting.GetProperty("url").GetString());
        }
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_endpoints_beside_them_answer(ProxyKind kind)
    {
        var guide = await fixture.OnAsync(kind);
        foreach (var path in new[]
        {
            "/api/v1/ws/simple-voice-chat/status", "/api/v1/health/voice",
            "/api/v1/voice/endpoints",
        })
        {
            var response = await guide.GetAsync(path);
            Assert.Equal(200, response.Status);
            Assert.Equal(
                path, JsonDocument.Parse(response.Text).RootElement.GetProperty("url").GetString());
        }
    }
}

/// <summary>The deployment of guide 003.</summary>
public sealed class Guide003Fixture : GuideFixture
{
    protected override string Name => "guide-003";

    protected override Task StartServersAsync() =>
        ServerAsync(8003, "app-server.mjs");
}
