using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Differential;

/// <summary>
/// A folder of cases that share one configuration, group.conf: each proxy is started once for
/// all of them, nginx first, then Sluice on each loop.
/// </summary>
sealed class CaseGroup
{
    const int Listens = 3;

    static readonly string[] backendIds = ["a", "b", "c", "d"];
    static readonly List<string> order = [.. AllCases().Select(Group).Distinct()];
    static readonly ConcurrentDictionary<string, Lazy<Task<CaseGroup>>> groups = new();

    readonly Dictionary<(ProxyKind Kind, string Case), Observation> seen = [];
    readonly Dictionary<ProxyKind, Normal> normals = [];

    CaseGroup(IReadOnlyDictionary<string, CaseFile> cases) => Cases = cases;

    /// <summary>By name, in the order they run.</summary>
    public IReadOnlyDictionary<string, CaseFile> Cases { get; private set; }

    static string Folder => Path.Combine(Repository.EndToEnd, "Differential", "cases");

    static string Group(string name) => name.Split('/')[0];

    /// <summary>"group/name" of every case, in order.</summary>
    public static IEnumerable<string> AllCases() =>
        from folder in Directory.GetDirectories(Folder).Order(StringComparer.Ordinal)
        from file in Directory.GetFiles(folder, "*.case").Order(StringComparer.Ordinal)
        select $"{Path.GetFileName(folder)}/{Path.GetFileNameWithoutExtension(file)}";

    /// <summary>
    /// The group of a case, run on all proxies at the first request for it. The group after it
    /// starts too, so that two are under way while the tests go through them in order.
    /// </summary>
    public static Task<CaseGroup> RunOf(string name)
    {
        var group = Group(name);
        if (order.ElementAtOrDefault(order.IndexOf(group) + 1) is { } next)
            _ = Start(next);
        return Start(group);
    }

    static Task<CaseGroup> Start(string group) =>
        groups.GetOrAdd(group, _ => new(() => Task.Run(() => RunAsync(group)))).Value;

    /// <summary>What nginx and Sluice on one loop did differently in one case.</summary>
    public List<Difference> Differences(string name, ProxyKind loop) => Comparison.Of(
        Cases[name], seen[(ProxyKind.Nginx, name)], normals[ProxyKind.Nginx],
        seen[(loop, name)], normals[loop]);

    /// <summary>What one proxy did in one case.</summary>
    public Observation Of(ProxyKind kind, string name) => seen[(kind, name)];

    /// <summary>The sentence a case starts with.</summary>
    public string Claim(string name) => Cases[name].Claim;

    static async Task<CaseGroup> RunAsync(string group)
    {
        var backends = backendIds.Select(id => new ScriptedBackend(id)).ToArray();
        using var refused = Refusing();
        var run = new CaseGroup(new Dictionary<string, CaseFile>());
        try
        {
            var ports = Ports();
            foreach (var kind in Enum.GetValues<ProxyKind>())
            {
                var places = new Places(kind, ports, backends, refused.LocalEndPoint!.ToString()!);
                await run.RunSideAsync(group, places, backends);
            }
        }
        finally
        {
            foreach (var backend in backends)
                await backend.DisposeAsync();
        }
        return run;
    }

    async Task RunSideAsync(string group, Places places, ScriptedBackend[] backends)
    {
        var folder = Path.Combine(Folder, group);
        var configuration = places.Fill(Template().Replace(
            "%group%", Latin1(Path.Combine(folder, "group.conf"))));
        await using var proxy = await ProxyProcess.StartAsync(
            places.Kind, configuration, [places.Listens[0]],
            new ProxySetup { Prepare = prefix => CopyFiles(Path.Combine(folder, "html"), prefix) });
        places.Prefix = proxy.Prefix;
        Cases = AllCases().Where(name => name.StartsWith(group + "/", StringComparison.Ordinal))
            .ToDictionary(name => name, name => CaseFile.Parse(
                name, places.Fill(Latin1(Path.Combine(Folder, name + ".case")))));
        normals[places.Kind] = new Normal(places.Words(), proxy.IsNginx);
        var runner = new CaseRunner(proxy, places.Listens, backends);
        foreach (var (name, file) in Cases)
            seen[(places.Kind, name)] = await runner.RunAsync(
                file, seen.GetValueOrDefault((ProxyKind.Nginx, name)));
    }

    /// <summary>The same ports at each side's own address, so that bytes are equally long.</summary>
    static int[] Ports()
    {
        var addresses = Enum.GetValues<ProxyKind>().Select(Places.AddressOf).ToArray();
        return [.. Enumerable.Range(0, Listens).Select(_ => Loopback.FreePort(addresses))];
    }

    /// <summary>A port that is taken but does not listen: connections to it are refused.</summary>
    static System.Net.Sockets.Socket Refusing()
    {
        var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.InterNetwork,
            System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(Loopback.Backends, 0));
        return socket;
    }

    static string Template() => Latin1(Path.Combine(Folder, "template.conf"));

    static string Latin1(string path) => Encoding.Latin1.GetString(File.ReadAllBytes(path));

    /// <summary>The group's static files, all as old as each other.</summary>
    static void CopyFiles(string from, string prefix)
    {
        if (!Directory.Exists(from))
            return;
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(prefix, "html", Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
            File.SetLastWriteTimeUtc(
                target, new DateTime(2024, 2, 29, 12, 30, 45, DateTimeKind.Utc));
        }
    }
}
