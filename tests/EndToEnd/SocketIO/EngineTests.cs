using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO.EngineIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// The engine on Kestrel: what the official client makes of it, and its answers to requests that
/// no client should make. The answers are those of the official server.
/// </summary>
public sealed class EngineTests : IDisposable
{
    readonly HttpClient http = new() { Timeout = Patience.Event };

    public void Dispose() => http.Dispose();

    [Theory]
    [InlineData("polling", "polling")]
    [InlineData("websocket", "websocket")]
    [InlineData("polling,websocket", "websocket")]
    public async Task The_official_client_gets_its_messages_back(string transports, string last)
    {
        await using var host = await EngineHost.StartAsync();
        var output = await NodeProcess.RunAsync(
            "engine-client.mjs", host.Address.ToString(), transports);
        Assert.Equal($"100 texts, 100 attachments, {last}", output.Trim());
        await ClosesAsync(host, CloseReasons.TransportClose);
    }

    [Theory]
    [InlineData(ProxyKind.Nginx)]
    [InlineData(ProxyKind.Epoll)]
    [InlineData(ProxyKind.Sockets)]
    public async Task The_official_client_upgrades_through_a_proxy(ProxyKind kind)
    {
        await using var host = await EngineHost.StartAsync();
        var endpoint = new IPEndPoint(IPAddress.Loopback, Loopback.FreePort(IPAddress.Loopback));
        await using var proxy = await ProxyProcess.StartAsync(kind, $$"""
            error_log logs/error.log;
            pid logs/nginx.pid;
            events { worker_connections 1000; }
            http {
                access_log off;
                server {
                    listen {{endpoint}};
                    location /engine.io/ {
                        proxy_pass http://{{host.Address.Authority}};
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection "upgrade";
                    }
                }
            }
            """, [endpoint]);
        var output = await NodeProcess.RunAsync(
            "engine-client.mjs", $"http://{endpoint}/", "polling,websocket");
        Assert.Equal("100 texts, 100 attachments, websocket", output.Trim());
        await ClosesAsync(host, CloseReasons.TransportClose);
    }

    [Theory]
    [InlineData("GET", "/engine.io/?EIO=4", 400, "{\"code\":0,\"message\":\"Transport unknown\"}")]
    [InlineData("GET", "/engine.io/?EIO=4&transport=x", 400,
        "{\"code\":0,\"message\":\"Transport unknown\"}")]
    [InlineData("GET", "/engine.io/?EIO=4&transport=polling&sid=nobody", 400,
        "{\"code\":1,\"message\":\"Session ID unknown\"}")]
    [InlineData("GET", "/engine.io/?transport=polling", 400,
        "{\"code\":5,\"message\":\"Unsupported protocol version\"}")]
    [InlineData("GET", "/engine.io/?EIO=3&transport=polling", 400,
        "{\"code\":5,\"message\":\"Unsupported protocol version\"}")]
    [InlineData("POST", "/engine.io/?EIO=4&transport=polling", 400,
        "{\"code\":2,\"message\":\"Bad handshake method\"}")]
    [InlineData("GET", "/engine.io/?EIO=4&transport=websocket", 400,
        "{\"code\":3,\"message\":\"Bad request\"}")]
    [InlineData("GET", "/engine.io?EIO=4&transport=polling", 404, "")]
    public async Task A_request_that_makes_no_session_is_told_why(
        string method, string path, int status, string body)
    {
        await using var host = await EngineHost.StartAsync();
        Assert.Equal((status, body), await AskAsync(new(method), new Uri(host.Address, path)));
        Assert.Equal(0, host.Engine.SessionsCount);
    }

    [Fact]
    public async Task An_application_that_refuses_is_quoted()
    {
        await using var host = await EngineHost.StartAsync(
            options => options.AllowRequest = _ => ValueTask.FromResult<string?>("custom deny"));
        var (status, body) = await GetAsync(host, "");
        Assert.Equal((403, "{\"code\":4,\"message\":\"custom deny\"}"), (status, body));
    }

    [Fact]
    public async Task The_open_packet_has_the_five_keys_and_a_sid_of_twenty_characters()
    {
        await using var host = await EngineHost.StartAsync(options => options.NodeTag = "n7");
        var (status, body) = await GetAsync(host, "");
        Assert.Equal(200, status);
        Assert.Matches(
            @"\A0\{""sid"":""n7[\w-]{18}"",""upgrades"":\[""websocket""\],"
                + @"""pingInterval"":25000,""pingTimeout"":20000,""maxPayload"":1000\}\z",
            body);
    }

    [Fact]
    public async Task Packets_of_a_body_come_back_in_one_answer()
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        Assert.Equal((200, "ok"), await PostAsync(host, sid, "4a\u001e4b\u001ebAAE="));
        Assert.Equal((200, "4a\u001e4b\u001ebAAE="), await GetAsync(host, sid));
    }

    [Theory]
    [InlineData("bAAE")]
    [InlineData("b-_8=")]
    public async Task Base64_without_padding_or_of_the_other_alphabet_is_read(string packet)
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        Assert.Equal((200, "ok"), await PostAsync(host, sid, packet));
        Assert.Equal(200, (await GetAsync(host, sid)).Status);
    }

    [Fact]
    public async Task An_answer_has_sixteen_packets_at_most_and_the_rest_comes_next()
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        var packets = Enumerable.Range(0, 20).Select(i => $"4{i}");
        await PostAsync(host, sid, string.Join('\u001e', packets));
        Assert.Equal(16, (await GetAsync(host, sid)).Body.Split('\u001e').Length);
        Assert.Equal("416\u001e417\u001e418\u001e419", (await GetAsync(host, sid)).Body);
    }

    [Theory]
    [InlineData("gzip, deflate, br", 900, "gzip")]
    [InlineData("deflate", 900, "deflate")]
    [InlineData("gzip;q=0, br", 900, "")]
    [InlineData("gzip", 100, "")]
    public async Task A_long_answer_is_compressed_for_who_takes_it(
        string accepted, int length, string used)
    {
        await using var host = await EngineHost.StartAsync(
            options => options.HttpCompressionThreshold = 500);
        var sid = await OpenAsync(host);
        var text = "4" + new string('x', length);
        await PostAsync(host, sid, text);
        using var request = new HttpRequestMessage(HttpMethod.Get, Url(host, sid));
        request.Headers.Add("Accept-Encoding", accepted);
        var cancel = TestContext.Current.CancellationToken;
        using var answer = await http.SendAsync(request, cancel);
        Assert.Equal(used, string.Join(',', answer.Content.Headers.ContentEncoding));
        Stream packed = await answer.Content.ReadAsStreamAsync(cancel);
        using var reader = new StreamReader(used switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            "deflate" => new ZLibStream(packed, CompressionMode.Decompress),
            _ => packed,
        });
        Assert.Equal(text, await reader.ReadToEndAsync(cancel));
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_and_the_session_stays()
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        Assert.Equal(413, (await PostAsync(host, sid, "4" + new string('x', 1000))).Status);
        Assert.Equal((200, "ok"), await PostAsync(host, sid, "4" + new string('x', 999)));
    }

    [Fact]
    public async Task A_binary_body_ends_the_session()
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        Assert.Equal(400, (await PostAsync(host, sid, "4a", "application/octet-stream")).Status);
        await ClosesAsync(host, CloseReasons.TransportError);
        Assert.Equal(400, (await GetAsync(host, sid)).Status);
    }

    [Fact]
    public async Task A_second_poll_ends_the_session_and_the_first_is_told()
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        var first = GetAsync(host, sid);
        await PollsAsync(host);
        Assert.Equal(400, (await GetAsync(host, sid)).Status);
        Assert.Equal((200, "1"), await first);
        await ClosesAsync(host, CloseReasons.TransportError);
    }

    [Fact]
    public async Task A_poll_that_is_given_up_ends_the_session()
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        using var cancel = new CancellationTokenSource();
        var poll = http.GetAsync(Url(host, sid), cancel.Token);
        await PollsAsync(host);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await ClosesAsync(host, CloseReasons.TransportError);
    }

    [Fact]
    public async Task A_client_that_closes_has_its_poll_answered()
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        var poll = GetAsync(host, sid);
        await PollsAsync(host);
        Assert.Equal((200, "ok"), await PostAsync(host, sid, "1"));
        Assert.Equal((200, "6"), await poll);
        await ClosesAsync(host, CloseReasons.TransportClose);
        Assert.Equal(400, (await GetAsync(host, sid)).Status);
    }

    [Fact]
    public async Task A_server_that_closes_says_so_at_the_next_poll()
    {
        await using var host = await EngineHost.StartAsync();
        var sid = await OpenAsync(host);
        await PostAsync(host, sid, "4first\u001e" + "4close");
        Assert.Equal((200, "4first"), await GetAsync(host, sid));
        Assert.Equal((200, "6\u001e1"), await GetAsync(host, sid));
        await ClosesAsync(host, CloseReasons.ForcedClose);
    }

    [Fact]
    public async Task A_message_that_is_too_long_closes_with_1009()
    {
        await using var host = await EngineHost.StartAsync();
        using var socket = await ConnectAsync(host);
        await SendAsync(socket, "4" + new string('x', 1000));
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, await CloseStatusAsync(socket));
        await ClosesAsync(host, CloseReasons.TransportError);
    }

    [Theory]
    [InlineData("2", CloseReasons.TransportError)]
    [InlineData("9", CloseReasons.ParseError)]
    [InlineData("abc", CloseReasons.ParseError)]
    public async Task A_packet_that_no_client_sends_ends_the_session(string packet, string reason)
    {
        await using var host = await EngineHost.StartAsync();
        using var socket = await ConnectAsync(host);
        await SendAsync(socket, packet);
        await ClosesAsync(host, reason);
    }

    [Fact]
    public async Task A_server_closes_a_websocket_without_a_status_after_what_is_queued()
    {
        await using var host = await EngineHost.StartAsync();
        var output = await NodeProcess.RunAsync(
            "ws-transcript.mjs", WebSocketUrl(host).ToString(), "4first", "4close");
        Assert.EndsWith("}\n4first\nCLOSE(1005)\n", output, StringComparison.Ordinal);
        await ClosesAsync(host, CloseReasons.ForcedClose);
    }

    [Fact]
    public async Task A_client_that_answers_no_ping_is_given_up_and_one_that_does_stays()
    {
        await using var host = await EngineHost.StartAsync(options =>
        {
            options.PingInterval = TimeSpan.FromMilliseconds(50);
            options.PingTimeout = TimeSpan.FromMilliseconds(250);
        });
        using var silent = await ConnectAsync(host);
        using var alive = await ConnectAsync(host);
        while (host.Reasons.IsEmpty)
        {
            Assert.Equal("2", await TextAsync(alive));
            await SendAsync(alive, "3");
        }
        Assert.Equal([CloseReasons.PingTimeout], host.Reasons);
        Assert.Equal(1, host.Engine.SessionsCount);
    }

    // ---- the client ----

    static Uri Url(EngineHost host, string sid) => new(
        host.Address,
        "/engine.io/?EIO=4&transport=polling" + (sid.Length > 0 ? "&sid=" + sid : ""));

    Task<(int Status, string Body)> GetAsync(EngineHost host, string sid) =>
        AskAsync(HttpMethod.Get, Url(host, sid));

    async Task<(int Status, string Body)> PostAsync(
        EngineHost host, string sid, string body, string type = "text/plain")
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await AskAsync(HttpMethod.Post, Url(host, sid), content);
    }

    async Task<(int Status, string Body)> AskAsync(
        HttpMethod method, Uri url, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, url) { Content = content };
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    async Task<string> OpenAsync(EngineHost host) =>
        Regex.Match((await GetAsync(host, "")).Body, "\"sid\":\"([^\"]+)\"").Groups[1].Value;

    static Uri WebSocketUrl(EngineHost host) => new UriBuilder(host.Address)
    {
        Scheme = "ws",
        Path = "/engine.io/",
        Query = "EIO=4&transport=websocket",
    }.Uri;

    static async Task<ClientWebSocket> ConnectAsync(EngineHost host)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(WebSocketUrl(host), CancellationToken.None);
        Assert.StartsWith("0{", await TextAsync(socket), StringComparison.Ordinal);
        return socket;
    }

    static Task SendAsync(ClientWebSocket socket, string text) => socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    static async Task<string> TextAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        using var patience = new CancellationTokenSource(Patience.Event);
        var result = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }

    static async Task<WebSocketCloseStatus?> CloseStatusAsync(ClientWebSocket socket)
    {
        Assert.Equal("", await TextAsync(socket));
        return socket.CloseStatus;
    }

    /// <summary>A poll is with the server: there is one session, and it can be written to.</summary>
    static Task<bool> PollsAsync(EngineHost host) => Patience.UntilAsync(
        () => host.Sessions.Any(session => session.IsWritable), Patience.Event);

    static async Task ClosesAsync(EngineHost host, string reason)
    {
        await Patience.UntilAsync(() => !host.Reasons.IsEmpty, Patience.Event);
        Assert.Equal([reason], host.Reasons);
        Assert.Equal(0, host.Engine.SessionsCount);
    }
}
