using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO.EngineIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>WebSockets as streams of an HTTP/2 connection (RFC 8441), with .NET's client.</summary>
public sealed class SocketIOOverHttp2Tests : IDisposable
{
    readonly HttpMessageInvoker http = new(new SocketsHttpHandler());
    readonly CancellationTokenSource patience = new(Patience.Event);

    public void Dispose()
    {
        http.Dispose();
        patience.Dispose();
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, 1)]
    [InlineData(HttpProtocols.Http2, 2)]
    public async Task Texts_and_attachments_come_back(HttpProtocols protocols, int version)
    {
        await using var host = await EngineHost.StartAsync(protocols: protocols);
        using var socket = await ConnectAsync(host, version);
        Assert.StartsWith("0{\"sid\":\"", await ReceiveTextAsync(socket));

        await SendAsync(socket, "4hello");
        Assert.Equal("4hello", await ReceiveTextAsync(socket));

        var attachment = new byte[900];
        new Random(8441).NextBytes(attachment);
        // In two fragments.
        await socket.SendAsync(
            attachment.AsMemory(0, 300), WebSocketMessageType.Binary, false, patience.Token);
        await socket.SendAsync(
            attachment.AsMemory(300), WebSocketMessageType.Binary, true, patience.Token);
        var (kind, bytes) = await ReceiveAsync(socket);
        Assert.Equal(WebSocketMessageType.Binary, kind);
        Assert.Equal(attachment, bytes);
        Assert.Equal("websocket", Assert.Single(host.Sessions).TransportName);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, 1)]
    [InlineData(HttpProtocols.Http2, 2)]
    public async Task The_server_says_goodbye(HttpProtocols protocols, int version)
    {
        await using var host = await EngineHost.StartAsync(protocols: protocols);
        using var socket = await ConnectAsync(host, version);
        await ReceiveTextAsync(socket);
        await SendAsync(socket, "4close");
        var (kind, _) = await ReceiveAsync(socket);
        Assert.Equal(WebSocketMessageType.Close, kind);
        // What .NET's client makes of a close frame without a status.
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
        await socket.CloseOutputAsync(WebSocketCloseStatus.Empty, null, patience.Token);
        await Patience.UntilAsync(
            () => host.Reasons.Contains(CloseReasons.ForcedClose), Patience.Event);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, 1)]
    [InlineData(HttpProtocols.Http2, 2)]
    public async Task A_message_that_is_too_long_is_answered_with_1009(
        HttpProtocols protocols, int version)
    {
        await using var host = await EngineHost.StartAsync(protocols: protocols);
        using var socket = await ConnectAsync(host, version);
        await ReceiveTextAsync(socket);
        await SendAsync(socket, "4" + new string('x', 1000));
        var (kind, _) = await ReceiveAsync(socket);
        Assert.Equal(WebSocketMessageType.Close, kind);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
        await Patience.UntilAsync(
            () => host.Reasons.Contains(CloseReasons.TransportError), Patience.Event);
    }

    async Task<ClientWebSocket> ConnectAsync(EngineHost host, int version)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = version == 2 ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var address = new Uri(
            $"ws://{host.Address.Authority}/engine.io/?EIO=4&transport=websocket");
        await socket.ConnectAsync(address, http, patience.Token);
        return socket;
    }

    async Task SendAsync(ClientWebSocket socket, string text) =>
        await socket.SendAsync(
            Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);

    async Task<string> ReceiveTextAsync(ClientWebSocket socket)
    {
        var (kind, bytes) = await ReceiveAsync(socket);
        Assert.Equal(WebSocketMessageType.Text, kind);
        return Encoding.UTF8.GetString(bytes);
    }

    async Task<(WebSocketMessageType Kind, byte[] Bytes)> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            length += part.Count;
            if (part.EndOfMessage || part.MessageType == WebSocketMessageType.Close)
                return (part.MessageType, buffer[..length]);
        }
    }
}
