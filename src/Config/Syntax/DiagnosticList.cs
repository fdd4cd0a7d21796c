using System.Collections.Immutable;
using Sluice.Config.Text;

namespace Sluice.Config.Syntax;

/// <summary>
/// What is said about a configuration, by the reader, the checker and the builder of the model.
/// Messages are given without their place; it is added here in nginx's form.
/// </summary>
public sealed class DiagnosticList
{
    readonly List<Diagnostic> diagnostics = [];
    readonly Dictionary<(string Message, int SourceLine, int Column), SourceFile?> said = [];

    /// <summary>Nothing that stops nginx was found.</summary>
    public bool IsGood => ErrorCount == 0;

    public int ErrorCount { get; private set; }

    /// <summary>No more errors are kept: see <see cref="ConfigLimits.Errors"/>.</summary>
    public bool IsFull => ErrorCount >= ConfigLimits.Errors;

    /// <summary>All of them in the order in which nginx would have come upon them.</summary>
    public ImmutableArray<Diagnostic> InOrder() => [.. diagnostics.OrderBy(d => d.Order)];

    /// <summary>
    /// Keeps a diagnostic, unless it was said of an earlier reading of the same file: one that is
    /// included in several places would say the same each time.
    /// </summary>
    public void Add(Diagnostic diagnostic)
    {
        bool isError = diagnostic.Severity is Severity.Emerg or Severity.Crit;
        var key = (diagnostic.Message, diagnostic.SourceLine, diagnostic.Column);
        bool isKnown = !said.TryAdd(key, diagnostic.File) && said[key] != diagnostic.File;
        if (isKnown || isError && IsFull)
            return;

        if (isError)
            ErrorCount++;
        diagnostics.Add(diagnostic);
    }

    /// <summary>An error of a directive: the caret stands under its name.</summary>
    public void Emerg(DirectiveNode node, string message, string? suggestion = null) =>
        Add(Severity.Emerg, node, node.NameToken, message, suggestion, atEnd: false);

    /// <summary>An error of one word of a directive: the caret stands under that word.</summary>
    public void Emerg(DirectiveNode node, Token at, string message, string? suggestion = null) =>
        Add(Severity.Emerg, node, at, message, suggestion, atEnd: false);

    /// <summary>
    /// An error that nginx finds once the block is read, and so names the closing brace's line.
    /// </summary>
    public void EmergAtEnd(
        DirectiveNode node, Token at, string message, string? suggestion = null) =>
        Add(Severity.Emerg, node, at, message, suggestion, atEnd: true);

    public void Warn(DirectiveNode node, Token at, string message, string? suggestion = null) =>
        Add(Severity.Warn, node, at, message, suggestion, atEnd: false);

    /// <summary>A warning that nginx gives once the block is read.</summary>
    public void WarnAtEnd(
        DirectiveNode node, Token at, string message, string? suggestion = null) =>
        Add(Severity.Warn, node, at, message, suggestion, atEnd: true);

    void Add(
        Severity severity, DirectiveNode node, Token at, string message, string? suggestion,
        bool atEnd)
    {
        if (atEnd && node.IsUnclosed)
            return;

        int line = atEnd ? node.EndLine : node.Line;
        int order = atEnd ? node.EndOrder : node.Order;
        Add(At(severity, node.File, line, at.Start, at.Length, message, suggestion, order));
    }

    /// <summary>
    /// A diagnostic with its place: <paramref name="line"/> is what nginx names; the bytes from
    /// <paramref name="start"/> are what the caret underlines, up to the end of their line.
    /// </summary>
    public static Diagnostic At(
        Severity severity, SourceFile file, int line, int start, int length, string message,
        string? suggestion, int order)
    {
        int sourceLine = file.LineAt(start);
        int column = start - file.StartOf(sourceLine) + 1;
        int onLine = Math.Max(0, file.Line(sourceLine).Length - column + 1);
        return new Diagnostic
        {
            Severity = severity,
            Message = Cut(message) + PlaceOf(file, line),
            File = file,
            Line = line,
            SourceLine = sourceLine,
            Column = column,
            Length = Math.Min(length, onLine),
            Suggestion = suggestion,
            Order = order,
        };
    }

    static string Cut(string message) => message.Length <= ConfigLimits.MessageBytes
        ? message
        : message[..ConfigLimits.MessageBytes];

    static string PlaceOf(SourceFile file, int line) =>
        file.IsCommandLine ? " in command line" : $" in {file.Name}:{line}";
}
