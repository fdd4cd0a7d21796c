using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>A <c>server</c> block.</summary>
public sealed class ServerConfig
{
    /// <summary><c>server_name</c> in file order; one empty name when none is written.</summary>
    public ImmutableArray<ServerName> Names { get; init; } = [];

    /// <summary>The value of <c>$server_name</c>: the first name as nginx gives it.</summary>
    public required string FirstName { get; init; }

    /// <summary>
    /// The settings of the server level, and its <c>set</c> and <c>return</c> steps, which run
    /// before a location is looked for.
    /// </summary>
    public required LocationConfig Root { get; init; }

    /// <summary>
    /// Locations of the server level, named ones left out: prefix and exact ones in any order,
    /// regular expressions in file order.
    /// </summary>
    public ImmutableArray<LocationConfig> Locations { get; init; } = [];

    /// <summary>Named locations; the keys begin with <c>@</c>.</summary>
    public required FrozenDictionary<string, LocationConfig> NamedLocations { get; init; }

    /// <summary><c>client_header_buffer_size</c> in bytes.</summary>
    public int ClientHeaderBufferSize { get; init; } = 1024;

    /// <summary><c>large_client_header_buffers</c>: how many.</summary>
    public int LargeClientHeaderBuffersCount { get; init; } = 4;

    /// <summary><c>large_client_header_buffers</c>: bytes of each; no header line is longer.</summary>
    public int LargeClientHeaderBuffersSize { get; init; } = 8 * 1024;

    /// <summary><c>client_header_timeout</c>: for the whole head.</summary>
    public long ClientHeaderTimeoutMs { get; init; } = 60_000;

    /// <summary><c>merge_slashes</c>.</summary>
    public bool MergeSlashes { get; init; } = true;

    /// <summary><c>ignore_invalid_headers</c>.</summary>
    public bool IgnoreInvalidHeaders { get; init; } = true;

    /// <summary><c>underscores_in_headers</c>.</summary>
    public bool UnderscoresInHeaders { get; init; }

    /// <summary>Where the block begins.</summary>
    public required Position Position { get; init; }
}

/// <summary>The forms a <c>server_name</c> has.</summary>
public enum ServerNameKind
{
    /// <summary>A whole name.</summary>
    Exact,

    /// <summary><c>*.example.com</c>, or <c>.example.com</c>, which also is the whole name.</summary>
    LeadingWildcard,

    /// <summary><c>www.example.*</c>.</summary>
    TrailingWildcard,

    /// <summary><c>~expression</c>.</summary>
    Regex,

    /// <summary><c>""</c>: requests without a Host.</summary>
    Empty,
}

/// <summary>One name of a server.</summary>
public sealed record ServerName
{
    public required ServerNameKind Kind { get; init; }

    /// <summary>The name as written, in lower case unless it is an expression (with <c>~</c>).</summary>
    public required string Text { get; init; }

    /// <summary>The expression when <see cref="Kind"/> is Regex.</summary>
    public Pattern? Pattern { get; init; }

    public required Position Position { get; init; }
}
