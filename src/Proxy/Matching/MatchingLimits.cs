namespace Sluice.Proxy.Matching;

/// <summary>The bounds of matching: unit, and what happens at the limit.</summary>
public static class MatchingLimits
{
    /// <summary>
    /// Bytes of a URI, host or value that are lowered or widened on the stack; longer ones
    /// borrow an array.
    /// </summary>
    public const int StackBytes = 256;

    /// <summary>
    /// Groups of one expression that are captured; $1 to $9 and named groups, the rest is
    /// dropped.
    /// </summary>
    public const int GroupsMax = 64;
}
