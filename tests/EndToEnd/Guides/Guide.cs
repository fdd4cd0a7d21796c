using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Guides;

/// <summary>
/// One of the deployments in conf/ on one proxy: its configuration as it stands there but for the
/// addresses it listens on and the ports of its backends.
/// </summary>
sealed partial class Guide : IAsyncDisposable
{
    ProxyProcess? proxy;

    /// <summary>Where it listens, in the order of its <c>listen</c> lines.</summary>
    public List<IPEndPoint> Listens { get; } = [];

    /// <summary>The last of them: in all five the one that serves.</summary>
    public IPEndPoint Main => Listens[^1];

    public ProxyProcess Proxy => proxy!;

    /// <summary>Every proxy the deployments run on.</summary>
    public static TheoryData<ProxyKind> Proxies => [.. Enum.GetValues<ProxyKind>()];

    /// <summary>Starts conf/<paramref name="name"/>.conf in front of the servers.</summary>
    /// <param name="kind">The proxy.</param>
    /// <param name="name">Such as "guide-000".</param>
    /// <param name="ports">Each backend port of the configuration, and the one it really has.</param>
    /// <param name="prepare">Puts the deployment's files into the prefix.</param>
    public async Task StartAsync(
        ProxyKind kind, string name, IReadOnlyDictionary<int, int> ports,
        Action<string>? prepare = null)
    {
        var folder = Path.Combine(Repository.Root, "conf");
        var text = File.ReadAllText(Path.Combine(folder, name + ".conf"), Encoding.Latin1);
        text = Listen().Replace(text, match => match.Groups[1] + NewListen().ToString());
        text = Peer().Replace(text, match =>
            ports.TryGetValue(int.Parse(match.Groups[2].Value), out var port)
                ? $"{match.Groups[1]}:{port}"
                : match.Value);
        proxy = await ProxyProcess.StartAsync(
            kind, text, Listens, new ProxySetup { Prepare = PutFiles });

        void PutFiles(string prefix)
        {
            foreach (var include in Directory.GetFiles(folder, name + "-*.conf"))
                File.Copy(include, Path.Combine(prefix, "conf", Path.GetFileName(include)));
            prepare?.Invoke(prefix);
        }
    }

    /// <summary>One request on a connection of its own.</summary>
    public async Task<HttpMessage> GetAsync(string path, string headers = "", IPEndPoint? at = null)
    {
        using var client = await RawClient.ConnectAsync(at ?? Main);
        return await client.ExchangeAsync(
            $"GET {path} HTTP/1.1\r\nHost: site.example.test\r\n{headers}\r\n");
    }

    public ValueTask DisposeAsync() => proxy?.DisposeAsync() ?? ValueTask.CompletedTask;

    IPEndPoint NewListen()
    {
        var address = Loopback.Host(20);
        Listens.Add(new IPEndPoint(address, Loopback.FreePort(address)));
        return Listens[^1];
    }

    [GeneratedRegex(@"(?m)^(\s+listen\s+)\S+?(?=[\s;])")]
    private static partial Regex Listen();

    [GeneratedRegex(@"\b(127\.0\.0\.1|localhost):(\d+)")]
    private static partial Regex Peer();
}
