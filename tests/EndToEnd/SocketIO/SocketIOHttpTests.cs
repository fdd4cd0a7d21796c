using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>What a server says over HTTP: CORS, cookies, refusals, JSONP, the client's files.</summary>
public sealed class SocketIOHttpTests : IDisposable
{
    readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false })
    {
        Timeout = Patience.Event,
    };

    public void Dispose() => http.Dispose();

    // ---- CORS ----

    [Theory]
    [InlineData("https://spa.example", true)]
    [InlineData("https://evil.example", false)]
    public async Task A_page_of_another_origin_may_poll_when_the_policy_says_so(
        string origin, bool isAllowed)
    {
        await using var host = await WithCorsAsync();
        var preflight = await SendAsync(host, HttpMethod.Options, "?EIO=4&transport=polling",
            ("Origin", origin), ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "x-mine"));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(isAllowed ? origin : "", Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Equal(isAllowed ? "x-mine" : "", Header(preflight, "Access-Control-Allow-Headers"));
        Assert.Equal(
            isAllowed ? "true" : "", Header(preflight, "Access-Control-Allow-Credentials"));

        var open = await SendAsync(host, HttpMethod.Get, "?EIO=4&transport=polling",
            ("Origin", origin));
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        Assert.Equal(isAllowed ? origin : "", Header(open, "Access-Control-Allow-Origin"));

        // A refusal can be read by the page too, which is how people find out.
        var refusal = await SendAsync(host, HttpMethod.Get, "?EIO=4&transport=polling&sid=x",
            ("Origin", origin));
        Assert.Equal(HttpStatusCode.BadRequest, refusal.StatusCode);
        Assert.Equal(isAllowed ? origin : "", Header(refusal, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_page_in_Chromium_polls_a_server_of_another_origin_and_others_cannot()
    {
        await using var page = await MatrixHost.StartAsync();
        var origin = $"{page.Address.Scheme}://{page.Address.Authority}";
        await using var allowing = await WithCorsAsync(origin);
        await using var refusing = await WithCorsAsync();
        await using var browser = await Browser.OpenAsync($"{page.Address}page");
        Assert.Equal("connected", await ConnectAsync(browser, allowing.Address));
        Assert.Equal("xhr poll error", await ConnectAsync(browser, refusing.Address));
    }

    static Task<SocketIOHost> WithCorsAsync(string origin = "https://spa.example") =>
        SocketIOHost.StartAsync(
            extend: io => io.Services.AddCors(),
            build: app =>
            {
                app.UseRouting();
                app.UseCors();
                app.MapSocketIO().RequireCors(cors => cors
                    .WithOrigins(origin).AllowAnyHeader().AllowAnyMethod().AllowCredentials());
            });

    static async Task<string?> ConnectAsync(Browser browser, Uri server) =>
        (await browser.EvaluateAsync($$"""
            new Promise(resolve => {
                const socket = io("{{server}}", {
                    transports: ["polling"], reconnection: false, withCredentials: true });
                socket.on("connect", () => resolve("connected"));
                socket.on("connect_error", error => resolve(error.message));
            })
            """)).GetString();

    // ---- cookies ----

    [Theory]
    [InlineData("io", "io={0}; Path=/; HttpOnly; SameSite=Lax")]
    [InlineData(null, "")]
    public async Task A_polling_handshake_sets_a_cookie_when_it_has_a_name(
        string? name, string cookie)
    {
        await using var host = await SocketIOHost.StartAsync(
            options => options.CookieName = name);
        var open = await SendAsync(host, HttpMethod.Get, "?EIO=4&transport=polling");
        var sid = SidIn(await TextAsync(open));
        Assert.Equal(string.Format(null, cookie, sid), Header(open, "Set-Cookie"));
        using var connect = new StringContent("40");
        await PostAsync(host, $"?EIO=4&transport=polling&sid={sid}", connect);
        var next = await SendAsync(host, HttpMethod.Get, $"?EIO=4&transport=polling&sid={sid}");
        Assert.Equal("", Header(next, "Set-Cookie"));
    }

    // ---- refusals ----

    [Theory]
    [InlineData("GET", "?EIO=4&transport=carrier", 400, 0, "Transport unknown")]
    [InlineData("GET", "?EIO=4&transport=polling&sid=x", 400, 1, "Session ID unknown")]
    [InlineData("POST", "?EIO=4&transport=polling", 400, 2, "Bad handshake method")]
    [InlineData("GET", "?EIO=4&transport=websocket", 400, 3, "Bad request")]
    [InlineData("GET", "?EIO=4&transport=polling&no", 403, 4, "Forbidden")]
    [InlineData("GET", "?EIO=4&transport=polling&no=because", 403, 4, "because")]
    [InlineData("GET", "?EIO=3&transport=polling", 400, 5, "Unsupported protocol version")]
    public async Task Every_refusal_is_told_to_the_client_and_to_the_application(
        string method, string query, int status, int code, string message)
    {
        var told = new List<string>();
        await using var host = await SocketIOHost.StartAsync(
            options => options.AllowRequest = context => ValueTask.FromResult(
                context.Request.Query.TryGetValue("no", out var why) ? why.ToString() : null),
            io => io.Engine.ConnectionError += (error, context) =>
                told.Add($"{error.Code} {error.Message} {context.Request.QueryString}"));
        var answer = await SendAsync(host, new HttpMethod(method), query);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal($"{{\"code\":{code},\"message\":\"{message}\"}}", await TextAsync(answer));
        Assert.Equal([$"{code} {message} {query}"], told);

        var control = await SendAsync(host, HttpMethod.Get, "?EIO=4&transport=polling");
        Assert.Equal(HttpStatusCode.OK, control.StatusCode);
        Assert.Single(told);
    }

    [Theory]
    [InlineData("&no=because", "HTTP/1.1 400", "because")]
    [InlineData("", "HTTP/1.1 101", "")]
    public async Task A_websocket_that_is_refused_is_told_why(
        string query, string status, string message)
    {
        await using var host = await SocketIOHost.StartAsync(
            options => options.AllowRequest = context => ValueTask.FromResult(
                context.Request.Query.TryGetValue("no", out var why) ? why.ToString() : null));
        using var client = await RawClient.ConnectAsync(
            new IPEndPoint(IPAddress.Loopback, host.Address.Port));
        await client.SendAsync(
            $"GET /socket.io/?EIO=4&transport=websocket{query} HTTP/1.1\r\nHost: x\r\n"
            + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        var answer = await client.ResponseAsync();
        Assert.StartsWith(status, answer!.StartLine, StringComparison.Ordinal);
        Assert.Equal(message, answer.Text);
    }

    // ---- JSONP ----

    [Fact]
    public async Task A_client_without_cors_polls_with_scripts_and_forms()
    {
        await using var host = await MatrixHost.StartAsync();
        var open = await SendAsync(host, HttpMethod.Get, "?EIO=3&transport=polling&j=0&b64=1");
        var script = await TextAsync(open);
        Assert.Matches(@"\A___eio\[0\]\(""\d+:0\{\\""sid\\"".*""\);\z", script);
        var sid = SidIn(script.Replace("\\\"", "\""));
        var poll = $"?EIO=3&transport=polling&j=0&b64=1&sid={sid}";
        Assert.Equal("___eio[0](\"2:40\");",
            await TextAsync(await SendAsync(host, HttpMethod.Get, poll)));

        using var form = new FormUrlEncodedContent([new("d", @"17:420[""echo"",""é\\n""]")]);
        await PostAsync(host, poll, form);
        Assert.Equal(@"___eio[0](""10:430[\""é\\n\""]"");",
            await TextAsync(await SendAsync(host, HttpMethod.Get, poll)));
    }

    // ---- the client's files ----

    [Theory]
    [InlineData("socket.io.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.min.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.esm.min.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.msgpack.min.js", "application/javascript; charset=utf-8")]
    [InlineData("socket.io.min.js.map", "application/json; charset=utf-8")]
    public async Task The_clients_files_are_served_and_not_again_when_they_are_known(
        string name, string type)
    {
        await using var host = await MatrixHost.StartAsync();
        var file = await SendAsync(host, HttpMethod.Get, name);
        Assert.Equal(type, file.Content.Headers.ContentType?.ToString());
        Assert.Equal("public, max-age=0", Header(file, "Cache-Control"));
        var expected = await File.ReadAllTextAsync(
            Path.Combine(Repository.Clients, "node_modules/socket.io/client-dist", name),
            TestContext.Current.CancellationToken);
        Assert.Equal(expected, await TextAsync(file));

        var tag = Header(file, "ETag");
        foreach (var known in new[] { tag, "W/" + tag, "\"other\", " + tag })
        {
            var again = await SendAsync(host, HttpMethod.Get, name, ("If-None-Match", known));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal("", await TextAsync(again));
        }
        var changed = await SendAsync(host, HttpMethod.Get, name, ("If-None-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip;q=0.5", "gzip")]
    [InlineData("br;q=0", "")]
    public async Task The_clients_files_are_compressed_for_who_takes_it(
        string accepted, string encoding)
    {
        await using var host = await MatrixHost.StartAsync();
        var file = await SendAsync(
            host, HttpMethod.Get, "socket.io.min.js", ("Accept-Encoding", accepted));
        Assert.Equal(encoding, string.Join(',', file.Content.Headers.ContentEncoding));
        Assert.Equal("Accept-Encoding", Header(file, "Vary"));
    }

    [Theory]
    [InlineData("package.json")]
    [InlineData("../package.json")]
    [InlineData("socket.io.js/")]
    public async Task Nothing_else_is_served(string name)
    {
        await using var host = await MatrixHost.StartAsync();
        var answer = await SendAsync(host, HttpMethod.Get, name);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_server_without_a_folder_has_no_files()
    {
        await using var host = await SocketIOHost.StartAsync();
        var answer = await SendAsync(host, HttpMethod.Get, "socket.io.js");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    // ---- requests ----

    static Uri At(SocketIOHost host, string rest) => new(host.Address, "/socket.io/" + rest);

    async Task<HttpResponseMessage> SendAsync(
        SocketIOHost host, HttpMethod method, string rest,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, At(host, rest));
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request);
    }

    async Task PostAsync(SocketIOHost host, string rest, HttpContent content)
    {
        using var answer = await http.PostAsync(At(host, rest), content);
        Assert.Equal("ok", await TextAsync(answer));
    }

    static string SidIn(string open) =>
        Regex.Match(open, "\"sid\":\"([^\"]+)\"").Groups[1].Value;

    static Task<string> TextAsync(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync();

    static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values)
            || answer.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values) : "";
}
