using System.Text.RegularExpressions;

namespace Sluice.Config.Syntax;

/// <summary>
/// A regular expression of a configuration: the text as written, and the expression that .NET
/// runs over Latin-1 text.
/// </summary>
public sealed class Pattern(string source, Regex regex)
{
    /// <summary>The expression as written, without <c>~</c> or <c>~*</c>.</summary>
    public string Source { get; } = source;

    /// <summary>
    /// The translated expression. Its groups have PCRE's numbers: group 1 is the first opening
    /// parenthesis, whether it has a name or not.
    /// </summary>
    public Regex Regex { get; } = regex;

    /// <summary>
    /// Named groups, which nginx makes into variables: the name and the number of the group.
    /// </summary>
    public IReadOnlyList<(string Name, int Group)> Names { get; init; } = [];
}
