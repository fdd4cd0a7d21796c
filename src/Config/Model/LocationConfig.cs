using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>How a location is chosen.</summary>
public enum LocationMatch
{
    /// <summary>The server level itself (<see cref="ServerConfig.Root"/>).</summary>
    None,

    /// <summary><c>location /x</c></summary>
    Prefix,

    /// <summary><c>location ^~ /x</c>: when it is the longest prefix, no expression is tried.</summary>
    PrefixNoRegex,

    /// <summary><c>location = /x</c></summary>
    Exact,

    /// <summary><c>location ~ x</c></summary>
    Regex,

    /// <summary><c>location ~* x</c></summary>
    RegexIgnoreCase,

    /// <summary><c>location @x</c>: reached by error_page and try_files alone.</summary>
    Named,
}

/// <summary>A <c>location</c> block with every setting it has after inheritance.</summary>
public sealed class LocationConfig
{
    public required LocationMatch Match { get; init; }

    /// <summary>
    /// The URI, the expression's text, or the name with <c>@</c>; empty for the server level.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The expression of a Regex or RegexIgnoreCase location.</summary>
    public Pattern? Pattern { get; init; }

    /// <summary><c>internal</c>: requests from outside get 404.</summary>
    public bool Internal { get; init; }

    /// <summary>
    /// The name ends in a slash and requests are proxied: the URI without that slash is answered
    /// with 301 to the name.
    /// </summary>
    public bool AutoRedirect { get; init; }

    /// <summary>
    /// Nested locations: prefix and exact ones in any order, regular expressions in file order.
    /// </summary>
    public ImmutableArray<LocationConfig> Children { get; init; } = [];

    /// <summary><c>set</c> and <c>return</c> in file order; not inherited.</summary>
    public ImmutableArray<RewriteStep> RewriteSteps { get; init; } = [];

    /// <summary><c>try_files</c>; not inherited. Null when not written here.</summary>
    public TryFiles? TryFiles { get; init; }

    /// <summary><c>proxy_pass</c>; not inherited. Null when this location serves files.</summary>
    public ProxyPassConfig? ProxyPass { get; init; }

    public required CoreSettings Core { get; init; }

    public required ProxySettings Proxy { get; init; }

    /// <summary>Where the block begins.</summary>
    public required Position Position { get; init; }
}

/// <summary>One step of nginx's rewrite phase.</summary>
public abstract record RewriteStep(Position Position);

/// <summary><c>set $variable value</c>; the name is in lower case, without <c>$</c>.</summary>
public sealed record SetStep(string Variable, Template Value, Position Position)
    : RewriteStep(Position);

/// <summary>
/// <c>return</c>: ends the request. With 301, 302, 303, 307 or 308 the text is the Location; with
/// another code it is the body. Without text and below 400 the body is empty; from 400 on the
/// error page of the code is sent. 444 closes the connection without an answer.
/// </summary>
public sealed record ReturnStep(int Code, Template? Text, Position Position)
    : RewriteStep(Position);

/// <summary><c>try_files</c>: the files to look for, then what to do when none exists.</summary>
public sealed record TryFiles
{
    public ImmutableArray<TryFile> Files { get; init; } = [];

    /// <summary>
    /// The last argument as an internal redirect: a URI, or a name with <c>@</c>. Null when
    /// <see cref="Code"/> is set.
    /// </summary>
    public Template? Fallback { get; init; }

    /// <summary>Whether <see cref="Fallback"/> is the name of a location (constant, with @).</summary>
    public bool IsNamed { get; init; }

    /// <summary><c>=code</c>.</summary>
    public int? Code { get; init; }

    public required Position Position { get; init; }
}

/// <summary>One file of <c>try_files</c>, below the root.</summary>
/// <param name="Path">The path, without the slash that asks for a directory.</param>
/// <param name="IsDirectory">The argument ended in a slash: a directory is looked for.</param>
public sealed record TryFile(Template Path, bool IsDirectory);
