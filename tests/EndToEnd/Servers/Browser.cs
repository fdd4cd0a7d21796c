using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Sluice.EndToEnd.Servers;

/// <summary>
/// A page in headless Chromium, driven by the DevTools protocol: as much of it as tests need to
/// open a page, run a line of script in it, and look at it.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    readonly ChildProcess process;
    readonly string profile;
    readonly ClientWebSocket socket = new();
    int lastId;

    Browser(ChildProcess process, string profile)
    {
        this.process = process;
        this.profile = profile;
    }

    /// <summary>Starts Chromium on a profile of its own and opens a page.</summary>
    /// <param name="url">The page.</param>
    /// <param name="flags">Further ones of its command line.</param>
    public static async Task<Browser> OpenAsync(string url, params string[] flags)
    {
        var profile = Directory.CreateTempSubdirectory("sluice-chromium-").FullName;
        var process = ChildProcess.Start("chromium",
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
            "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
            "--window-size=1100,760", "--remote-debugging-port=0",
            $"--user-data-dir={profile}", .. flags, "about:blank",
        ]);
        var browser = new Browser(process, profile);
        try
        {
            await browser.AttachAsync();
            await browser.CallAsync("Page.navigate", new { url });
            await browser.UntilAsync(
                $"location.href !== 'about:blank' && document.readyState === 'complete'");
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an expression in the page; a promise is awaited.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new
        {
            expression,
            awaitPromise = true,
            returnByValue = true,
            userGesture = true,
        });
        if (answer.TryGetProperty("exceptionDetails", out var thrown))
            throw new InvalidOperationException($"{expression}: {thrown.GetRawText()}");
        var result = answer.GetProperty("result");
        return result.TryGetProperty("value", out var value) ? value : default;
    }

    /// <summary>Waits until an expression is true in the page.</summary>
    public async Task UntilAsync(string expression)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await IsTrueAsync(expression))
        {
            if (TimeProvider.System.GetElapsedTime(start) > Patience.Event)
                throw new TimeoutException(
                    $"never true: {expression}\n{await EvaluateAsync("document.body.innerText")}");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>Fills in a field by its id, as a person would.</summary>
    public Task FillAsync(string id, string text) => EvaluateAsync(
        $"{{ const field = document.getElementById({Quote(id)}); field.value = {Quote(text)};"
        + "field.dispatchEvent(new Event('input', { bubbles: true })); }");

    /// <summary>Clicks what a selector finds first.</summary>
    public Task ClickAsync(string selector) =>
        EvaluateAsync($"document.querySelector({Quote(selector)}).click()");

    /// <summary>Writes what the page looks like to a PNG file.</summary>
    public async Task ScreenshotAsync(string path)
    {
        var answer = await CallAsync("Page.captureScreenshot", new { format = "png" });
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, answer.GetProperty("data").GetBytesFromBase64());
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await process.DisposeAsync();
        // Chromium's helpers may still write to the profile for a moment.
        await Patience.UntilAsync(IsProfileGone, Patience.Event);
    }

    bool IsProfileGone()
    {
        try
        {
            Directory.Delete(profile, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    async Task AttachAsync()
    {
        var portFile = Path.Combine(profile, "DevToolsActivePort");
        await Patience.ForAsync(
            () => File.Exists(portFile) && File.ReadAllText(portFile).Contains('\n'),
            () => "Chromium's port: " + process.Errors, Patience.Program);
        var port = File.ReadAllLines(portFile)[0];
        using var http = new HttpClient();
        var targets = JsonDocument.Parse(
            await http.GetStringAsync($"http://127.0.0.1:{port}/json/list")).RootElement;
        var page = targets.EnumerateArray()
            .First(target => target.GetProperty("type").GetString() == "page");
        await socket.ConnectAsync(
            new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!), default);
    }

    async Task<bool> IsTrueAsync(string expression)
    {
        try
        {
            return (await EvaluateAsync($"!!({expression})")).ValueKind == JsonValueKind.True;
        }
        catch (InvalidOperationException)
        {
            // The page is not that far yet, or is being replaced by another.
            return false;
        }
    }

    async Task<JsonElement> CallAsync(string method, object parameters)
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        var id = ++lastId;
        var call = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters });
        await socket.SendAsync(call, WebSocketMessageType.Text, true, patience.Token);
        while (true)
        {
            var answer = await ReceiveAsync(patience.Token);
            if (!answer.TryGetProperty("id", out var answered) || answered.GetInt32() != id)
                continue;
            return answer.TryGetProperty("result", out var result)
                ? result
                : throw new InvalidOperationException($"{method}: {answer.GetRawText()}");
        }
    }

    async Task<JsonElement> ReceiveAsync(CancellationToken cancel)
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancel);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonDocument.Parse(
                    Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length))
                    .RootElement;
        }
    }

    static string Quote(string text) => JsonSerializer.Serialize(text);
}
