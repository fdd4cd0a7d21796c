using Sluice.Config.Model;
using Sluice.Proxy.Log;
using Sluice.Proxy.Matching;

namespace Sluice.Proxy.Variables;

/// <summary>
/// A variable of <c>map</c>: looked up when it is asked for, and kept for the rest of the
/// exchange unless the map is volatile.
/// </summary>
sealed class MapVariable : Variable
{
    readonly MapConfig config;
    readonly MapTable table;
    readonly int slot;
    CompiledText source = null!;
    CompiledText[] values = [];
    ExchangeParts? reads;

    public MapVariable(MapConfig config, int slot) : base(config.Variable)
    {
        this.config = config;
        this.slot = slot;
        table = new(config);
    }

    /// <summary>Maps may refer to each other, so their texts are compiled when all are known.</summary>
    public void Compile(VariableTable variables)
    {
        source = variables.Compile(config.Source);
        values = [.. table.Templates.Select(variables.Compile)];
    }

    public override bool Append(Exchange exchange, ByteBuilder to)
    {
        var state = exchange.Values[slot].State;
        if (state == ValueState.Evaluating)
        {
            exchange.Location.Errors.VariableCycle(exchange, Name);
            return false;
        }
        if (config.Volatile)
        {
            exchange.Values[slot].State = ValueState.Evaluating;
            Choose(exchange).Append(exchange, to);
            exchange.Values[slot].State = ValueState.Unknown;
            return true;
        }
        if (state == ValueState.Unknown)
        {
            exchange.Values[slot].State = ValueState.Evaluating;
            var range = Choose(exchange).Keep(exchange);
            exchange.Values[slot] = new(ValueState.Found, range);
        }
        to.Append(KeptValues.Get(exchange, exchange.Values[slot].Range));
        return true;
    }

    public override ExchangeParts Reads
    {
        get
        {
            if (reads is { } known)
                return known;
            // A map that leads back here adds nothing to the answer.
            reads = ExchangeParts.Values;
            return (reads = values.Aggregate(
                ExchangeParts.Values | source.Reads, static (all, value) => all | value.Reads))
                .Value;
        }
    }

    /// <summary>The text that the source's value leads to.</summary>
    CompiledText Choose(Exchange exchange)
    {
        var scratch = exchange.Worker.Scratch;
        int start = scratch.Length;
        source.Append(exchange, scratch);
        int index = table.Find(scratch.From(start), exchange);
        scratch.Release(start);
        return values[index];
    }
}
