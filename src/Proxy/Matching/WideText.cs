using System.Buffers;
using System.Text;

namespace Sluice.Proxy.Matching;

/// <summary>
/// Bytes as the characters that expressions run over, one for each byte (Latin-1); on the stack
/// when they are few.
/// </summary>
ref struct WideText
{
    char[]? rented;

    internal WideText(ReadOnlySpan<byte> bytes, Span<char> room)
    {
        if (bytes.Length > room.Length)
            room = rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        Encoding.Latin1.GetChars(bytes, room);
        Chars = room[..bytes.Length];
    }

    internal ReadOnlySpan<char> Chars { get; }

    public void Dispose()
    {
        if (rented is not null)
            ArrayPool<char>.Shared.Return(rented);
        rented = null;
    }
}
