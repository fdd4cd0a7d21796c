namespace Sluice.Proxy.Log;

/// <summary>What a log line asks an exchange for: a variable, or a text made of variables.</summary>
public interface IExchangeValue
{
    /// <summary>
    /// Appends the value; false, with nothing appended, when there is none. The arena of
    /// variables (<see cref="Exchange.Kept"/>) is not a place to append to.
    /// </summary>
    bool Append(Exchange exchange, ByteBuilder to);

    /// <summary>
    /// The value is made of the heads of the answer: what a tunnel keeps only when a log asks.
    /// </summary>
    bool ReadsAnswer { get; }
}
