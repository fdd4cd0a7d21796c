using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// What clients in other languages do that the official one does not, request by request.
/// </summary>
public sealed class SocketIOOddClientsTests : IAsyncLifetime
{
    readonly HttpClient http = new() { Timeout = Patience.Event };
    readonly ClientWebSocket socket = new();
    SocketIOHost host = null!;
    string sid = "";

    public async ValueTask InitializeAsync() => host =
        await MatrixHost.StartAsync(pings: false);

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        socket.Dispose();
        await host.DisposeAsync();
    }

    // ---- as socket.io-client-swift does it ----

    [Fact]
    public async Task A_client_may_leave_the_padding_of_base64_out()
    {
        await OpenAsync("&b64=1");
        await PostAsync("40");
        Assert.StartsWith("40{\"sid\":", await PollAsync(), StringComparison.Ordinal);
        await PostAsync("451-7[\"echo\",{\"_placeholder\":true,\"num\":0}]\u001ebAQI");
        Assert.Equal("461-7[{\"_placeholder\":true,\"num\":0}]\u001ebAQI=", await PollAsync());
    }

    [Fact]
    public async Task A_client_may_go_on_polling_while_it_upgrades()
    {
        await OpenAsync("&b64=1");
        await PostAsync("40");
        await PollAsync();

        // Its polls are answered, one after the other, until it says that it has moved.
        var poll = PollAsync();
        await ProbeAsync();
        Assert.Equal("6", await poll);
        Assert.Equal("6", await PollAsync());
        await PostAsync("6");
        await PostAsync("421[\"echo\",\"by polling\"]");
        Assert.Equal("431[\"by polling\"]", await PollAsync());

        // What it kept meanwhile goes over the WebSocket, behind the word that ends the polling.
        await SendAsync("5");
        await SendAsync("422[\"echo\",\"by websocket\"]");
        Assert.Equal("432[\"by websocket\"]", await ReceiveAsync());
        using var late = await http.GetAsync(At(sid), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, late.StatusCode);
        Assert.Equal("websocket", host.IO.Sockets.Single().TransportName);
    }

    [Fact]
    public async Task What_is_sent_during_an_upgrade_arrives_once_and_in_its_order()
    {
        await OpenAsync("&b64=1");
        await PostAsync("40");
        await PollAsync();
        await ProbeAsync();
        await PostAsync("42[\"push\",50]");
        await SendAsync("5");
        await SendAsync("421[\"instance\"]");
        for (var at = 0; at < 50; at++)
        {
            Assert.StartsWith($"451-[\"pushed\",{at},", await ReceiveAsync(),
                StringComparison.Ordinal);
            Assert.Equal($"<{at:X2}FF>", await ReceiveAsync());
        }
        Assert.Equal("431[\"a\"]", await ReceiveAsync());
    }

    // ---- as python-engineio does it ----

    [Fact]
    public async Task A_client_may_upgrade_before_it_polls()
    {
        await OpenAsync();
        await ProbeAsync();
        await SendAsync("5");
        await SendAsync("40");
        Assert.StartsWith("40{\"sid\":", await ReceiveAsync(), StringComparison.Ordinal);
        await SendAsync("421[\"echo\",1]");
        Assert.Equal("431[1]", await ReceiveAsync());
    }

    [Fact]
    public async Task A_client_that_takes_sixteen_packets_a_poll_gets_all_of_many()
    {
        await OpenAsync();
        await PostAsync("40");
        await PollAsync();
        await PostAsync("42[\"push\",25]\u001e421[\"instance\"]");
        var packets = new List<string>();
        while (packets.Count < 51)
        {
            var some = (await PollAsync()).Split('\u001e');
            Assert.InRange(some.Length, 1, 16);
            packets.AddRange(some);
        }
        for (var at = 0; at < 25; at++)
        {
            Assert.StartsWith($"451-[\"pushed\",{at},", packets[2 * at], StringComparison.Ordinal);
            Assert.Equal(
                "b" + Convert.ToBase64String([(byte)at, 0xff]), packets[(2 * at) + 1]);
        }
        Assert.Equal("431[\"a\"]", packets[50]);
    }

    [Fact]
    public async Task The_open_packet_has_all_keys_and_whole_numbers_by_websocket_too()
    {
        await socket.ConnectAsync(WebSocketAt(""), TestContext.Current.CancellationToken);
        using var open = JsonDocument.Parse((await ReceiveAsync())[1..]);
        Assert.Equal(
            ["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"],
            open.RootElement.EnumerateObject().Select(key => key.Name));
        Assert.Empty(open.RootElement.GetProperty("upgrades").EnumerateArray());
        Assert.Equal(20_000, open.RootElement.GetProperty("pingTimeout").GetInt32());
    }

    // ---- as clients do it that are told to use base64 ----

    [Theory]
    [InlineData(4, "40", "b", "b")]
    [InlineData(3, "", "b4", "b4")]
    public async Task A_websocket_may_be_for_texts_alone(
        int version, string hello, string sent, string received)
    {
        await socket.ConnectAsync(
            WebSocketAt("&b64=1", version), TestContext.Current.CancellationToken);
        await ReceiveAsync();
        if (hello.Length > 0)
            await SendAsync(hello);
        Assert.StartsWith("40", await ReceiveAsync(), StringComparison.Ordinal);
        await SendAsync("451-7[\"echo\",{\"_placeholder\":true,\"num\":0}]");
        await SendAsync(sent + "AQI=");
        Assert.Equal("461-7[{\"_placeholder\":true,\"num\":0}]", await ReceiveAsync());
        Assert.Equal(received + "AQI=", await ReceiveAsync());
    }

    // ---- requests ----

    Uri At(string session, string more = "") => new(host.Address,
        "/socket.io/?EIO=4&transport=polling" + more
            + (session.Length > 0 ? "&sid=" + session : ""));

    Uri WebSocketAt(string more, int version = 4) => new UriBuilder(host.Address)
    {
        Scheme = "ws",
        Path = "/socket.io/",
        Query = $"EIO={version}&transport=websocket{more}",
    }.Uri;

    async Task OpenAsync(string more = "") => sid = Regex.Match(
        await http.GetStringAsync(At("", more)), "\"sid\":\"([^\"]+)\"").Groups[1].Value;

    Task<string> PollAsync() => http.GetStringAsync(At(sid));

    async Task PostAsync(string body)
    {
        using var content = new StringContent(body);
        using var answer = await http.PostAsync(At(sid), content);
        Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
    }

    async Task ProbeAsync()
    {
        await socket.ConnectAsync(WebSocketAt($"&sid={sid}"), CancellationToken.None);
        await SendAsync("2probe");
        Assert.Equal("3probe", await ReceiveAsync());
    }

    Task SendAsync(string text) => socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    async Task<string> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        var buffer = new byte[4096];
        var result = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        return result.MessageType == WebSocketMessageType.Binary
            ? $"<{Convert.ToHexString(buffer.AsSpan(0, result.Count))}>"
            : Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
