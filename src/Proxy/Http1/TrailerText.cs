namespace Sluice.Proxy.Http1;

/// <summary>Writes the trailers of a chunked body, and the empty line behind them.</summary>
static class TrailerText
{
    public static void Append(
        ByteBuilder to, ReadOnlySpan<HeaderField> trailers, ReadOnlySpan<byte> bytes)
    {
        foreach (ref readonly var trailer in trailers)
        {
            to.Append(trailer.Name(bytes));
            to.Append(": "u8);
            to.Append(trailer.Value(bytes));
            to.Append("\r\n"u8);
        }
        to.Append("\r\n"u8);
    }
}
