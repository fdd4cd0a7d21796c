using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>What a balancing method allows its servers (nginx's upstream flags).</summary>
[Flags]
enum PeerParameters
{
    None = 0,
    Weight = 1,
    MaxConns = 2,
    MaxFails = 4,
    FailTimeout = 8,
    Down = 16,
    Backup = 32,
    WithoutBackup = Weight | MaxConns | MaxFails | FailTimeout | Down,
    All = WithoutBackup | Backup,
}

/// <summary>A group of peers that is not finished: a block, or what a URL stands for.</summary>
sealed class UpstreamDraft(DirectiveNode node, HostUrl url)
{
    UpstreamConfig? config;

    /// <summary>The block, or the directive that names the group first.</summary>
    public DirectiveNode Node { get; set; } = node;

    /// <summary>The host, by which groups are found.</summary>
    public string Host => url.Host;

    public HostUrl Url => url;

    /// <summary>The port of a URL; zero for a block, which every port may not follow.</summary>
    public int Port { get; set; } = url.Port;

    /// <summary>Whether an <c>upstream</c> block has this name.</summary>
    public bool IsBlock { get; set; }

    /// <summary>Something about it was wrong: nothing more is said of it.</summary>
    public bool IsBroken { get; set; }

    /// <summary>The servers of a block.</summary>
    public List<UpstreamServer> Servers { get; } = [];

    /// <summary>Settings of a block; null for a URL.</summary>
    public Level? Level { get; set; }

    public Balancer? Balancer { get; set; }

    public PeerParameters Allowed { get; set; } = PeerParameters.All;

    public string? ZoneName { get; set; }

    /// <summary>The finished group; it has to be made by then.</summary>
    public UpstreamConfig Config => config
        ?? throw new InvalidOperationException($"upstream {Host} is used before it is made");

    /// <summary>The name in messages, logs and <c>$proxy_host</c>.</summary>
    string Name => IsBlock || url.IsUnix || url.HasNoPort ? Host : $"{Host}:{url.PortText}";

    /// <summary>
    /// Makes the group when everything is read; nginx tells now what hosts it cannot find.
    /// </summary>
    public void Finish(BuildContext build, DirectiveNode http)
    {
        if (IsBlock && Servers.Count > 0 && Servers.All(server => server.Backup))
            build.SayAtEnd(http, Node, Node.NameToken, $"no servers in upstream \"{Host}\"",
                "backup servers alone do not make a group");

        var servers = IsBlock ? [.. Servers] : ServersOfUrl(build, http);
        var level = Level ?? new Level(null);
        config = new UpstreamConfig
        {
            Name = Name,
            Host = Host,
            Port = IsBlock || url.IsUnix ? null : Port,
            Servers = servers,
            Balancer = Balancer ?? Model.Balancer.RoundRobin,
            Keepalive = level.Get(UpstreamReaders.Keepalive),
            KeepaliveRequests = level.Get(UpstreamReaders.KeepaliveRequests),
            KeepaliveTimeoutMs = level.Get(UpstreamReaders.KeepaliveTimeout),
            KeepaliveTimeMs = level.Get(UpstreamReaders.KeepaliveTime),
            ZoneName = ZoneName,
            IsImplicit = !IsBlock,
            Position = BuildContext.PositionOf(Node),
        };
    }

    ImmutableArray<UpstreamServer> ServersOfUrl(BuildContext build, DirectiveNode http)
    {
        var addresses = AddressesOf(build, url);
        if (addresses.IsEmpty && !IsBroken)
            build.SayAtEnd(http, Node, BuildContext.TokenOf(Node, 0),
                $"host not found in upstream \"{Host}\"", WhyNoHost);
        return
        [
            new UpstreamServer
            {
                Text = url.IsUnix ? "unix:" + Host : Name,
                Addresses = addresses,
                Position = BuildContext.PositionOf(Node),
            },
        ];
    }

    /// <summary>What is said beside a name that the resolver does not know.</summary>
    public static string WhyNoHost =>
        "no upstream block has this name, and the system's resolver does not know it";

    /// <summary>Every address of a host; none when it is not found.</summary>
    public static ImmutableArray<UpstreamAddress> AddressesOf(BuildContext build, HostUrl url)
    {
        if (url.IsUnix)
        {
            var endPoint = new UnixDomainSocketEndPoint(url.Host);
            return [new UpstreamAddress(endPoint, "unix:" + url.Host)];
        }

        if (url.Address is { } address)
            return [AddressOf(address, url.Port)];
        return [.. build.Environment.Resolver.Resolve(url.Host)
            .Select(found => AddressOf(found, url.Port))];
    }

    static UpstreamAddress AddressOf(IPAddress address, int port)
    {
        var endPoint = new IPEndPoint(address, port);
        return new UpstreamAddress(endPoint, endPoint.ToString());
    }
}
