using System.Collections.Immutable;
using Sluice.Config.Model;

namespace Sluice.Proxy.Log;

/// <summary>One part of a log line: bytes of the format, or the value of a variable.</summary>
public readonly record struct LinePart(byte[]? Literal, IExchangeValue? Value);

/// <summary>A <c>log_format</c> made ready. Writing a line allocates nothing.</summary>
public sealed class LineFormat(LogEscape escape, ImmutableArray<LinePart> parts)
{
    /// <summary>What the values are made of.</summary>
    public ExchangeParts Reads { get; } = parts.Aggregate(
        ExchangeParts.None,
        static (reads, part) => reads | (part.Value?.Reads ?? ExchangeParts.None));

    /// <summary>Appends the line of an exchange, without its end.</summary>
    public void Append(Exchange exchange, ByteBuilder to)
    {
        foreach (ref readonly var part in parts.AsSpan())
        {
            if (part.Value is null)
            {
                to.Append(part.Literal);
                continue;
            }
            int start = to.Length;
            if (part.Value.Append(exchange, to))
                LogEscaping.EscapeFrom(to, start, escape);
            else if (escape == LogEscape.Default)
                to.Append((byte)'-');
        }
    }
}
