using System.Collections.Frozen;
using System.Text;
using Sluice.Config.Model;
using Sluice.Net;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Listen;
using Sluice.Proxy.Log;
using Sluice.Proxy.Routing.Locations;
using Sluice.Proxy.Routing.Servers;
using Sluice.Proxy.Variables;
using Sluice.Proxy.Upstream;

namespace Sluice.Proxy;

/// <summary>
/// One configuration made ready to serve: immutable, shared by all workers, replaced as a whole
/// by a reload. A request keeps the snapshot it began under.
/// </summary>
public sealed class Snapshot
{
    readonly Dictionary<LocationConfig, Location> locations =
        new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<ServerConfig, Server> servers = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<
        FrozenDictionary<string, string>, FrozenDictionary<string, ReadOnlyMemory<byte>>>
        types = new(ReferenceEqualityComparer.Instance);
    readonly FrozenDictionary<string, PeerGroup> groupsByHost;
    readonly Dictionary<PeerGroup, CompiledText> keys = [];
    readonly Dictionary<UpstreamConfig, PeerGroup> groups = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes a snapshot.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="logs">The process's log files; those that are new are opened.</param>
    /// <param name="previous">
    /// The snapshot that is replaced: upstreams of the same name keep what they know of peers.
    /// </param>
    public Snapshot(MainConfig config, LogFiles logs, Snapshot? previous)
    {
        Config = config;
        Http = config.Http;
        Logs = logs;
        MainErrors = new ErrorLog(config.ErrorLogs, logs);
        Variables = new VariableTable(config);
        foreach (var upstream in Http?.AllUpstreams ?? [])
            groups[upstream] = new PeerGroup(upstream, previous?.FindGroup(upstream.Name));
        groupsByHost = MakeGroupsByHost();
        foreach (var (upstream, group) in groups)
        {
            if (upstream.Balancer is HashBalancer hash)
                keys[group] = Variables.Compile(hash.Key);
        }
        foreach (var server in Http?.Servers ?? [])
            servers[server] = new Server(this, server);
        Listens = config.Listens.ToFrozenDictionary(
            listen => new Address(listen.EndPoint), listen => new ListenTable(this, listen));
        Sockets = ListenSocket.Make(Listens);
    }

    public MainConfig Config { get; }

    public HttpConfig? Http { get; }

    public LogFiles Logs { get; }

    public VariableTable Variables { get; }

    /// <summary>The error log of the main level.</summary>
    public ErrorLog MainErrors { get; }

    /// <summary>What listens where.</summary>
    public FrozenDictionary<Address, ListenTable> Listens { get; }

    /// <summary>What is bound for that: not the addresses whose wildcard is.</summary>
    internal FrozenDictionary<Address, ListenSocket> Sockets { get; }

    public Server ServerOf(ServerConfig config) => servers[config];

    public Location LocationOf(LocationConfig config) => locations[config];

    public PeerGroup GroupOf(UpstreamConfig config) => groups[config];

    /// <summary>
    /// The group that a proxy_pass with variables leads to by its host and port; null for none.
    /// </summary>
    public PeerGroup? FindGroupByHost(string host) => groupsByHost.GetValueOrDefault(host);

    /// <summary>The key of `hash`; null for other methods.</summary>
    public CompiledText? KeyOf(PeerGroup group) => keys.GetValueOrDefault(group);

    /// <summary>Media types by extension; levels that share a `types` block share the table.</summary>
    internal FrozenDictionary<string, ReadOnlyMemory<byte>> TypesOf(CoreSettings core)
    {
        if (types.TryGetValue(core.Types, out var table))
            return table;
        table = core.Types.ToFrozenDictionary(
            pair => pair.Key, pair => (ReadOnlyMemory<byte>)Encoding.Latin1.GetBytes(pair.Value));
        return types[core.Types] = table;
    }

    /// <summary>
    /// Makes regular expressions fast, which takes longer than a start may: off the path, while
    /// requests are served with the slow form.
    /// </summary>
    internal void CompileExpressions()
    {
        foreach (var listen in Listens.Values)
            listen.Names.CompileExpressions();
        foreach (var server in servers.Values)
            server.Locations.CompileExpressions();
    }

    internal Location Compile(LocationConfig config, ServerConfig server)
    {
        var location = new Location(this, config, server);
        locations[config] = location;
        foreach (var child in config.Children)
            Compile(child, server);
        return location;
    }

    PeerGroup? FindGroup(string name)
    {
        foreach (var (config, group) in groups)
        {
            if (config.Name == name)
                return group;
        }
        return null;
    }

    FrozenDictionary<string, PeerGroup> MakeGroupsByHost()
    {
        var byHost = new Dictionary<string, PeerGroup>(StringComparer.OrdinalIgnoreCase);
        foreach (var (config, group) in groups)
            byHost.TryAdd(config.Port is { } port ? $"{config.Host}:{port}" : config.Name, group);
        return byHost.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}

/// <summary>One server block at run time.</summary>
public sealed class Server
{
    internal Server(Snapshot snapshot, ServerConfig config)
    {
        Config = config;
        Root = snapshot.Compile(config.Root, config);
        foreach (var location in config.Locations)
            snapshot.Compile(location, config);
        Named = config.NamedLocations.ToFrozenDictionary(
            pair => pair.Key, pair => snapshot.Compile(pair.Value, config));
        Locations = new LocationTree(config.Locations);
    }

    public ServerConfig Config { get; }

    /// <summary>The server level: settings, and the steps that run before a location is found.</summary>
    public Location Root { get; }

    public LocationTree Locations { get; }

    public FrozenDictionary<string, Location> Named { get; }
}

/// <summary>One listening address at run time: its servers, and how heads are read there.</summary>
public sealed class ListenTable
{
    internal ListenTable(Snapshot snapshot, ListenConfig config)
    {
        Snapshot = snapshot;
        Config = config;
        DefaultServer = snapshot.ServerOf(config.DefaultServer);
        Names = new ServerTable(config);
        var server = config.DefaultServer;
        HeadRules = new RequestHeadRules
        {
            IgnoreInvalidHeaders = server.IgnoreInvalidHeaders,
            UnderscoresInHeaders = server.UnderscoresInHeaders,
            MergeSlashes = server.MergeSlashes,
            HeaderBufferBytes = server.ClientHeaderBufferSize,
            LargeBufferBytes = server.LargeClientHeaderBuffersSize,
            LargeBufferCount = server.LargeClientHeaderBuffersCount,
        };
    }

    public Snapshot Snapshot { get; }

    public ListenConfig Config { get; }

    public Server DefaultServer { get; }

    public ServerTable Names { get; }

    public RequestHeadRules HeadRules { get; }
}
