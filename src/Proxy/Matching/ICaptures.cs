using Sluice.Config.Syntax;

namespace Sluice.Proxy.Matching;

/// <summary>Where a group of an expression matched: a range of the subject's bytes.</summary>
/// <param name="Start">The first byte; negative when the group took no part.</param>
/// <param name="Length">How many bytes.</param>
public readonly record struct GroupRange(int Start, int Length)
{
    public static readonly GroupRange None = new(-1, 0);

    public bool IsMatched => Start >= 0;
}

/// <summary>
/// Who keeps what expressions captured: $1 to $9 are the groups of the last expression that
/// matched, named groups set the variables of their names.
/// </summary>
public interface ICaptures
{
    /// <summary>An expression has matched; called at once, before anything else is tried.</summary>
    /// <param name="pattern">The expression; its names tell which groups are variables.</param>
    /// <param name="subject">What it matched; valid during the call.</param>
    /// <param name="groups">
    /// The whole match and then the groups by number; only the whole match of an expression
    /// without groups.
    /// </param>
    void OnMatch(Pattern pattern, ReadOnlySpan<byte> subject, ReadOnlySpan<GroupRange> groups);
}

/// <summary>Keeps nothing: for asking which location or server it would be.</summary>
public sealed class NoCaptures : ICaptures
{
    public static readonly NoCaptures Instance = new();

    public void OnMatch(
        Pattern pattern, ReadOnlySpan<byte> subject, ReadOnlySpan<GroupRange> groups)
    {
    }
}
