using System.Text.Json;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Samples;

/// <summary>samples/Messaging whole: messages that arrive, whatever happens in between.</summary>
public class MessagingTests
{
    const int port = 8020;

    public static TheoryData<ProxyKind> Proxies => Deployment.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_message_is_delivered_confirmed_and_counted(ProxyKind kind)
    {
        await using var messaging = await Deployment.StartAsync(kind, "Messaging", [port]);
        using var ada = await ConnectAsync(messaging, "ada");
        using var grace = await ConnectAsync(messaging, "grace%20h");
        await ada.SendAsync("""{"type":"message","id":"1","to":"grace h","text":"hello"}""");
        Assert.Equal("""{"type":"accepted","id":"1"}""", await ada.TextAsync());
        Assert.Equal(
            """{"type":"message","id":"1","from":"ada","text":"hello"}""",
            await grace.TextAsync());
        await grace.SendAsync("""{"type":"received","id":"1","from":"ada"}""");
        Assert.StartsWith("""{"type":"delivered","id":"1","ms":""", await ada.TextAsync());

        var stats = await StatsAsync(messaging);
        Assert.Equal(1, stats.GetProperty("messages").GetProperty("deliveredCount").GetInt32());
        Assert.Equal(1, stats.GetProperty("messages").GetProperty("deliveryRate").GetDouble());
        Assert.Equal(2, stats.GetProperty("connections").GetProperty("openCount").GetInt32());
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task What_nobody_confirmed_comes_again_and_a_repeated_message_does_not(
        ProxyKind kind)
    {
        await using var messaging = await Deployment.StartAsync(kind, "Messaging", [port]);
        using var ada = await ConnectAsync(messaging, "ada");
        const string wire = """{"type":"message","id":"7","to":"grace","text":"later"}""";
        foreach (var attempt in new[] { wire, wire })
        {
            await ada.SendAsync(attempt);
            Assert.Equal("""{"type":"accepted","id":"7"}""", await ada.TextAsync());
        }
        const string expected = """{"type":"message","id":"7","from":"ada","text":"later"}""";
        using (var first = await ConnectAsync(messaging, "grace"))
            Assert.Equal(expected, await first.TextAsync());
        using var second = await ConnectAsync(messaging, "grace");
        Assert.Equal(expected, await second.TextAsync());
        await second.SendAsync("""{"type":"received","id":"7","from":"ada"}""");
        Assert.StartsWith("""{"type":"delivered","id":"7",""", await ada.TextAsync());
        await second.SendAsync("""{"type":"ping","id":"1"}""");
        Assert.Equal("""{"type":"pong","id":"1"}""", await second.TextAsync());
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task A_request_that_is_no_handshake_gets_426(ProxyKind kind)
    {
        await using var messaging = await Deployment.StartAsync(kind, "Messaging", [port]);
        Assert.Equal(426, (await messaging.GetAsync("/ws/ada")).Status);
        Assert.Equal(200, (await messaging.GetAsync("/")).Status);
        Assert.Equal((200, "healthy\n"), await messaging.GetAsync("/health"));
        await messaging.StopAsync(port);
        Assert.Contains("Back in a minute", (await messaging.GetAsync("/")).Text);
    }

    [Fact]
    public async Task Wscat_speaks_the_protocol()
    {
        await using var messaging = await Deployment.StartAsync(
            ProxyKind.Epoll, "Messaging", [port]);
        await using var wscat = NodeProcess.Wscat("-c", messaging.At("/ws/ada", "ws").ToString());
        await Patience.ForAsync(
            () => messaging.Proxy.HasExited || OpenCount(messaging) == 1, () => "a connection");
        await wscat.WriteAsync("""{"type":"ping","id":"12"}""" + "\n");
        await wscat.OutputWithAsync("""{"type":"pong","id":"12"}""");
        await wscat.WriteAsync("no JSON\n");
        await wscat.OutputWithAsync("not a message of this protocol");
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Two_pages_talk_and_come_back_after_a_restart(ProxyKind kind)
    {
        await using var messaging = await Deployment.StartAsync(kind, "Messaging", [port]);
        await using var ada = await EnterAsync(messaging, "ada");
        await using var grace = await EnterAsync(messaging, "grace");
        await SayAsync(ada, "grace", "the lock is open");
        await grace.UntilAsync("document.body.innerText.includes('ada: the lock is open')");
        await ada.UntilAsync("document.body.innerText.includes('delivered in')");

        await messaging.StopAsync(port);
        await ada.UntilAsync("document.getElementById('state').dataset.state !== 'open'");
        await SayAsync(ada, "grace", "written meanwhile");
        await messaging.RestartAsync(port);
        await grace.UntilAsync("document.body.innerText.includes('ada: written meanwhile')");
        await ada.UntilAsync("document.querySelectorAll('.mine').length === 2");
        await ada.UntilAsync(
            "[...document.querySelectorAll('.mine')]"
            + ".every(mine => mine.innerText.includes('delivered'))");
        await ada.ScreenshotAsync(Path.Combine(
            Repository.Root, "artifacts", "screenshots", $"messaging-{kind}.png"));
    }

    [Fact]
    public async Task The_clients_own_tests_pass_and_its_compiled_module_is_current()
    {
        var client = Path.Combine(Deployment.Folder("Messaging"), "client");
        var compiled = Path.Combine(Deployment.Folder("Messaging"), "wwwroot", "client");
        var fresh = Directory.CreateTempSubdirectory("sluice-tsc-").FullName;
        try
        {
            await RunAsync(client, "node_modules/.bin/tsc", "--outDir", fresh);
            Assert.Equal(
                Directory.GetFiles(compiled).Select(Path.GetFileName).Order(),
                Directory.GetFiles(fresh).Select(Path.GetFileName).Order());
            foreach (var file in Directory.GetFiles(fresh))
                Assert.Equal(
                    File.ReadAllText(file),
                    File.ReadAllText(Path.Combine(compiled, Path.GetFileName(file))));
            await RunAsync(client, "node", "--test", "test/reconnecting-websocket.test.js");
        }
        finally
        {
            Directory.Delete(fresh, recursive: true);
        }
    }

    static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        var path = program.Contains('/') ? Path.Combine(folder, program) : program;
        await using var run = ChildProcess.Start(path, arguments, folder: folder);
        run.CloseInput();
        var exit = await run.ExitAsync(Patience.Program);
        Assert.True(exit == 0, run.Output + run.Errors);
    }

    static async Task<Browser> EnterAsync(Deployment messaging, string user)
    {
        var page = await Browser.OpenAsync(messaging.At($"/?user={user}").ToString());
        await page.ClickAsync("#enter button");
        await page.UntilAsync("document.getElementById('state').dataset.state === 'open'");
        return page;
    }

    static async Task SayAsync(Browser page, string to, string text)
    {
        await page.FillAsync("to", to);
        await page.FillAsync("text", text);
        await page.ClickAsync("#compose button");
    }

    static Task<SampleSocket> ConnectAsync(Deployment messaging, string user) =>
        SampleSocket.ConnectAsync(messaging, $"/ws/{user}");

    static int OpenCount(Deployment messaging) => StatsAsync(messaging).GetAwaiter().GetResult()
        .GetProperty("connections").GetProperty("openCount").GetInt32();

    static async Task<JsonElement> StatsAsync(Deployment messaging) =>
        JsonDocument.Parse((await messaging.GetAsync("/stats")).Text).RootElement;
}
