namespace Sluice.Proxy.Log;

/// <summary>What a log line asks an exchange for: a variable, or a text made of variables.</summary>
public interface IExchangeValue
{
    /// <summary>
    /// Appends the value; false, with nothing appended, when there is none. The arena of
    /// variables (<see cref="Exchange.Kept"/>) is not a place to append to.
    /// </summary>
    bool Append(Exchange exchange, ByteBuilder to);

    /// <summary>What the value is made of, of that which a tunnel keeps only when a log asks.</summary>
    ExchangeParts Reads { get; }
}

/// <summary>Parts of an exchange that many logs have no use for.</summary>
[Flags]
public enum ExchangeParts
{
    None = 0,

    /// <summary>The heads of the answer, as it came and as it was sent.</summary>
    Answer = 1,

    /// <summary>Values of <c>set</c>, <c>map</c> and named groups.</summary>
    Values = 2,

    /// <summary><c>$1</c> to <c>$9</c>.</summary>
    Captures = 4,
}
