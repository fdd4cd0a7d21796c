namespace Sluice.Config.Text;

/// <summary>
/// One word of a directive. <see cref="Value"/> is what nginx sees: without quotes, escapes
/// resolved. The span covers the word in the text, with its quotes.
/// </summary>
/// <remarks>
/// A class, like the other things of a configuration that are kept in lists: the base library's
/// collections of our own structs have no code ahead of time, and compiling it took a third of
/// the time of a start.
/// </remarks>
public sealed record Token(string Value, int Start, int Length, int Line, char Quote)
{
    /// <summary>The offset behind the last char, closing quote included.</summary>
    public int End => Start + Length;

    /// <summary>Was written in quotes: <see cref="Quote"/> is one, and not NUL.</summary>
    public bool IsQuoted => Quote != '\0';

    public override string ToString() => Value;
}
