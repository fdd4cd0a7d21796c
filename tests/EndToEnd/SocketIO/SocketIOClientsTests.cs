using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// Clients that people have, directly and behind a proxy that is configured as the guides do it.
/// </summary>
public sealed class SocketIOClientsTests
{
    /// <summary>The proxies, and none.</summary>
    public static TheoryData<string, ProxyKind?> OfficialClients
    {
        get
        {
            var rows = new TheoryData<string, ProxyKind?>();
            foreach (var version in new[] { "4", "3", "2" })
            {
                rows.Add(version, null);
                rows.Add(version, ProxyKind.Nginx);
                rows.Add(version, ProxyKind.Epoll);
            }
            rows.Add("4", ProxyKind.Sockets);
            rows.Add("2", ProxyKind.Sockets);
            return rows;
        }
    }

    [Theory, MemberData(nameof(OfficialClients))]
    public async Task The_official_client_does_everything_by_each_transport(
        string version, ProxyKind? proxy)
    {
        await using var host = await MatrixHost.StartAsync();
        await using var front = await Front.StartAsync(proxy, host.Address);
        var output = await NodeProcess.RunAsync(
            "matrix-client.mjs", version, front.Address.ToString());
        Assert.Equal("polling, upgrade, websocket", output.Trim());
    }

    /// <summary>Each way to keep a session at its instance, by each way to lead it there.</summary>
    public static TheoryData<ProxyKind, string, string, string> Departures
    {
        get
        {
            var rows = new TheoryData<ProxyKind, string, string, string>();
            foreach (var kind in new[] { ProxyKind.Nginx, ProxyKind.Epoll })
                foreach (var way in new[] { "ip_hash", "node tag" })
                    foreach (var mode in new[] { "polling", "upgrade", "websocket" })
                        rows.Add(kind, way, "4", mode);
            rows.Add(ProxyKind.Epoll, "node tag", "2", "upgrade");
            rows.Add(ProxyKind.Sockets, "node tag", "3", "polling");
            return rows;
        }
    }

    [Theory, MemberData(nameof(Departures))]
    public async Task A_client_goes_on_at_another_instance_when_its_own_dies(
        ProxyKind kind, string way, string version, string mode)
    {
        await using var a = await MatrixHost.StartAsync("a", "AA");
        await using var b = await MatrixHost.StartAsync("b", "BB");
        await using var front = await StartAsync(kind, way, a.Address, b.Address);
        await using var client = NodeProcess.Start(
            "matrix-client.mjs", version, front.Address.ToString(), "/socket.io/", "stay", mode);
        var output = await client.OutputWithAsync("on ");
        var (own, other, name) = output.Contains("on a") ? (a, b, "on b") : (b, a, "on a");
        await own.KillAsync();
        await client.OutputWithAsync(name);
        Assert.Single(other.IO.Sockets);
    }

    static Task<Front> StartAsync(ProxyKind kind, string way, Uri a, Uri b)
    {
        var servers = $"server {a.Authority}; server {b.Authority};";
        return way == "ip_hash"
            ? Front.StartAsync(kind, $"upstream nodes {{ ip_hash; {servers} }}", "nodes")
            : Front.StartAsync(kind, $$"""
                upstream nodes { {{servers}} }
                upstream node_a { server {{a.Authority}}; }
                upstream node_b { server {{b.Authority}}; }
                map $arg_sid $node {
                    default nodes;
                    ~^AA    node_a;
                    ~^BB    node_b;
                }
                """, "$node");
    }
}
