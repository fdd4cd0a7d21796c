using System.Text;
using Sluice.Config.Syntax;
using Sluice.Proxy.Log;

namespace Sluice.Proxy.Variables;

/// <summary>
/// A directive's argument made ready: bytes and variables in turn. Evaluating it allocates
/// nothing.
/// </summary>
public sealed class CompiledText : IExchangeValue
{
    readonly Part[] parts;
    readonly byte[] constant;

    internal CompiledText(Template template, VariableTable variables)
    {
        Source = template.Source;
        parts = Join(template.Parts.Select(part => part.Kind == TemplatePartKind.Literal
            ? new Part(Encoding.Latin1.GetBytes(part.Text), null)
            : Part.Of(variables.VariableOf(part))));
        IsConstant = parts.All(static part => part.Variable is null);
        constant = IsConstant ? [.. parts.SelectMany(static part => part.Literal!)] : [];
        Constant = Encoding.Latin1.GetString(constant);
    }

    CompiledText()
    {
        (parts, constant) = ([], []);
        (Source, Constant) = ("", "");
        IsConstant = true;
    }

    /// <summary>A text of nothing.</summary>
    public static CompiledText Empty { get; } = new();

    /// <summary>The argument as written.</summary>
    public string Source { get; }

    /// <summary>The value is the same in every exchange.</summary>
    public bool IsConstant { get; }

    /// <summary>The value of a constant, one char a byte; empty for others.</summary>
    public string Constant { get; }

    /// <summary>The value of a constant; empty for others.</summary>
    public ReadOnlySpan<byte> ConstantBytes => constant;

    /// <summary>
    /// Appends the value to anything but <see cref="Exchange.Kept"/>. Variables without a value
    /// add nothing; the answer is always true.
    /// </summary>
    public bool Append(Exchange exchange, ByteBuilder to)
    {
        foreach (ref readonly var part in parts.AsSpan())
        {
            if (part.Variable is null)
                to.Append(part.Literal);
            else
                part.Variable.Append(exchange, to);
        }
        return true;
    }

    public ExchangeParts Reads
    {
        get
        {
            var reads = ExchangeParts.None;
            foreach (ref readonly var part in parts.AsSpan())
                reads |= part.Variable?.Reads ?? ExchangeParts.None;
            return reads;
        }
    }

    /// <summary>Evaluates into <see cref="Exchange.Kept"/>, for as long as the exchange lives.</summary>
    public ArenaRange Keep(Exchange exchange)
    {
        // What is evaluated on the way may keep values of its own, so the text is put together
        // elsewhere first.
        var scratch = exchange.Worker.Scratch;
        int start = scratch.Length;
        Append(exchange, scratch);
        var range = KeptValues.Add(exchange, scratch.From(start));
        scratch.Release(start);
        return range;
    }

    /// <summary>How long the value is, without keeping it.</summary>
    public int Measure(Exchange exchange)
    {
        var scratch = exchange.Worker.Scratch;
        int start = scratch.Length;
        Append(exchange, scratch);
        int length = scratch.Length - start;
        scratch.Release(start);
        return length;
    }

    public override string ToString() => Source;

    /// <summary>Literals that stand one behind the other become one.</summary>
    static Part[] Join(IEnumerable<Part> parts)
    {
        var joined = new List<Part>();
        foreach (var part in parts)
        {
            if (joined is [.., { Literal: { } before }] && part.Literal is { } behind)
                joined[^1] = new Part([.. before, .. behind], null);
            else
                joined.Add(part);
        }
        return [.. joined];
    }

    readonly record struct Part(byte[]? Literal, Variable? Variable)
    {
        internal static Part Of(Variable variable) => variable is ConstantVariable constant
            ? new(constant.Value, null)
            : new(null, variable);
    }
}
