namespace Sluice.Config.Syntax;

/// <summary>
/// A place in a configuration file. Lines and columns count from one; a column is a byte.
/// </summary>
public readonly record struct Position(string File, int Line, int Column = 1)
{
    /// <summary>The form in which nginx's messages name a place: <c>FILE:LINE</c>.</summary>
    public override string ToString() => $"{File}:{Line}";
}
