using System.Buffers.Text;

namespace Sluice.Proxy.Http1;

/// <summary>
/// Writes the lines around chunks: size line, data, <see cref="DataEnd"/>; at the end
/// <see cref="LastChunk"/>, or <see cref="LastSize"/>, the trailers and <see cref="DataEnd"/>.
/// </summary>
public static class ChunkedWriter
{
    /// <summary>Bytes of the longest size line: 16 digits and CR LF.</summary>
    public const int SizeLineMax = 18;

    /// <summary>What follows the data of each chunk, and the trailers.</summary>
    public static ReadOnlySpan<byte> DataEnd => "\r\n"u8;

    /// <summary>The end of a body without trailers.</summary>
    public static ReadOnlySpan<byte> LastChunk => "0\r\n\r\n"u8;

    /// <summary>The size line before trailers.</summary>
    public static ReadOnlySpan<byte> LastSize => "0\r\n"u8;

    /// <summary>
    /// Writes the size line of a chunk of <paramref name="size"/> bytes, in small hexadecimal
    /// digits as nginx does, and answers its length. The size must not be 0: that ends a body.
    /// </summary>
    public static int WriteSizeLine(long size, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(size, destination, out var written, new('x'));
        destination[written++] = (byte)'\r';
        destination[written++] = (byte)'\n';
        return written;
    }
}
