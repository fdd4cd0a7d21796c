using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Sluice.SocketIO.Generators;

/// <summary>
/// One generated file, or why there is none. It is all text, so that the compiler's cache can
/// tell whether something has changed.
/// </summary>
sealed class Output : IEquatable<Output>
{
    public Output(string name, string source, IReadOnlyList<Complaint> complaints)
    {
        Name = name;
        Source = source;
        Complaints = complaints;
    }

    public string Name { get; }

    /// <summary>Empty when there is an error among the complaints.</summary>
    public string Source { get; }

    public IReadOnlyList<Complaint> Complaints { get; }

    public bool Equals(Output? other) =>
        other is not null && Name == other.Name && Source == other.Source
        && Complaints.SequenceEqual(other.Complaints);

    public override bool Equals(object? obj) => Equals(obj as Output);

    public override int GetHashCode() => Name.GetHashCode() ^ Source.GetHashCode();
}

/// <summary>A diagnostic without the compiler's objects, which would keep a compilation alive.</summary>
sealed class Complaint : IEquatable<Complaint>
{
    readonly DiagnosticDescriptor descriptor;
    readonly string path;
    readonly TextSpan span;
    readonly LinePositionSpan lines;
    readonly string[] words;

    public Complaint(DiagnosticDescriptor descriptor, ISymbol at, params string[] words)
    {
        this.descriptor = descriptor;
        this.words = words;
        var location = at.Locations.FirstOrDefault(one => one.IsInSource);
        path = location?.SourceTree?.FilePath ?? "";
        span = location?.SourceSpan ?? default;
        lines = location?.GetLineSpan().Span ?? default;
    }

    public bool IsError => descriptor.DefaultSeverity == DiagnosticSeverity.Error;

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        descriptor, path.Length == 0 ? Location.None : Location.Create(path, span, lines), words);

    public bool Equals(Complaint? other) =>
        other is not null && descriptor.Equals(other.descriptor) && path == other.path
        && span == other.span && words.SequenceEqual(other.words);

    public override bool Equals(object? obj) => Equals(obj as Complaint);

    public override int GetHashCode() => descriptor.GetHashCode() ^ span.GetHashCode();
}
