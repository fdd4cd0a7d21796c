using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>
/// A <c>map</c> block. The source's value, in lower case, is looked for in <see cref="Exact"/>;
/// with <c>hostnames</c> then in <see cref="Leading"/> and <see cref="Trailing"/>; then the value
/// as it is in <see cref="Regexes"/>; else <see cref="Default"/>.
/// </summary>
public sealed class MapConfig
{
    /// <summary>What is looked up.</summary>
    public required Template Source { get; init; }

    /// <summary>The variable that is defined: lower case, without <c>$</c>.</summary>
    public required string Variable { get; init; }

    /// <summary>Whole values, in lower case.</summary>
    public required FrozenDictionary<string, Template> Exact { get; init; }

    /// <summary><c>*.example.com</c> and <c>.example.com</c>: the key is <c>.example.com</c>.</summary>
    public required FrozenDictionary<string, Template> Leading { get; init; }

    /// <summary><c>www.example.*</c>: the key is <c>www.example.</c>.</summary>
    public required FrozenDictionary<string, Template> Trailing { get; init; }

    /// <summary>Expressions in file order; the first that matches gives the value.</summary>
    public ImmutableArray<(Pattern Pattern, Template Value)> Regexes { get; init; } = [];

    /// <summary><c>default</c>; empty when not written.</summary>
    public required Template Default { get; init; }

    /// <summary><c>volatile</c>: the value is not kept for the rest of a request.</summary>
    public bool Volatile { get; init; }

    /// <summary><c>hostnames</c>: a final dot of the value is left out, wildcards are honoured.</summary>
    public bool Hostnames { get; init; }

    /// <summary>Where the block begins.</summary>
    public required Position Position { get; init; }
}
