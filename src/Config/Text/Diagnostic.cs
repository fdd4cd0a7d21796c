namespace Sluice.Config.Text;

/// <summary>nginx's levels, as far as a configuration can reach them.</summary>
public enum Severity
{
    /// <summary>The configuration is good; something is worth knowing.</summary>
    Notice,

    /// <summary>The configuration runs, and probably does not do what its author thinks.</summary>
    Warn,

    /// <summary>The reading of a file failed on the way; an emerg follows or the test fails.</summary>
    Crit,

    /// <summary>The configuration cannot run.</summary>
    Emerg,
}

/// <summary>
/// What is wrong, in nginx's words, and where, more exactly than nginx says it.
/// </summary>
public sealed record Diagnostic
{
    public required Severity Severity { get; init; }

    /// <summary>nginx's whole message, with its <c> in FILE:LINE</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The text it is about; null when it is about no text (a missing file).</summary>
    public SourceFile? File { get; init; }

    /// <summary>The line nginx names, from 1: where it had read to, not where the cause is.</summary>
    public int Line { get; init; }

    /// <summary>The line of the cause, from 1; 0 when there is none.</summary>
    public int SourceLine { get; init; }

    /// <summary>The column of the cause, from 1, in bytes; 0 when there is none.</summary>
    public int Column { get; init; }

    /// <summary>The bytes on <see cref="SourceLine"/> that the caret underlines; 0 for none.</summary>
    public int Length { get; init; }

    /// <summary>A way out, as the end of a sentence: "did you mean proxy_pass?".</summary>
    public string? Suggestion { get; init; }

    /// <summary>
    /// When nginx would have come upon it: diagnostics are shown in this order, whoever found
    /// them. See DirectiveNode.Order.
    /// </summary>
    public int Order { get; init; }

    /// <summary>The includes on the way to <see cref="File"/>, the nearest first.</summary>
    public IEnumerable<IncludeSite> IncludeChain => File?.IncludeChain ?? [];

    /// <summary>The severity as nginx prints it between brackets.</summary>
    public string Level => Severity switch
    {
        Severity.Emerg => "emerg",
        Severity.Crit => "crit",
        Severity.Warn => "warn",
        _ => "notice",
    };
}
