using System.Net;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>What stands before instances of a Socket.IO server: a proxy, or nothing.</summary>
sealed class Front : IAsyncDisposable
{
    readonly ProxyProcess? proxy;

    Front(Uri address, ProxyProcess? proxy)
    {
        Address = address;
        this.proxy = proxy;
    }

    public Uri Address { get; }

    /// <summary>One instance, behind the location that the guides have.</summary>
    public static Task<Front> StartAsync(ProxyKind? kind, Uri instance) =>
        kind is { } chosen
            ? StartAsync(chosen, $"upstream nodes {{ server {instance.Authority}; }}", "nodes")
            : Task.FromResult(new Front(instance, null));

    /// <param name="kind">The proxy.</param>
    /// <param name="upstreams">What stands in http before the server.</param>
    /// <param name="target">Where requests go: the name of an upstream, or a variable.</param>
    public static async Task<Front> StartAsync(ProxyKind kind, string upstreams, string target)
    {
        var endpoint = new IPEndPoint(IPAddress.Loopback, Loopback.FreePort(IPAddress.Loopback));
        var proxy = await ProxyProcess.StartAsync(kind, $$"""
            error_log logs/error.log;
            pid logs/nginx.pid;
            events { worker_connections 1000; }
            http {
                access_log off;
                map $http_upgrade $connection_upgrade {
                    default upgrade;
                    ''      '';
                }
                {{upstreams}}
                server {
                    listen {{endpoint}};
                    location /page {
                        proxy_pass http://{{target}};
                    }
                    location /socket.io/ {
                        proxy_pass http://{{target}};
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection $connection_upgrade;
                        proxy_set_header Host $host;
                        proxy_set_header X-Real-IP $remote_addr;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        proxy_connect_timeout 2s;
                        proxy_read_timeout 60s;
                        proxy_buffering off;
                    }
                }
            }
            """, [endpoint]);
        return new Front(new Uri($"http://{endpoint}/"), proxy);
    }

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null)
            await proxy.DisposeAsync();
    }
}
