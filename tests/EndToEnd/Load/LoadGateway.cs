using System.Net;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Load;

/// <summary>A gateway in front of echoing backends, whose configuration has a number.</summary>
sealed class LoadGateway : IAsyncDisposable
{
    readonly Func<int, string> configuration;

    LoadGateway(ProxyProcess proxy, IPEndPoint endpoint, Func<int, string> configuration)
    {
        Proxy = proxy;
        Endpoint = endpoint;
        this.configuration = configuration;
    }

    public static TheoryData<ProxyKind> Loops => [ProxyKind.Epoll, ProxyKind.Sockets];

    public ProxyProcess Proxy { get; }

    public IPEndPoint Endpoint { get; }

    /// <summary>The configuration that serves now.</summary>
    public int Generation { get; private set; }

    /// <summary>Starts it.</summary>
    /// <param name="kind">The loop.</param>
    /// <param name="peers">The lines of the group, such as "server 127.0.0.1:1;".</param>
    /// <param name="main">Directives of the main context.</param>
    /// <param name="http">Directives of the http context.</param>
    /// <param name="setup">What is not usual about the start.</param>
    public static async Task<LoadGateway> StartAsync(
        ProxyKind kind, string peers, string main = "", string http = "access_log off;",
        ProxySetup? setup = null)
    {
        var address = Loopback.Host(30);
        var endpoint = new IPEndPoint(address, Loopback.FreePort(address));
        string Text(int generation) => $$"""
            worker_processes 2;
            error_log logs/error.log info;
            pid logs/nginx.pid;
            {{main}}
            events { worker_connections 20000; }
            http {
                {{http}}
                upstream peers { {{peers}} }
                server {
                    listen {{endpoint}} backlog=4096;
                    location = /generation { return 200 "generation {{generation}}"; }
                    location / { proxy_pass http://peers; }
                    location /ws/ {
                        proxy_pass http://peers;
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection "upgrade";
                        proxy_read_timeout 1h;
                    }
                }
            }
            """;
        var proxy = await ProxyProcess.StartAsync(kind, Text(0), [endpoint], setup);
        return new LoadGateway(proxy, endpoint, Text);
    }

    /// <summary>Writes the next configuration, and waits until it serves.</summary>
    public async Task ReloadAsync()
    {
        Generation++;
        Proxy.Configure(configuration(Generation));
        Proxy.Signal(Signals.Hup);
        await ServesAsync();
    }

    /// <summary>Waits until a new connection is served by the current configuration.</summary>
    public async Task ServesAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Crowd);
        while ((await GetAsync("/generation")).Text != $"generation {Generation}")
            await Task.Delay(Patience.Look, patience.Token);
    }

    /// <summary>One request on a connection of its own.</summary>
    public async Task<HttpMessage> GetAsync(string path)
    {
        using var client = await RawClient.ConnectAsync(Endpoint);
        var response = await client.ExchangeAsync(
            $"GET {path} HTTP/1.1\r\nHost: load.test\r\nConnection: close\r\n\r\n");
        await client.CloseAsync();
        return response;
    }

    /// <summary>One WebSocket handshake; the client holds the tunnel.</summary>
    public async Task<(RawClient Client, HttpMessage Answer)> OpenTunnelAsync()
    {
        var client = await RawClient.ConnectAsync(Endpoint);
        try
        {
            return (client, await client.ExchangeAsync(WebSocketFrames.Handshake("/ws/one")));
        }
        catch (IOException failed)
        {
            throw new IOException($"{failed.Message}\n{Proxy.ErrorLog}{Proxy.Errors}", failed);
        }
    }

    public ValueTask DisposeAsync() => Proxy.DisposeAsync();
}
