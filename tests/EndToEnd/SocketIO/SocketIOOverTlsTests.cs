using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// TLS, where client and server agree on HTTP/2 by themselves (ALPN) and a WebSocket is a stream
/// of the connection that is there already (RFC 8441): with .NET's client, and with Chromium and
/// the official client. What was spoken is what the server saw.
/// </summary>
public sealed class SocketIOOverTlsTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2 CONNECT websocket")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1 GET websocket")]
    public async Task A_browser_moves_to_a_WebSocket(HttpProtocols protocols, string expected)
    {
        await using var host = await Host.StartAsync(protocols);
        await using var page = await OpenAsync(host);
        await page.EvaluateAsync("void (window.socket = io())");
        await page.UntilAsync("socket.io.engine?.transport.name === 'websocket'");
        Assert.Equal("3:1,2,255", await EchoAsync(page));
        Assert.Equal(expected, Assert.Single(host.Seen, one => one.EndsWith("websocket")));
        Assert.Contains(
            expected.Replace("CONNECT", "GET").Replace("websocket", "polling"), host.Seen);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1AndHttp2, "HTTP/2 CONNECT websocket")]
    [InlineData(HttpProtocols.Http1, "HTTP/1.1 GET websocket")]
    public async Task A_browser_begins_with_a_WebSocket(HttpProtocols protocols, string expected)
    {
        await using var host = await Host.StartAsync(protocols);
        await using var page = await OpenAsync(host);
        await page.EvaluateAsync(
            "void (window.socket = io({ transports: ['websocket'] }))");
        Assert.Equal("3:1,2,255", await EchoAsync(page));
        Assert.Equal([expected], host.Seen);
    }

    [Theory]
    [InlineData(2, "HTTP/2 CONNECT websocket")]
    [InlineData(1, "HTTP/1.1 GET websocket")]
    public async Task A_client_of_dotnet_begins_with_a_WebSocket(int version, string expected)
    {
        await using var host = await Host.StartAsync(HttpProtocols.Http1AndHttp2);
        using var patience = new CancellationTokenSource(Patience.Event);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            SslOptions = new()
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown!.GetCertHashString() == host.CertificateHash,
            },
        });
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = new Version(version, version == 2 ? 0 : 1);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        await socket.ConnectAsync(
            new Uri($"wss://{host.Address.Authority}/socket.io/?EIO=4&transport=websocket"),
            http, patience.Token);
        Assert.StartsWith("0{", await ReceiveAsync());
        await SendAsync("40");
        Assert.StartsWith("40{", await ReceiveAsync());
        await SendAsync("421[\"echo\",\"hello\"]");
        Assert.Equal("431[\"hello\"]", await ReceiveAsync());
        Assert.Equal([expected], host.Seen);

        Task SendAsync(string packet) => socket.SendAsync(
            Encoding.UTF8.GetBytes(packet), WebSocketMessageType.Text, true, patience.Token);

        async Task<string> ReceiveAsync()
        {
            var buffer = new byte[1024];
            var message = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            return Encoding.UTF8.GetString(buffer, 0, message.Count);
        }
    }

    static Task<Browser> OpenAsync(Host host) =>
        Browser.OpenAsync($"{host.Address}page", "--ignore-certificate-errors");

    /// <summary>An attachment there and back.</summary>
    static async Task<string?> EchoAsync(Browser page)
    {
        var heard = await page.EvaluateAsync(
            "socket.emitWithAck('echo', new Uint8Array([1, 2, 255])).then("
            + "bytes => bytes.byteLength + ':' + [...new Uint8Array(bytes)].join())");
        return heard.GetString();
    }

    sealed class Host : IAsyncDisposable
    {
        readonly X509Certificate2 certificate = MakeCertificate();
        KestrelHost? kestrel;

        Host()
        {
        }

        public Uri Address => kestrel!.Address;

        public string CertificateHash => certificate.GetCertHashString();

        /// <summary>Protocol, method and transport of the requests of Socket.IO.</summary>
        public ConcurrentQueue<string> Seen { get; } = new();

        public static async Task<Host> StartAsync(HttpProtocols protocols)
        {
            var host = new Host();
            host.kestrel = await KestrelHost.StartAsync(
                services => services.AddSocketIO(options => options.ClientFolder = Path.Combine(
                    Repository.Clients, "node_modules", "socket.io", "client-dist")),
                host.Map,
                listen =>
                {
                    listen.Protocols = protocols;
                    listen.UseHttps(host.certificate);
                });
            return host;
        }

        public async ValueTask DisposeAsync()
        {
            await kestrel!.DisposeAsync();
            certificate.Dispose();
        }

        void Map(WebApplication app)
        {
            app.Use((context, next) =>
            {
                if (context.Request.Query.TryGetValue("transport", out var transport))
                    Seen.Enqueue(
                        $"{context.Request.Protocol} {context.Request.Method} {transport}");
                return next(context);
            });
            app.MapSocketIO("/socket.io", io => io.OnConnection(socket => socket.On(
                "echo", context => context.Ack(context.Arguments[0]))));
            app.MapGet("/page", () => Results.Content(
                "<!doctype html><title>page</title>"
                    + "<script src=\"/socket.io/socket.io.min.js\"></script>", "text/html"));
        }

        static X509Certificate2 MakeCertificate()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            var now = DateTimeOffset.UtcNow;
            return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        }
    }
}
