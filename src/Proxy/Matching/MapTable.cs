using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Model;
using Sluice.Config.Syntax;

namespace Sluice.Proxy.Matching;

/// <summary>
/// A map at run time: from the source's value to one of <see cref="Templates"/>. Values are
/// compared without regard to case, expressions see the value as it is.
/// </summary>
public sealed class MapTable
{
    readonly HostTable<int> values;
    readonly Expression[] expressions;
    readonly int firstExpression;
    readonly bool isOfHostnames;

    public MapTable(MapConfig map)
    {
        var templates = ImmutableArray.CreateBuilder<Template>();
        templates.Add(map.Default);
        values = new(
            Number(map.Exact, templates),
            Number(map.Leading, templates),
            Number(map.Trailing, templates));
        firstExpression = templates.Count;
        templates.AddRange(map.Regexes.Select(entry => entry.Value));
        expressions = [.. map.Regexes.Select(entry => new Expression(entry.Pattern))];
        isOfHostnames = map.Hostnames;
        Templates = templates.ToImmutable();
    }

    /// <summary>Every value the map can have; the first is the default.</summary>
    public ImmutableArray<Template> Templates { get; }

    /// <summary>
    /// The index in <see cref="Templates"/> for a value of the source. Without expressions
    /// nothing is allocated.
    /// </summary>
    /// <param name="value">The evaluated source.</param>
    /// <param name="captures">Who is told what an expression captured.</param>
    public int Find(ReadOnlySpan<byte> value, ICaptures captures)
    {
        if (isOfHostnames && value.EndsWith((byte)'.'))
            value = value[..^1];
        if (TryFindLowered(value, out var index))
            return index;
        return expressions.Length == 0 || value.IsEmpty ? 0 : FindByExpression(value, captures);
    }

    /// <summary>
    /// Compiles the expressions, a millisecond or two each: once, on a thread that may take its
    /// time. Searches may be under way.
    /// </summary>
    public void CompileExpressions()
    {
        foreach (var expression in expressions)
            expression.Compile();
    }

    bool TryFindLowered(ReadOnlySpan<byte> value, out int index)
    {
        byte[]? rented = null;
        var room = value.Length <= MatchingLimits.StackBytes
            ? stackalloc byte[MatchingLimits.StackBytes]
            : rented = ArrayPool<byte>.Shared.Rent(value.Length);
        var lowered = room[..value.Length];
        for (var i = 0; i < value.Length; i++)
            lowered[i] = ToLower(value[i]);
        var isFound = values.TryFind(lowered, out index);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return isFound;
    }

    /// <summary>Bytes above 127 are no letters.</summary>
    static byte ToLower(byte value) =>
        value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    int FindByExpression(ReadOnlySpan<byte> value, ICaptures captures)
    {
        using var text = new WideText(value, stackalloc char[MatchingLimits.StackBytes]);
        for (var i = 0; i < expressions.Length; i++)
        {
            if (expressions[i].Match(text.Chars, value, captures) == ExpressionResult.Match)
                return firstExpression + i;
        }
        return 0;
    }

    static FrozenDictionary<string, int> Number(
        FrozenDictionary<string, Template> values, ImmutableArray<Template>.Builder templates)
    {
        var numbers = new Dictionary<string, int>();
        foreach (var (key, template) in values)
        {
            numbers.Add(key, templates.Count);
            templates.Add(template);
        }
        return numbers.ToFrozenDictionary();
    }
}
