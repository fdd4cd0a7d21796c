using Sluice.Proxy.Log;

namespace Sluice.Proxy.Variables;

/// <summary>A variable of <c>set</c> or of a named group: its value is in the exchange.</summary>
/// <param name="name">Its name.</param>
/// <param name="slot">Where the value is in <see cref="Exchange.Values"/>.</param>
/// <param name="isCaptured">Some expression has a group of this name.</param>
/// <param name="own">nginx's variable of this name, which is there until it is written.</param>
sealed class SlotVariable(string name, int slot, bool isCaptured, Variable? own = null)
    : SettableVariable(name)
{
    /// <summary>Where the value is in <see cref="Exchange.Values"/>.</summary>
    public int Slot { get; } = slot;

    /// <summary>
    /// Before it is written, a named group's variable is not found; one of <c>set</c> is what
    /// nginx has by this name (<c>$http_x</c>, <c>$proxy_host</c>), else empty, with a warning.
    /// </summary>
    public override bool Append(Exchange exchange, ByteBuilder to)
    {
        ref readonly var value = ref exchange.Values[Slot];
        if (value.State == ValueState.Found)
        {
            to.Append(KeptValues.Get(exchange, value.Range));
            return true;
        }
        if (isCaptured)
            return false;
        if (own is not null)
            return own.Append(exchange, to);
        exchange.Location.Errors.UninitializedVariable(exchange, Name);
        return true;
    }

    public override ExchangeParts Reads =>
        ExchangeParts.Values | (own?.Reads ?? ExchangeParts.None);

    public override void Set(Exchange exchange, CompiledText value) =>
        exchange.Values[Slot] = new(ValueState.Found, value.Keep(exchange));
}

/// <summary><c>$args</c>, which <c>set</c> changes for what is sent upstream too.</summary>
sealed class ArgsVariable() : SettableVariable("args")
{
    public override bool Append(Exchange exchange, ByteBuilder to) =>
        RequestVariables.AppendArgs(exchange, to);

    public override void Set(Exchange exchange, CompiledText value)
    {
        var range = value.Keep(exchange);
        exchange.Args.Clear();
        exchange.Args.Append(KeptValues.Get(exchange, range));
        exchange.IsUriUnchanged = false;
    }
}
