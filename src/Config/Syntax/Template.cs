using System.Collections.Immutable;

namespace Sluice.Config.Syntax;

/// <summary>What one part of a <see cref="Template"/> stands for.</summary>
public enum TemplatePartKind
{
    /// <summary>Text that is copied as it is.</summary>
    Literal,

    /// <summary>The value of the variable named by <see cref="TemplatePart.Text"/>.</summary>
    Variable,

    /// <summary><c>$1</c> to <c>$9</c>: a group of the last regular expression that matched.</summary>
    Capture,
}

/// <summary>One part of a template.</summary>
/// <param name="Kind">What the part stands for.</param>
/// <param name="Text">The literal text, or the variable's name in lower case without <c>$</c>.</param>
/// <param name="Capture">The group's number when the part is a capture, else zero.</param>
public sealed record TemplatePart(TemplatePartKind Kind, string Text, int Capture = 0);

/// <summary>A directive's argument with variables: what nginx calls a complex value.</summary>
public sealed class Template(string source, ImmutableArray<TemplatePart> parts)
{
    /// <summary>A template that evaluates to nothing.</summary>
    public static readonly Template Empty = new("", []);

    /// <summary>The argument as written, after unquoting.</summary>
    public string Source { get; } = source;

    /// <summary>The parts in order; none for the empty template.</summary>
    public ImmutableArray<TemplatePart> Parts { get; } = parts;

    /// <summary>Whether the value is the same for every request.</summary>
    public bool IsConstant { get; } =
        parts.All(static part => part.Kind == TemplatePartKind.Literal);

    /// <summary>A template without variables.</summary>
    public static Template Literal(string text) => text.Length == 0
        ? Empty
        : new Template(text, [new TemplatePart(TemplatePartKind.Literal, text)]);

    /// <summary>A template of one variable, named without <c>$</c>.</summary>
    public static Template Variable(string name) =>
        new("$" + name, [new TemplatePart(TemplatePartKind.Variable, name)]);

    public override string ToString() => Source;
}
