using System.Collections.Immutable;
using System.Net;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>A group of peers: an <c>upstream</c> block, or what a plain URL stands for.</summary>
public sealed class UpstreamConfig
{
    /// <summary>The name of the block, or host and port of the URL.</summary>
    public required string Name { get; init; }

    /// <summary>The host alone, by which a <c>proxy_pass</c> with variables finds the group.</summary>
    public required string Host { get; init; }

    /// <summary>The port of an implicit group; null for a block and for unix sockets.</summary>
    public int? Port { get; init; }

    /// <summary><c>server</c> directives in file order.</summary>
    public ImmutableArray<UpstreamServer> Servers { get; init; } = [];

    public Balancer Balancer { get; init; } = Balancer.RoundRobin;

    /// <summary><c>keepalive</c>: idle connections each worker keeps; zero keeps none.</summary>
    public int Keepalive { get; init; } = 32;

    /// <summary><c>keepalive_requests</c>: requests of one connection.</summary>
    public long KeepaliveRequests { get; init; } = 1000;

    /// <summary><c>keepalive_timeout</c>: an idle connection stays this long.</summary>
    public long KeepaliveTimeoutMs { get; init; } = 60_000;

    /// <summary><c>keepalive_time</c>: the longest life of a connection.</summary>
    public long KeepaliveTimeMs { get; init; } = 3_600_000;

    /// <summary><c>zone</c>; the state of peers is shared by all workers with or without it.</summary>
    public string? ZoneName { get; init; }

    /// <summary>Whether the group stands for a plain URL.</summary>
    public bool IsImplicit { get; init; }

    /// <summary>The group of one address that a request named, and no configuration.</summary>
    public static UpstreamConfig OfAddress(string host, EndPoint endPoint, string text)
    {
        var nowhere = new Position("", 0);
        return new UpstreamConfig
        {
            Name = host,
            Host = host,
            IsImplicit = true,
            Position = nowhere,
            Servers =
            [
                new UpstreamServer
                {
                    Text = host,
                    Addresses = [new UpstreamAddress(endPoint, text)],
                    Position = nowhere,
                },
            ],
        };
    }

    /// <summary>Where the block begins, or the URL that stands for the group is first written.</summary>
    public required Position Position { get; init; }
}

/// <summary>One <c>server</c> of a group; each of its addresses is a peer.</summary>
public sealed record UpstreamServer
{
    /// <summary>The address as written.</summary>
    public required string Text { get; init; }

    /// <summary>Every address the name has, in the resolver's order.</summary>
    public ImmutableArray<UpstreamAddress> Addresses { get; init; } = [];

    /// <summary><c>weight=</c></summary>
    public int Weight { get; init; } = 1;

    /// <summary><c>max_fails=</c>; zero never takes the peer out.</summary>
    public int MaxFails { get; init; } = 1;

    /// <summary><c>fail_timeout=</c> in seconds.</summary>
    public int FailTimeoutSeconds { get; init; } = 10;

    /// <summary><c>max_conns=</c>; zero is without limit.</summary>
    public int MaxConns { get; init; }

    /// <summary><c>backup</c></summary>
    public bool Backup { get; init; }

    /// <summary><c>down</c></summary>
    public bool Down { get; init; }

    public required Position Position { get; init; }
}

/// <summary>One peer's address.</summary>
/// <param name="EndPoint">As the system takes it.</param>
/// <param name="Text">As <c>$upstream_addr</c> and the logs show it.</param>
public sealed record UpstreamAddress(EndPoint EndPoint, string Text);

/// <summary>How a group chooses a peer.</summary>
public abstract record Balancer
{
    /// <summary>Smooth weighted round robin: what a group without a method has.</summary>
    public static readonly Balancer RoundRobin = new RoundRobinBalancer();

    /// <summary><c>ip_hash</c></summary>
    public static readonly Balancer IpHash = new IpHashBalancer();

    /// <summary><c>least_conn</c></summary>
    public static readonly Balancer LeastConn = new LeastConnBalancer();
}

/// <summary>Smooth weighted round robin.</summary>
public sealed record RoundRobinBalancer : Balancer;

/// <summary><c>ip_hash</c></summary>
public sealed record IpHashBalancer : Balancer;

/// <summary><c>least_conn</c></summary>
public sealed record LeastConnBalancer : Balancer;

/// <summary><c>hash key [consistent]</c></summary>
public sealed record HashBalancer(Template Key, bool Consistent) : Balancer;

/// <summary><c>random [two]</c></summary>
public sealed record RandomBalancer(bool Two) : Balancer;
