using System.Net.WebSockets;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.AdminUI;

/// <summary>The page that comes with @socket.io/admin-ui, in a browser, against this server.</summary>
public sealed class SocketIOAdminPageTests : IAsyncLifetime
{
    const string Connected = "/(^|\\s)CONNECTED/.test(document.body.innerText)";

    AdminHost host = null!;
    Browser page = null!;
    readonly ClientWebSocket client = new();

    public async ValueTask InitializeAsync()
    {
        host = await AdminHost.StartAsync("development");
        var address = new Uri(host.Address.Replace("http", "ws")
            + "/socket.io/?EIO=4&transport=websocket");
        await client.ConnectAsync(address, default);
        await SendAsync("40");
        page = await Browser.OpenAsync(host.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await page.DisposeAsync();
        client.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task The_page_logs_in_sees_everything_and_steers()
    {
        await page.UntilAsync("document.querySelectorAll('form input[type=text]').length > 1");
        await LogInAsync("wrong");
        await page.UntilAsync("document.body.innerText.includes('Invalid credentials')");
        await LogInAsync("secret");
        await page.UntilAsync(Connected);
        await page.UntilAsync("document.querySelector('main').innerText.includes('/admin')");
        await ShootAsync("dashboard");
        await ShowAsync("servers", "net-server");
        await ShowAsync("rooms", "room1");
        await ShowAsync("sockets", "WebSocket");
        await SendAsync("42[\"hi\",5]");
        await ShowAsync("events", "Event sent");
        await ShowAsync("sockets", "WebSocket");
        await page.ClickAsync("tbody button:has(.mdi-logout)");
        await UntilReceivedAsync("41");
        await ShowAsync("sockets", "No data available");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_restart_the_page_asks_for_no_password_where_sessions_are_in_Redis(
        bool areInRedis)
    {
        await using var redis = await RedisProcess.StartAsync();
        await RestartAsync(redis, areInRedis);
        await page.UntilAsync("document.querySelectorAll('form input[type=text]').length > 1");
        await LogInAsync("secret");
        await page.UntilAsync(Connected);
        // It is connected a moment before it is told its session.
        await page.UntilAsync("localStorage.getItem('session_id') !== null");
        await RestartAsync(redis, areInRedis);
        await page.EvaluateAsync("location.reload()");
        await page.UntilAsync(areInRedis
            ? Connected + " && document.querySelector('main').innerText.includes('/admin')"
            : "document.body.innerText.includes('Invalid credentials')");
    }

    async Task RestartAsync(RedisProcess redis, bool sharesSessions)
    {
        var port = new Uri(host.Address).Port;
        await host.DisposeAsync();
        host = await AdminHost.StartAsync("development", redis, port, sharesSessions);
    }

    /// <summary>Goes to a view and waits until it says something.</summary>
    async Task ShowAsync(string view, string text)
    {
        await page.EvaluateAsync($"location.hash = '#/{view}/'");
        await page.UntilAsync($"document.querySelector('main').innerText.includes('{text}')");
        await ShootAsync(view);
    }

    async Task UntilReceivedAsync(string packet)
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        var buffer = new byte[1024];
        while (true)
        {
            var message = await client.ReceiveAsync(buffer.AsMemory(), patience.Token);
            if (Encoding.UTF8.GetString(buffer, 0, message.Count) == packet)
                return;
        }
    }

    async Task LogInAsync(string password)
    {
        await FillAsync("Server URL", host.Address);
        await FillAsync("Username", "admin");
        await FillAsync("Password", password);
        await page.ClickAsync("form button[type=submit]");
    }

    async Task FillAsync(string label, string text)
    {
        var id = await page.EvaluateAsync(
            "[...document.querySelectorAll('form label')].find("
            + $"label => label.innerText.startsWith('{label}')).htmlFor");
        await page.FillAsync(id.GetString()!, text);
    }

    Task SendAsync(string packet) => client.SendAsync(
        Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, true, default);

    Task ShootAsync(string name) => page.ScreenshotAsync(
        Path.Combine(Repository.Root, "artifacts", "screenshots", $"admin-{name}.png"));
}
