namespace Sluice.Proxy.Variables;

/// <summary>What variables keep in an exchange, in <see cref="Exchange.Kept"/>.</summary>
static class KeptValues
{
    /// <summary>Copies bytes to where they live as long as the exchange.</summary>
    public static ArenaRange Add(Exchange x, ReadOnlySpan<byte> value)
    {
        int start = x.Kept.Length;
        x.Kept.Append(value);
        return new(start, value.Length);
    }

    public static ReadOnlySpan<byte> Get(Exchange x, ArenaRange range) =>
        x.Kept.Slice(range.Offset, range.Length);
}
