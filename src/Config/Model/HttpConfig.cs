using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>The <c>http</c> block.</summary>
public sealed class HttpConfig
{
    /// <summary><c>upstream</c> blocks by name.</summary>
    public required FrozenDictionary<string, UpstreamConfig> Upstreams { get; init; }

    /// <summary>
    /// Every group of peers: the blocks in file order, then the groups that a plain
    /// <c>proxy_pass</c> URL stands for. Each URL's host and port has one group.
    /// </summary>
    public ImmutableArray<UpstreamConfig> AllUpstreams { get; init; } = [];

    /// <summary><c>map</c> blocks in file order.</summary>
    public ImmutableArray<MapConfig> Maps { get; init; } = [];

    /// <summary><c>log_format</c> directives by name, <c>combined</c> included.</summary>
    public required FrozenDictionary<string, LogFormat> LogFormats { get; init; }

    /// <summary><c>server</c> blocks in file order.</summary>
    public ImmutableArray<ServerConfig> Servers { get; init; } = [];

    /// <summary>The distinct listening sockets, in the order they were first written.</summary>
    public ImmutableArray<ListenConfig> Listens { get; init; } = [];

    /// <summary>
    /// The variables a request may write: those of <c>set</c> and of named groups in regular
    /// expressions, each once, in lower case, sorted. Some may be nginx's own (args,
    /// names of the families http_ and so on). Variables of <c>map</c> are in <see cref="Maps"/>.
    /// </summary>
    public ImmutableArray<string> SetVariables { get; init; } = [];

    /// <summary>Where the block begins.</summary>
    public required Position Position { get; init; }
}

/// <summary>One listening socket and the servers behind it.</summary>
public sealed class ListenConfig
{
    /// <summary>nginx's text of the address: <c>0.0.0.0:80</c>, <c>[::]:80</c>, <c>unix:/path</c>.</summary>
    public required string Address { get; init; }

    /// <summary>The same as the system takes it.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary><c>backlog=</c>; 511 unless written.</summary>
    public int Backlog { get; init; } = 511;

    /// <summary><c>reuseport</c>.</summary>
    public bool ReusePort { get; init; }

    /// <summary><c>ipv6only=</c>; on unless written.</summary>
    public bool Ipv6Only { get; init; } = true;

    /// <summary><c>rcvbuf=</c> in bytes; null leaves the system's.</summary>
    public int? ReceiveBufferSize { get; init; }

    /// <summary><c>sndbuf=</c> in bytes; null leaves the system's.</summary>
    public int? SendBufferSize { get; init; }

    /// <summary><c>so_keepalive=</c>; null leaves the system's setting.</summary>
    public KeepaliveProbes? SoKeepalive { get; init; }

    /// <summary>
    /// The server that takes requests for unknown names: the one marked <c>default_server</c>,
    /// else the first.
    /// </summary>
    public required ServerConfig DefaultServer { get; init; }

    /// <summary>The servers of this address in file order.</summary>
    public ImmutableArray<ServerConfig> Servers { get; init; } = [];

    /// <summary>The names of those servers, made ready for finding one by a request's host.</summary>
    public required ServerNameTable Names { get; init; }

    /// <summary>Where the address was first written, or the server that has no <c>listen</c>.</summary>
    public required Position Position { get; init; }
}

/// <summary>
/// TCP keepalive of accepted connections (<c>so_keepalive</c>); seconds, null leaves the system's.
/// </summary>
public sealed record KeepaliveProbes
{
    public bool On { get; init; } = true;
    public int? IdleSeconds { get; init; }
    public int? IntervalSeconds { get; init; }
    public int? Count { get; init; }
}

/// <summary>
/// The names of one listening socket's servers. A host, in lower case and without port or final
/// dot, is looked for in <see cref="Exact"/>, then its ends in <see cref="Leading"/> (longest
/// first), then its beginnings in <see cref="Trailing"/> (longest first), then
/// <see cref="Regexes"/> in order; else the default server serves.
/// </summary>
public sealed class ServerNameTable
{
    /// <summary>Whole names, <c>""</c> among them when a server has that name.</summary>
    public required FrozenDictionary<string, ServerConfig> Exact { get; init; }

    /// <summary><c>*.example.com</c> and <c>.example.com</c>: the key is <c>.example.com</c>.</summary>
    public required FrozenDictionary<string, ServerConfig> Leading { get; init; }

    /// <summary><c>www.example.*</c>: the key is <c>www.example.</c>.</summary>
    public required FrozenDictionary<string, ServerConfig> Trailing { get; init; }

    /// <summary>Regular expressions in file order.</summary>
    public ImmutableArray<(Pattern Pattern, ServerConfig Server)> Regexes { get; init; } = [];
}
