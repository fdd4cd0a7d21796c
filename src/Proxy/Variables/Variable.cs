using Sluice.Proxy.Log;

namespace Sluice.Proxy.Variables;

/// <summary>One variable of a configuration: how its value in an exchange is found.</summary>
public abstract class Variable(string name) : IExchangeValue
{
    /// <summary>In lower case, without <c>$</c>.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// Appends the value to anything but <see cref="Exchange.Kept"/>; false, with nothing
    /// appended, when the exchange has none. Logs then print "-", texts nothing.
    /// </summary>
    public abstract bool Append(Exchange exchange, ByteBuilder to);

    public virtual ExchangeParts Reads => ExchangeParts.None;
}

/// <summary>A variable that <c>set</c> may write.</summary>
public abstract class SettableVariable(string name) : Variable(name)
{
    /// <summary>Evaluates the text and keeps it as the variable's value.</summary>
    public abstract void Set(Exchange exchange, CompiledText value);
}

/// <summary>How a built-in variable's value is found.</summary>
delegate bool VariableFunction(Exchange x, ByteBuilder to);

/// <summary>A built-in variable: a row of one of the tables.</summary>
sealed class BuiltInVariable(
    string name, VariableFunction append, ExchangeParts reads = ExchangeParts.None)
    : Variable(name)
{
    public override bool Append(Exchange exchange, ByteBuilder to) => append(exchange, to);

    public override ExchangeParts Reads => reads;
}

/// <summary>A variable whose value is the same in every exchange of the process.</summary>
sealed class ConstantVariable(string name, byte[] value) : Variable(name)
{
    internal byte[] Value { get; } = value;

    public override bool Append(Exchange exchange, ByteBuilder to)
    {
        to.Append(Value);
        return true;
    }
}

/// <summary>
/// A variable that nginx knows and that has no value here: of TLS on a plain connection, of a
/// cache or a limit that is not configured.
/// </summary>
sealed class AbsentVariable(string name) : Variable(name)
{
    public override bool Append(Exchange exchange, ByteBuilder to) => false;
}
