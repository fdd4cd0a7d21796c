using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// Clients that people have, directly and behind the configurations of the samples that speak
/// Socket.IO.
/// </summary>
public sealed class SocketIOClientsTests
{
    static readonly string[] versions = ["4", "3", "2"];

    /// <summary>Every version behind every deployment and proxy, and directly.</summary>
    public static TheoryData<string, string, ProxyKind?> OfficialClients
    {
        get
        {
            var rows = new TheoryData<string, string, ProxyKind?>();
            foreach (var version in versions)
            {
                foreach (var (sample, kind) in MatrixDeployment.Fronts)
                    rows.Add(version, sample, kind);
                rows.Add(version, "Tasks", null);
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(OfficialClients))]
    public async Task The_official_client_does_everything_by_each_transport(
        string version, string sample, ProxyKind? kind)
    {
        await using var deployment = await MatrixDeployment.StartAsync(sample, kind);
        var output = await NodeProcess.RunAsync("matrix-client.mjs",
        [
            version, $"{deployment.Entrance}", "all",
            .. deployment.Instances.Select(instance => $"{instance}"),
        ]);
        Assert.Equal("polling, upgrade, websocket, rooms", output.Trim());
    }

    /// <summary>Every version and mode behind every deployment and proxy.</summary>
    public static TheoryData<string, ProxyKind, string, string> Departures
    {
        get
        {
            var rows = new TheoryData<string, ProxyKind, string, string>();
            foreach (var (sample, kind) in MatrixDeployment.Fronts)
                foreach (var version in versions)
                    foreach (var mode in new[] { "polling", "upgrade", "websocket" })
                        rows.Add(sample, kind, version, mode);
            return rows;
        }
    }

    [Theory, MemberData(nameof(Departures))]
    public async Task A_client_goes_on_at_another_instance_when_its_own_dies(
        string sample, ProxyKind kind, string version, string mode)
    {
        await using var deployment = await MatrixDeployment.StartAsync(sample, kind);
        await GoesOnAsync($"{deployment.Entrance}", version, mode, deployment.Hosts);
    }

    /// <summary>Where the id says which instance has the session.</summary>
    public static TheoryData<ProxyKind, string, string> TaggedDepartures => new()
    {
        { ProxyKind.Nginx, "4", "polling" },
        { ProxyKind.Nginx, "4", "upgrade" },
        { ProxyKind.Nginx, "4", "websocket" },
        { ProxyKind.Epoll, "4", "polling" },
        { ProxyKind.Epoll, "4", "upgrade" },
        { ProxyKind.Epoll, "4", "websocket" },
        { ProxyKind.Epoll, "2", "upgrade" },
        { ProxyKind.Sockets, "3", "polling" },
    };

    [Theory, MemberData(nameof(TaggedDepartures))]
    public async Task A_client_that_is_led_by_its_id_goes_on_at_another_instance(
        ProxyKind kind, string version, string mode)
    {
        await using var a = await MatrixHost.StartAsync("a", "AA");
        await using var b = await MatrixHost.StartAsync("b", "BB");
        await using var front = await Front.StartAsync(kind, $$"""
            upstream nodes { server {{a.Address.Authority}}; server {{b.Address.Authority}}; }
            upstream node_a { server {{a.Address.Authority}}; }
            upstream node_b { server {{b.Address.Authority}}; }
            map $arg_sid $node {
                default nodes;
                ~^AA    node_a;
                ~^BB    node_b;
            }
            """, "$node");
        await GoesOnAsync($"{front.Address}socket.io/", version, mode, [a, b]);
    }

    static async Task GoesOnAsync(
        string address, string version, string mode, IReadOnlyList<SocketIOHost> hosts)
    {
        await using var client = NodeProcess.Start(
            "matrix-client.mjs", version, address, "stay", mode);
        await client.OutputWithAsync("\n");
        var first = Instances().Single();
        await hosts["abc".IndexOf(first)].KillAsync();
        await Patience.ForAsync(
            () => Instances().Last() != first,
            () => $"another instance than {first}:\n{client.Output}\n{client.Errors}");
        Assert.Single(hosts["abc".IndexOf(Instances().Last())].IO.Sockets);

        // The lines "on a", "left: transport close", "on b".
        char[] Instances() => [.. client.Output.Split('\n')[..^1]
            .Where(line => line.StartsWith("on ", StringComparison.Ordinal))
            .Select(line => line[^1])];
    }
}
