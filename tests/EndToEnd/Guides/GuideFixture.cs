using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Guides;

/// <summary>
/// A deployment for the tests of one class: its Node.js servers run once, and each proxy once in
/// front of them, from the first test that needs it.
/// </summary>
public abstract partial class GuideFixture : IAsyncDisposable
{
    readonly ConcurrentBag<ChildProcess> servers = [];
    readonly Dictionary<ProxyKind, Guide> guides = [];
    readonly ConcurrentDictionary<int, int> ports = [];

    /// <summary>Its configuration in conf/, without ".conf".</summary>
    protected abstract string Name { get; }

    /// <summary>Starts the servers.</summary>
    protected abstract Task StartServersAsync();

    /// <summary>Puts the deployment's files into a prefix.</summary>
    protected virtual void PutFiles(string prefix)
    {
    }

    /// <summary>The deployment on one proxy. Tests of a class run one after the other.</summary>
    internal async Task<Guide> OnAsync(ProxyKind kind)
    {
        if (ports.IsEmpty)
            await StartServersAsync();
        if (!guides.TryGetValue(kind, out var guide))
        {
            guide = new Guide();
            await guide.StartAsync(kind, Name, ports, PutFiles);
            guides[kind] = guide;
        }
        return guide;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var guide in guides.Values)
            await guide.DisposeAsync();
        foreach (var server in servers)
            await server.DisposeAsync();
    }

    /// <summary>Starts a Node.js server of clients/ in the place of a port of the guide.</summary>
    protected async Task ServerAsync(int port, string script, params string[] arguments)
    {
        var server = NodeProcess.Start(script, arguments);
        servers.Add(server);
        var output = await server.OutputWithAsync("listening ");
        ports[port] = int.Parse(Listening().Match(output).Groups[1].Value);
    }

    [GeneratedRegex(@"listening (\d+)")]
    private static partial Regex Listening();
}
