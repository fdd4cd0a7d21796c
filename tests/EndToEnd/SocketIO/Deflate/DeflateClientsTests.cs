using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO.EngineIO;

namespace Sluice.EndToEnd.SocketIO.Deflate;

/// <summary>Clients that compress, directly and behind a proxy, over HTTP/1.1 and HTTP/2.</summary>
public sealed class DeflateClientsTests
{
    const string Alone =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    const string Short = "short in, short out";

    /// <summary>The proxies, and none.</summary>
    public static TheoryData<ProxyKind?> Fronts =>
        new(new ProxyKind?[] { null, ProxyKind.Nginx, ProxyKind.Epoll, ProxyKind.Sockets });

    /// <summary>Client's and server's options, what they agree on, what that does.</summary>
    public static TheoryData<string, bool, string, string> Agreements => new()
    {
        { "true", true, Alone, Short },
        { "true", false, "permessage-deflate", Short },
        { "false", false, "none", "whole in, whole out" },
        {
            """{ "serverNoContextTakeover": true, "clientMaxWindowBits": 9 }""", false,
            "permessage-deflate; server_no_context_takeover; client_max_window_bits=9", Short
        },
        {
            """{ "clientNoContextTakeover": true, "serverMaxWindowBits": 10 }""", false,
            Alone + "; server_max_window_bits=10", Short
        },
        { """{ "threshold": 100000 }""", true, Alone, "short in, whole out" },
    };

    [Theory, MemberData(nameof(Agreements))]
    public async Task The_official_client_gets_its_messages_back(
        string client, bool isAlone, string agreed, string lengths)
    {
        await using var host = await StartAsync(isAlone);
        var said = await RunAsync(new Uri(host.Address, "engine.io/"), client, "websocket");
        Assert.Equal($"{agreed} | {lengths}", said);
    }

    [Theory, MemberData(nameof(Fronts))]
    public async Task The_official_client_upgrades_and_compresses_behind(ProxyKind? kind)
    {
        // Where the guides have it.
        await using var host = await StartAsync(kind != ProxyKind.Epoll, path: "/socket.io");
        await using var front = await Front.StartAsync(kind, host.Address);
        var said = await RunAsync(
            new Uri(front.Address, "socket.io/"), "true", "polling,websocket");
        var agreed = kind == ProxyKind.Epoll ? "permessage-deflate" : Alone;
        Assert.Equal($"{agreed} | {Short}", said);
    }

    [Theory, MemberData(nameof(Fronts))]
    public async Task Everything_else_is_as_without_compression_behind(ProxyKind? kind)
    {
        await using var host = await MatrixHost.StartAsync(deflate: Small());
        await using var front = await Front.StartAsync(kind, host.Address);
        var output = await NodeProcess.RunAsync(
            "matrix-client.mjs", "4", new Uri(front.Address, "socket.io/").ToString(), "all");
        Assert.Equal("polling, upgrade, websocket", output.Trim());
    }

    [Theory]
    [InlineData("3")]
    [InlineData("2")]
    public async Task Everything_else_is_as_without_compression_for_older_clients(string version)
    {
        await using var host = await MatrixHost.StartAsync(deflate: Small());
        var output = await NodeProcess.RunAsync(
            "matrix-client.mjs", version, new Uri(host.Address, "socket.io/").ToString(), "all");
        Assert.Equal("polling, upgrade, websocket", output.Trim());
    }

    [Theory, MemberData(nameof(Fronts))]
    public async Task A_page_in_Chromium_sends_and_receives_compressed_behind(ProxyKind? kind)
    {
        await using var host = await MatrixHost.StartAsync(deflate: Small());
        await using var front = await Front.StartAsync(kind, host.Address);
        await using var browser = await Browser.OpenAsync($"{front.Address}page");
        var said = await browser.EvaluateAsync("""
            new Promise((resolve, reject) => {
                const socket = io({ transports: ["websocket"], reconnection: false });
                socket.on("connect_error", error => reject(error.message));
                socket.on("connect", async () => {
                    const text = "é😀".repeat(20000);
                    const bytes = new Uint8Array(100000).map((_, at) => at % 7);
                    const echo = [await socket.emitWithAck("echo", text),
                        new Uint8Array(await socket.emitWithAck("echo", bytes))];
                    const { extensions } = socket.io.engine.transport.ws;
                    resolve(`${extensions} ${echo[0] === text} ${echo[1].join() === bytes.join()}`);
                });
            })
            """);
        Assert.Equal($"{Alone} true true", said.GetString());
    }

    [Theory]
    [InlineData(1, 15, true, true)]
    [InlineData(1, 9, false, true)]
    [InlineData(2, 15, true, true)]
    [InlineData(2, 15, false, false)]
    [InlineData(2, 10, true, false)]
    public async Task The_client_of_dotnet_gets_its_messages_back(
        int version, int bits, bool serverTakesOver, bool clientTakesOver)
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        await using var host = await StartAsync(
            isAlone: false, version == 2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = new Version(version, version == 1 ? 1 : 0);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.DangerousDeflateOptions = new()
        {
            ServerMaxWindowBits = bits,
            ClientMaxWindowBits = bits,
            ServerContextTakeover = serverTakesOver,
            ClientContextTakeover = clientTakesOver,
        };
        await socket.ConnectAsync(
            new Uri($"ws://{host.Address.Authority}/engine.io/?EIO=4&transport=websocket"),
            http, patience.Token);
        Assert.StartsWith(
            "permessage-deflate",
            Assert.Single(socket.HttpResponseHeaders!["Sec-WebSocket-Extensions"]));
        var buffer = new byte[200_000];
        await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        for (var i = 0; i < 20; i++)
        {
            var text = new byte[i * 5000 + 1];
            text.AsSpan().Fill((byte)'4');
            text.AsSpan(text.Length / 2).Fill((byte)('a' + i));
            text[0] = (byte)'4';
            // In three fragments, one of them of one byte.
            var cut = text.Length / 3;
            await SendAsync(text.AsMemory(0, cut), false);
            await SendAsync(text.AsMemory(cut, 1), false);
            await SendAsync(text.AsMemory(cut + 1), true);
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
                length += part.Count;
                if (part.EndOfMessage)
                    break;
            }

            Assert.Equal(text, buffer.AsSpan(0, length));
        }

        ValueTask SendAsync(ReadOnlyMemory<byte> part, bool isLast) => socket.SendAsync(
            part, WebSocketMessageType.Text, isLast, patience.Token);
    }

    [Fact]
    public async Task Over_HTTP2_a_malformed_offer_is_refused()
    {
        await using var host = await StartAsync(isAlone: true, HttpProtocols.Http2);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Sec-WebSocket-Extensions", "permessage-deflate; a=");
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(
            new Uri($"ws://{host.Address.Authority}/engine.io/?EIO=4&transport=websocket"),
            http, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.BadRequest, socket.HttpStatusCode);
        Assert.Equal(0, host.Engine.SessionsCount);
    }

    /// <summary>All but the shortest messages are compressed.</summary>
    static PerMessageDeflateOptions Small() => new() { Threshold = 10 };

    static Task<EngineHost> StartAsync(
        bool isAlone, HttpProtocols protocols = HttpProtocols.Http1,
        string path = "/engine.io") => EngineHost.StartAsync(
        options =>
        {
            options.MaxHttpBufferSize = 1_000_000;
            options.PerMessageDeflate = new()
            {
                ServerNoContextTakeover = isAlone,
                ClientNoContextTakeover = isAlone,
            };
        },
        protocols, path);

    static async Task<string> RunAsync(Uri address, string options, string transports) =>
        (await NodeProcess.RunAsync(
            "deflate-client.mjs", address.ToString(), "7692", transports, options)).Trim();
}
