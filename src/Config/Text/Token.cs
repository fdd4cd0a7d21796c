namespace Sluice.Config.Text;

/// <summary>
/// One word of a directive. <see cref="Value"/> is what nginx sees: without quotes, escapes
/// resolved. The span covers the word in the text, with its quotes.
/// </summary>
public readonly record struct Token(string Value, int Start, int Length, int Line, char Quote)
{
    /// <summary>The offset behind the last char, closing quote included.</summary>
    public int End => Start + Length;

    /// <summary>Was written in quotes: <see cref="Quote"/> is one, and not NUL.</summary>
    public bool IsQuoted => Quote != '\0';

    public override string ToString() => Value;
}
