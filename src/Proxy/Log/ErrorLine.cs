using System.Buffers.Text;
using System.Text;

namespace Sluice.Proxy.Log;

/// <summary>
/// One line of the error log while it is put together, in the caller's memory. What does not fit
/// is cut, as nginx cuts at NGX_MAX_ERROR_STR; there is always room for the line feed.
/// </summary>
ref struct ErrorLine(Span<byte> buffer)
{
    readonly Span<byte> buffer = buffer;
    int length;

    /// <summary>Text of ours.</summary>
    public void Add(scoped ReadOnlySpan<byte> text)
    {
        int count = Math.Min(text.Length, buffer.Length - 1 - length);
        text[..count].CopyTo(buffer[length..]);
        length += count;
    }

    public void Add(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, digits, out int count);
        Add(digits[..count]);
    }

    /// <summary>
    /// A message of ours, one char a byte; paths in it may be anything, so control characters
    /// are escaped.
    /// </summary>
    public void AddLatin1(scoped ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            byte value = (byte)c;
            if (value is < 0x20 or 0x7F)
                AddEscaped([value]);
            else
                Add([value]);
        }
    }

    /// <summary>
    /// A message that quotes foreign bytes: its quotes stay, what is not printable is escaped.
    /// </summary>
    public void AddGuarded(scoped ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            if (value is < 0x20 or >= 0x7F)
                AddEscaped([value]);
            else
                Add([value]);
        }
    }

    /// <summary>What a client or a peer chose.</summary>
    public void AddEscaped(scoped ReadOnlySpan<byte> text) =>
        length += LogEscaping.Escape(text, buffer[length..^1]);

    /// <summary>" (111: Connection refused)"; nothing for zero.</summary>
    public void AddErrno(int errno)
    {
        if (errno == 0)
            return;
        Add(" ("u8);
        Add(errno);
        Add(": "u8);
        Span<byte> text = stackalloc byte[64];
        Encoding.ASCII.TryGetBytes(Net.Errno.Text(errno), text, out int count);
        Add(text[..count]);
        Add(")"u8);
    }

    public ReadOnlySpan<byte> End()
    {
        buffer[length++] = (byte)'\n';
        return buffer[..length];
    }
}
