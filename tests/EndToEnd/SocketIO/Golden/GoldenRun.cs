using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>Does what a case says to one server and keeps what the server does.</summary>
sealed class GoldenRun(GoldenCase golden, IGoldenServer server) : IAsyncDisposable
{
    /// <summary>For an answer the case names; the official server is far below it.</summary>
    static readonly TimeSpan bound = TimeSpan.FromSeconds(5);

    static readonly string[] headersCompared =
    [
        "Content-Type", "Cache-Control", "Set-Cookie", "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials", "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers", "Vary", "Content-Encoding",
    ];

    static readonly Regex corsHeaders = new("^(Access-Control-|Vary)");

    readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/socket.io/"),
        Timeout = bound,
    };

    readonly Dictionary<string, RawWebSocket> sockets = [];
    readonly Dictionary<string, (Task<string> Answer, CancellationTokenSource Cancel)> begun = [];
    readonly Dictionary<string, string> headers = [];
    readonly Transcript transcript = new();
    string last = "";

    public static async Task<Transcript> OfAsync(GoldenCase golden, IGoldenServer server)
    {
        await using var run = new GoldenRun(golden, server);
        foreach (var step in golden.Steps)
            await run.StepAsync(step);
        return await run.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in sockets.Values)
            await socket.DisposeAsync();
        http.Dispose();
    }

    Task StepAsync(string line)
    {
        var word = line.Split(' ')[0];
        var rest = transcript.Expand(line[word.Length..].TrimStart());
        return word switch
        {
            "header" => Header(rest),
            "begin" => Begin(rest.Split(' ', 3)),
            "end" => FinishAsync(rest, cancel: false),
            "cancel" => FinishAsync(rest, cancel: true),
            "close" => sockets[Part(rest)].CloseAsync(),
            "closed" => ClosedAsync(Part(rest)),
            "pause" => Task.Delay(int.Parse(rest, CultureInfo.InvariantCulture)),
            "logged" => LoggedAsync(rest),
            "save" => Save(rest.Split(' ', 2)),
            "ws" => OpenAsync("ws", rest),
            _ when word.StartsWith("ws/", StringComparison.Ordinal) => OpenAsync(word, rest),
            _ when word.EndsWith(">>>", StringComparison.Ordinal) =>
                sockets[Part(word[..^3])].SendAsync(Convert.FromHexString(rest), isText: true),
            _ when word.EndsWith(">>", StringComparison.Ordinal) =>
                sockets[Part(word[..^2])].SendAsync(Convert.FromHexString(rest), isText: false),
            _ when word.EndsWith('>') => sockets[Part(word[..^1])].SendAsync(
                Encoding.UTF8.GetBytes(GoldenCase.Unescape(rest)), isText: true),
            _ when word.EndsWith('<') => AwaitAsync(Part(word[..^1]), rest),
            _ => RequestStepAsync(word, rest),
        };
    }

    static string Part(string name) => name.Length == 0 ? "ws" : "ws/" + name;

    Task Header(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        headers[text[..colon]] = text[(colon + 1)..].Trim();
        return Task.CompletedTask;
    }

    async Task OpenAsync(string part, string target)
    {
        var lines = string.Concat(headers.Select(one => $"{one.Key}: {one.Value}\r\n"));
        headers.Clear();
        if (target.StartsWith('?'))
            target = "/socket.io/" + target;
        sockets[part] = await RawWebSocket.OpenAsync(server.Port, target, lines);
    }

    async Task AwaitAsync(string part, string prefix)
    {
        var found = await sockets[part].AwaitAsync(GoldenCase.Unescape(prefix), bound);
        if (found is null)
            transcript.Add(part, $"nothing like {prefix}");
        last = found ?? "";
    }

    async Task ClosedAsync(string part)
    {
        if (!await sockets[part].ClosedAsync(bound))
            transcript.Add(part, "not closed");
    }

    async Task LoggedAsync(string line)
    {
        if (!await Patience.UntilAsync(() => server.Log.Contains(line), bound))
            transcript.Add("log", $"never logged: {line}");
    }

    async Task RequestStepAsync(string method, string rest)
    {
        last = await RequestAsync(method, rest, default);
        transcript.Add("http", last);
    }

    Task Begin(string[] words)
    {
        var cancel = new CancellationTokenSource();
        begun[words[0]] = (RequestAsync(words[1], words[2], cancel.Token), cancel);
        return Task.CompletedTask;
    }

    async Task FinishAsync(string name, bool cancel)
    {
        if (cancel)
            await begun[name].Cancel.CancelAsync();
        last = await begun[name].Answer;
        transcript.Add("http", $"{name}: {last}");
    }

    async Task<string> RequestAsync(string method, string rest, CancellationToken cancel)
    {
        var words = rest.Split(' ', 2);
        using var request = new HttpRequestMessage(
            HttpMethod.Parse(method.ToUpperInvariant()), words[0]);
        if (words.Length > 1)
            request.Content = new ByteArrayContent(
                words[1].StartsWith("hex:", StringComparison.Ordinal)
                    ? Convert.FromHexString(words[1].AsSpan(4))
                    : Encoding.UTF8.GetBytes(GoldenCase.Unescape(words[1])));
        // Without an Origin the policies of ASP.NET Core say nothing, the official server does.
        var isCors = headers.ContainsKey("Origin");
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                (request.Content ??= new ByteArrayContent([]))
                    .Headers.TryAddWithoutValidation(name, value);
        headers.Clear();
        try
        {
            using var response = await http.SendAsync(request, cancel);
            return $"{(int)response.StatusCode} {Quote(await BodyAsync(response))}"
                + Head(response, isCors);
        }
        catch (OperationCanceledException)
        {
            return cancel.IsCancellationRequested ? "given up" : "no answer";
        }
        catch (HttpRequestException)
        {
            return "connection closed";
        }
    }

    static async Task<string> BodyAsync(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync();
        if (response.Content.Headers.ContentEncoding.Contains("gzip"))
        {
            using var plain = new MemoryStream();
            using var unzip = new System.IO.Compression.GZipStream(
                new MemoryStream(bytes), System.IO.Compression.CompressionMode.Decompress);
            await unzip.CopyToAsync(plain);
            bytes = plain.ToArray();
        }
        return response.Content.Headers.ContentType?.MediaType == "application/octet-stream"
            ? $"<bin {Convert.ToHexStringLower(bytes)}>"
            : Encoding.UTF8.GetString(bytes);
    }

    static string Quote(string text) =>
        text.Length == 0 ? "-" : text.Replace("\x1e", "\\x1e", StringComparison.Ordinal);

    static string Head(HttpResponseMessage response, bool isCors)
    {
        var all = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(one => one.Key, one => string.Join(", ", one.Value),
                StringComparer.OrdinalIgnoreCase);
        return string.Concat(headersCompared.Where(all.ContainsKey)
            .Where(name => isCors || !corsHeaders.IsMatch(name))
            .Select(name => $"\n  {name}: {all[name]}"));
    }

    Task Save(string[] words)
    {
        var match = Regex.Match(last, words[1]);
        if (match.Success)
            transcript.Save(words[0], match.Groups[1].Value);
        else
            transcript.Add("http", $"no {words[0]} in {last}");
        return Task.CompletedTask;
    }

    /// <summary>Closes what is open, waits until the server has seen it, and stops the server.</summary>
    async Task<Transcript> EndAsync()
    {
        var carriesSession = false;
        var before = server.Log.Count;
        foreach (var (part, socket) in sockets)
        {
            var open = socket.IsOpen;
            carriesSession |= open && socket.Received.Any(text => text.StartsWith('4'));
            await socket.CloseAsync();
            // The answer to our own close is no part of the case.
            foreach (var line in open ? socket.Received.SkipLast(1) : socket.Received)
                transcript.Add(part, line);
        }
        var onlyWebSockets = golden.Steps.All(step =>
            !step.Contains("transport=polling", StringComparison.Ordinal));
        if (onlyWebSockets || carriesSession)
            await Patience.UntilAsync(
                () => Count("connection ") == Count("disconnect "), bound);
        await server.StopAsync();
        // All end at once here, in no order.
        foreach (var line in server.Log.Take(before)
            .Concat(server.Log.Skip(before).Order(StringComparer.Ordinal)))
            transcript.Add("log", line);
        transcript.Normalize();
        return transcript;
    }

    int Count(string prefix) =>
        server.Log.Count(line => line.StartsWith(prefix, StringComparison.Ordinal));
}
