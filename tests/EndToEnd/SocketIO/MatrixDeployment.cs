using System.Net;
using Sluice.EndToEnd.Samples;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>
/// Instances of <see cref="MatrixHost"/> with a Redis between them in the places of a sample's
/// instances, and a proxy in front on the sample's own nginx.conf, or none.
/// </summary>
sealed class MatrixDeployment : IAsyncDisposable
{
    readonly RedisProcess redis;
    readonly List<SocketIOHost> hosts = [];
    ProxyProcess? proxy;

    MatrixDeployment(RedisProcess redis) => this.redis = redis;

    /// <summary>Those that speak Socket.IO.</summary>
    public static string[] Samples => ["Chat", "Tasks"];

    /// <summary>Each sample behind each proxy.</summary>
    public static IEnumerable<(string Sample, ProxyKind Kind)> Fronts =>
        from sample in Samples
        from kind in Enum.GetValues<ProxyKind>()
        select (sample, kind);

    /// <summary>The instances, named a, b and so on.</summary>
    public IReadOnlyList<SocketIOHost> Hosts => hosts;

    /// <summary>Where clients come in: the proxy, or the first instance.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where they send their requests, such as /socket.io/.</summary>
    public string Path { get; private set; } = null!;

    /// <summary>Both.</summary>
    public Uri Entrance => new(Address, Path);

    /// <summary>The same of each instance, without the proxy.</summary>
    public IEnumerable<Uri> Instances { get; private set; } = [];

    /// <param name="sample">One of <see cref="Samples"/>.</param>
    /// <param name="kind">The proxy; null for none.</param>
    /// <param name="pings">
    /// Whether the server asks twice a second. Not for a client that answers in a second request
    /// while another is under way: a server must end such a session.
    /// </param>
    public static async Task<MatrixDeployment> StartAsync(
        string sample, ProxyKind? kind, bool pings = true)
    {
        // As the sample's nginx.conf has them.
        var (ports, outside, inside) = sample == "Chat"
            ? (new[] { 8001, 8011, 8021 }, "/dev/aiwm/chat/socket.io/", "/chat/socket.io")
            : (new[] { 8004, 8014 }, "/socket.io/", "/socket.io");
        var deployment = new MatrixDeployment(await RedisProcess.StartAsync());
        try
        {
            foreach (var name in "abc"[..ports.Length])
                deployment.hosts.Add(await MatrixHost.StartAsync(
                    $"{name}", pings: pings, path: inside, redis: deployment.redis.Address));
            await Patience.ForAsync(
                () => deployment.hosts.All(host => host.IO.Adapter.Problem is null),
                () => "instances that hear each other");
            deployment.Instances = [.. deployment.hosts.Select(
                host => new Uri(host.Address, inside + "/"))];
            deployment.Path = kind is null ? inside + "/" : outside;
            deployment.Address = kind is { } chosen
                ? await deployment.StartProxyAsync(chosen, sample, ports)
                : deployment.hosts[0].Address;
            return deployment;
        }
        catch
        {
            await deployment.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null)
            await proxy.DisposeAsync();
        foreach (var host in hosts)
            await host.DisposeAsync();
        await redis.DisposeAsync();
    }

    async Task<Uri> StartProxyAsync(ProxyKind kind, string sample, int[] ports)
    {
        var listen = new IPEndPoint(IPAddress.Loopback, Loopback.FreePort(IPAddress.Loopback));
        var text = SampleConfiguration.Read(sample, listen, ports
            .Zip(hosts, (port, host) => (port, host.Address.Authority))
            .ToDictionary(pair => pair.port, pair => pair.Authority));
        proxy = await ProxyProcess.StartAsync(kind, text, [listen]);
        return new Uri($"http://{listen}/");
    }
}
