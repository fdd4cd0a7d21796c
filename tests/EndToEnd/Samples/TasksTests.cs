using System.Text.Json;
using Sluice.EndToEnd.Servers;
using Sluice.EndToEnd.SocketIO;
using Sluice.Samples.Shared;
using SocketIOClient.Transport;

namespace Sluice.EndToEnd.Samples;

/// <summary>samples/Tasks whole: REST, and who is told.</summary>
public class TasksTests
{
    const int port = 8004;

    static readonly HttpClient http = new();

    static readonly DemoTokens tokens = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    static readonly Dictionary<string, string> environment = new()
    {
        ["Jwt__Secret"] = Convert.ToBase64String(tokens.Secret), ["AllowEIO3"] = "true",
    };

    public static TheoryData<ProxyKind> Proxies => Deployment.Proxies;

    [Theory, MemberData(nameof(Proxies))]
    public async Task Who_listens_is_told_of_every_change_with_the_guides_payloads(ProxyKind kind)
    {
        await using var tasks = await StartAsync(kind);
        await using var clients = await SampleClients.StartAsync();
        List<string> names = [];
        foreach (var version in new[] { 4, 3, 2 })
            foreach (var transports in new[] { "polling", "websocket", "polling,websocket" })
            {
                var name = $"{version} by {transports}";
                names.Add(name);
                Assert.Null(await clients.ConnectAsync(
                    name, tasks.At("/"), new { transports = transports.Split(',') }, version));
                await clients.TransportAsync(name, transports.Split(',')[^1]);
            }

        var token = tokens.Issue("ada", TimeProvider.System.GetUtcNow());
        var created = await ChangeAsync(
            tasks, HttpMethod.Post, "", """{"title":"Mow","agentWallet":"0x1"}""", token, 201);
        var id = created.GetProperty("id").GetString();
        await ChangeAsync(tasks, HttpMethod.Post, $"/{id}/start", null, token);
        await ChangeAsync(tasks, HttpMethod.Put, $"/{id}", """{"agentWallet":"0x2"}""", token);
        await ChangeAsync(tasks, HttpMethod.Post, $"/{id}/complete", null, token);
        Assert.Equal(204, (await tasks.RequestAsync(
            HttpMethod.Delete, $"/api/tasks/{id}", null, token)).Status);

        foreach (var name in names)
        {
            await HasAsync(clients, name, "taskCreated", "pending", "0x1");
            Assert.Equal("0x1", Text(await clients.NextAsync(name, "taskAssigned"), "agentWallet"));
            await HasAsync(clients, name, "taskUpdated", "in_progress", "0x1");
            await HasAsync(clients, name, "taskUpdated", "in_progress", "0x2");
            Assert.Equal("0x2", Text(await clients.NextAsync(name, "taskAssigned"), "agentWallet"));
            await HasAsync(clients, name, "taskCompleted", "completed", "0x2");
            var deleted = await clients.NextAsync(name, "taskDeleted");
            Assert.Equal($$"""{"id":"{{id}}"}""", deleted.GetProperty("data").GetRawText());
            Assert.Equal(
                ["event", "timestamp", "data"],
                deleted.EnumerateObject().Select(member => member.Name));
        }

        Assert.Equal("[]", (await tasks.GetAsync("/api/tasks")).Text);
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_client_for_dotnet_is_told(ProxyKind kind)
    {
        await using var tasks = await StartAsync(kind);
        var token = tokens.Issue("ada", TimeProvider.System.GetUtcNow());
        foreach (var transport in Enum.GetValues<TransportProtocol>())
        {
            using var client = new DotNetClient(tasks.At("/"), "/socket.io/", transport);
            var told = new TaskCompletionSource<JsonElement>();
            client.On("taskCreated", task => told.SetResult(task.GetValue<JsonElement>(0)));
            await client.ConnectAsync();
            var known = await client.AskAsync("authenticate", token);
            Assert.Equal("ada", Text(known.GetValue<JsonElement>(0), "name"));
            await ChangeAsync(
                tasks, HttpMethod.Post, "", $$"""{"title":"By {{transport}}"}""", token, 201);
            var task = (await Patience.ForAsync(told.Task)).GetProperty("data");
            Assert.Equal($"By {transport}", Text(task, "title"));
        }
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task Who_listens_goes_on_at_another_instance_when_one_dies(ProxyKind kind)
    {
        await using var redis = await RedisProcess.StartAsync();
        int[] ports = [port, 8014];
        await using var tasks = await Deployment.StartAsync(kind, "Tasks", ports,
            new(environment) { ["Redis"] = redis.Address });
        await using var clients = await SampleClients.StartAsync();
        int[] versions = [4, 3, 2];
        foreach (var version in versions)
            Assert.Null(await clients.ConnectAsync($"{version}", tasks.At("/"), new { }, version));
        var own = await OwnAsync();
        await tasks.StopAsync(own);
        foreach (var version in versions)
            await clients.ConnectedAsync($"{version}", 2);
        var token = tokens.Issue("ada", TimeProvider.System.GetUtcNow());
        await ChangeAsync(tasks, HttpMethod.Post, "", """{"title":"Go on"}""", token, 201);
        foreach (var version in versions)
            await HasAsync(clients, $"{version}", "taskCreated", "pending", null);

        // All are at one of them: ip_hash.
        async Task<int> OwnAsync()
        {
            var health = await Task.WhenAll(ports.Select(async port => (port, JsonElement.Parse(
                await http.GetStringAsync(tasks.Direct(port, "/api/health"))))));
            return health.Single(one => one.Item2.GetProperty("sockets").GetInt32() == 3).port;
        }
    }

    [Fact]
    public async Task Who_has_no_token_reads_and_changes_nothing()
    {
        await using var tasks = await StartAsync(ProxyKind.Epoll);
        await using var clients = await SampleClients.StartAsync();
        await clients.ConnectAsync("a", tasks.At("/"), new { });
        Assert.Equal(401, (await tasks.RequestAsync(
            HttpMethod.Post, "/api/tasks", """{"title":"Mow"}""")).Status);
        var token = tokens.Issue("ada", TimeProvider.System.GetUtcNow());
        Assert.Equal(400, (await tasks.RequestAsync(
            HttpMethod.Post, "/api/tasks", """{"title":" "}""", token)).Status);
        var refused = await clients.AskAsync("a", "authenticate", token + "x");
        Assert.False(refused.GetProperty("ok").GetBoolean());
        var accepted = await clients.AskAsync("a", "authenticate", token);
        Assert.Equal("ada", Text(accepted, "name"));
        Assert.DoesNotContain(token, tasks.Output(port), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_instances_are_one_service()
    {
        await using var redis = await RedisProcess.StartAsync();
        var settings = new Dictionary<string, string>(environment) { ["Redis"] = redis.Address };
        await using var one = await StartAsync(ProxyKind.Epoll, settings);
        var token = tokens.Issue("ada", TimeProvider.System.GetUtcNow());
        var before = await ChangeAsync(
            one, HttpMethod.Post, "", """{"title":"Before"}""", token, 201);
        await using var two = await StartAsync(ProxyKind.Epoll, settings);
        await using var clients = await SampleClients.StartAsync();
        await clients.ConnectAsync("b", two.At("/"), new { });
        // The second instance has asked the first; what changes there is told here.
        Assert.Contains("Before", (await two.GetAsync("/api/tasks")).Text);
        await ChangeAsync(
            one, HttpMethod.Post, $"/{Text(before, "id")}/complete", null, token);
        await HasAsync(clients, "b", "taskCompleted", "completed", null);
        Assert.Equal("completed", Text(
            JsonElement.Parse((await two.GetAsync($"/api/tasks/{Text(before, "id")}")).Text),
            "status"));
    }

    [Fact]
    public async Task The_interface_is_described()
    {
        await using var tasks = await StartAsync(ProxyKind.Epoll);
        var api = JsonElement.Parse((await tasks.GetAsync("/api-docs/openapi.json")).Text);
        Assert.Equal(
            ["/api/health", "/api/login", "/api/tasks", "/api/tasks/{id}",
                "/api/tasks/{id}/complete", "/api/tasks/{id}/start"],
            api.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order());
        await using var page = await Browser.OpenAsync(tasks.At("/api-docs").ToString());
        await page.UntilAsync("document.body.innerText.includes('POST /api/tasks/{id}/start')");
        await ShootAsync(page, "tasks-api");
    }

    [Theory, MemberData(nameof(Proxies))]
    public async Task The_page_shows_what_others_do(ProxyKind kind)
    {
        await using var tasks = await StartAsync(kind);
        await using var page = await Browser.OpenAsync(tasks.At("/").ToString());
        await page.UntilAsync("document.getElementById('state').dataset.state === 'open'");
        await page.UntilAsync("!document.getElementById('signin').hidden");
        await page.FillAsync("name", "ada");
        await page.ClickAsync("#login button");
        await page.UntilAsync("!document.getElementById('new').hidden");
        await page.FillAsync("title", "Paint the gate");
        await page.FillAsync("agent", "grace");
        await page.ClickAsync("#create button");
        await page.UntilAsync("document.body.innerText.includes('taskAssigned: Paint the gate')");
        var token = tokens.Issue("bob", TimeProvider.System.GetUtcNow());
        await ChangeAsync(
            tasks, HttpMethod.Post, "", """{"title":"Count the ducks"}""", token, 201);
        await page.UntilAsync("document.getElementById('tasks').children.length === 2");
        await page.ClickAsync("#tasks tr:last-child button:nth-child(2)");
        await page.UntilAsync(
            "document.querySelector('#tasks tr:last-child .state').dataset.state === 'open'");
        await page.UntilAsync("document.getElementById('state').innerText.includes('websocket')");
        await ShootAsync(page, $"tasks-{kind}");

        await tasks.StopAsync(port);
        await page.UntilAsync("document.getElementById('state').dataset.state === 'waiting'");
        await tasks.RestartAsync(port);
        await page.UntilAsync("document.getElementById('state').dataset.state === 'open'");
    }

    static Task<Deployment> StartAsync(
        ProxyKind kind, Dictionary<string, string>? settings = null) =>
        Deployment.StartAsync(kind, "Tasks", [port], settings ?? environment);

    static async Task<JsonElement> ChangeAsync(
        Deployment tasks, HttpMethod method, string path, string? json, string token,
        int expected = 200)
    {
        var (status, text) = await tasks.RequestAsync(method, "/api/tasks" + path, json, token);
        Assert.True(status == expected, $"{status} {text}");
        return JsonElement.Parse(text);
    }

    static async Task HasAsync(
        SampleClients clients, string name, string @event, string status, string? agent)
    {
        var told = await clients.NextAsync(name, @event);
        Assert.Equal(
            ["event", "timestamp", "data"], told.EnumerateObject().Select(member => member.Name));
        Assert.Equal(@event, Text(told, "event"));
        var task = told.GetProperty("data");
        Assert.Equal((status, agent), (Text(task, "status"), Text(task, "agentWallet")));
    }

    static Task ShootAsync(Browser page, string name) => page.ScreenshotAsync(
        Path.Combine(Repository.Root, "artifacts", "screenshots", name + ".png"));

    static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
