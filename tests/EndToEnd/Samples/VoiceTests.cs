using System.Net.WebSockets;
using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Samples;

/// <summary>samples/Voice whole: audio up and audio down.</summary>
public class VoiceTests
{
    const int port = 8003;
    const int frameBytes = 640;

    public static TheoryData<ProxyKind> Proxies => Deployment.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task What_is_said_comes_back_on_both_paths(ProxyKind kind)
    {
        await using var voice = await Deployment.StartAsync(kind, "Voice", [port]);
        foreach (var (path, frames) in new[]
        {
            ("/api/v1/ws/simple-voice-chat?language=ar&voice_type=female", 40),
            ("/api/v1/ws/simple-voice-chat?language=ar&voice_type=male", 63),
            ("/ws/voice-conversation?preset=qwen_optimized", 40),
        })
        {
            using var socket = await SampleSocket.ConnectAsync(voice, path);
            Assert.Equal("ready", await TypeAsync(socket));
            await SayAsync(socket, frames: 50);
            await socket.SendAsync("""{"type":"end"}""");
            Assert.Equal("answer_start", await TypeAsync(socket));
            for (var frame = 0; frame < frames; frame++)
            {
                var bytes = await socket.BytesAsync();
                Assert.True(bytes.Length == frameBytes || frame == frames - 1);
                Assert.NotEqual(0, bytes.Max());
            }
            Assert.Equal("answer_end", await TypeAsync(socket));
            Assert.Equal(WebSocketCloseStatus.NormalClosure, await socket.CloseAsync());
        }
        var status = await JsonAsync(voice, "/api/v1/ws/simple-voice-chat/status");
        Assert.Equal(3, status.GetProperty("answers").GetInt32());
        Assert.Equal(3 * 50 * frameBytes, status.GetProperty("bytes_heard").GetInt32());
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_pause_ends_what_is_said(ProxyKind kind)
    {
        await using var voice = await Deployment.StartAsync(kind, "Voice", [port]);
        using var socket = await SampleSocket.ConnectAsync(voice, "/api/v1/ws/simple-voice-chat");
        Assert.Equal("ready", await TypeAsync(socket));
        await SayAsync(socket, frames: 10);
        for (var frame = 0; frame < 30; frame++)
            await socket.SendAsync(new byte[frameBytes]);
        Assert.Equal("answer_start", await TypeAsync(socket));
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_endpoints_beside_it_answer_and_wrong_requests_are_refused(ProxyKind kind)
    {
        await using var voice = await Deployment.StartAsync(kind, "Voice", [port]);
        Assert.Equal("healthy", Text(await JsonAsync(voice, "/api/v1/health/voice"), "status"));
        Assert.Equal(4, (await JsonAsync(voice, "/api/v1/voice/endpoints")).GetArrayLength());
        Assert.Equal(426, (await voice.GetAsync("/api/v1/ws/simple-voice-chat")).Status);
        Assert.Equal(404, (await voice.GetAsync("/simple-voice-chat")).Status);
        Assert.Equal(400, await SampleSocket.RefusalAsync(
            voice, "/api/v1/ws/simple-voice-chat?voice_type=loud"));
    }

    [Fact]
    public async Task Wscat_gets_a_pong()
    {
        await using var voice = await Deployment.StartAsync(ProxyKind.Epoll, "Voice", [port]);
        await using var wscat = NodeProcess.Wscat(
            "-c", voice.At("/api/v1/ws/simple-voice-chat?language=ar", "ws").ToString());
        await wscat.OutputWithAsync("\"ready\"");
        await wscat.WriteAsync("""{"type":"ping"}""" + "\n");
        await wscat.OutputWithAsync("""{"type":"pong"}""");
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_page_sends_a_tone_and_plays_the_answer(ProxyKind kind)
    {
        await using var voice = await Deployment.StartAsync(kind, "Voice", [port]);
        await using var page = await Browser.OpenAsync(voice.At("/").ToString());
        await page.ClickAsync("#connect button");
        await page.UntilAsync("document.getElementById('state').dataset.state === 'open'");
        await page.ClickAsync("#tone");
        await page.UntilAsync("document.getElementById('answers').textContent === '1'");
        Assert.Equal(
            "50 40", (await page.EvaluateAsync("sent.textContent + ' ' + received.textContent"))
                .GetString());
        await page.UntilAsync("document.getElementById('heard').textContent === '31 KB'");
        await page.ScreenshotAsync(Path.Combine(
            Repository.Root, "artifacts", "screenshots", $"voice-{kind}.png"));
    }

    /// <summary>
    /// Chromium takes a file for its microphone; what the page sends and gets is listened to.
    /// </summary>
    [Theory, MemberData(nameof(Proxies))]
    public async Task What_the_microphone_hears_arrives_and_comes_back_higher(ProxyKind kind)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(
                file, MicrophoneFile.Write(), TestContext.Current.CancellationToken);
            await using var voice = await Deployment.StartAsync(kind, "Voice", [port]);
            await using var page = await Browser.OpenAsync(
                voice.At("/").ToString(), "--use-file-for-fake-audio-capture=" + file);
            await page.EvaluateAsync(MicrophoneFile.Listen);
            await page.ClickAsync("#connect button");
            await page.UntilAsync("document.getElementById('state').dataset.state === 'open'");
            await page.ClickAsync("#microphone");
            await page.UntilAsync("up.length > 100 * 320 && pitch(up) > 0");
            await page.ScreenshotAsync(Path.Combine(
                Repository.Root, "artifacts", "screenshots", $"voice-microphone-{kind}.png"));
            await page.ClickAsync("#microphone");
            await page.UntilAsync("document.getElementById('answers').textContent !== '0'");
            await page.ScreenshotAsync(Path.Combine(
                Repository.Root, "artifacts", "screenshots", $"voice-answer-{kind}.png"));

            var said = (await page.EvaluateAsync("pitch(up)")).GetDouble();
            Assert.InRange(said, 0.9 * MicrophoneFile.Pitch, 1.1 * MicrophoneFile.Pitch);
            var heard = (await page.EvaluateAsync("pitch(down)")).GetDouble();
            Assert.InRange(heard / said, 1.15, 1.35);
            // What the service says it got is what the page sent.
            await page.UntilAsync("""
                (fetch('/api/v1/ws/simple-voice-chat/status').then(answer => answer.json())
                  .then(status => { window.bytesHeard = status.bytes_heard; }),
                window.bytesHeard === 2 * up.length)
                """);
        }
        finally
        {
            File.Delete(file);
        }
    }

    static async Task SayAsync(SampleSocket socket, int frames)
    {
        var frame = new byte[frameBytes];
        for (var sample = 0; sample < frameBytes / 2; sample++)
            BitConverter.TryWriteBytes(
                frame.AsSpan(2 * sample), (short)(8000 * Math.Sin(sample * Math.PI / 20)));
        for (var count = 0; count < frames; count++)
            await socket.SendAsync(frame);
    }

    static async Task<string?> TypeAsync(SampleSocket socket) =>
        Text(await socket.JsonAsync(), "type");

    static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    static async Task<JsonElement> JsonAsync(Deployment voice, string path) =>
        JsonDocument.Parse((await voice.GetAsync(path)).Text).RootElement;
}
