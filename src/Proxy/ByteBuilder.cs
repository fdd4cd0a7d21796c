using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace Sluice.Proxy;

/// <summary>
/// A growing run of bytes that is kept and reused: what variables, heads and log lines are
/// written into. Spans taken from it are valid until the next append.
/// </summary>
/// <remarks>
/// Used as a stack: remember <see cref="Length"/>, append, look at the slice, then
/// <see cref="Truncate"/>.
/// </remarks>
public sealed class ByteBuilder(int initialBytes)
{
    byte[] bytes = new byte[initialBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public ReadOnlySpan<byte> From(int start) => bytes.AsSpan(start, Length - start);

    public ReadOnlySpan<byte> Slice(int start, int length) => bytes.AsSpan(start, length);

    /// <summary>The written bytes as memory of the builder's current array.</summary>
    public Memory<byte> Memory(int start, int length) => bytes.AsMemory(start, length);

    /// <summary>The written bytes from <paramref name="start"/>, to be changed in place.</summary>
    public Span<byte> Mutable(int start) => bytes.AsSpan(start, Length - start);

    public void Truncate(int length)
    {
        Debug.Assert(length <= Length, "a builder is only cut, never stretched");
        Length = length;
    }

    /// <summary>Forgets everything; an array that grew out of proportion is given up.</summary>
    public void Clear()
    {
        Length = 0;
        if (bytes.Length > Limits.BuilderKeptBytes)
            bytes = new byte[initialBytes];
    }

    /// <summary>Cuts back to a length; when nothing is left, a large array does not stay.</summary>
    public void Release(int length)
    {
        if (length == 0)
            Clear();
        else
            Truncate(length);
    }

    public void Append(byte value)
    {
        if (Length == bytes.Length)
            Grow(1);
        bytes[Length++] = value;
    }

    public void Append(ReadOnlySpan<byte> value)
    {
        if (value.Length > bytes.Length - Length)
            Grow(value.Length);
        value.CopyTo(bytes.AsSpan(Length));
        Length += value.Length;
    }

    /// <summary>A header line: the name, a colon, a blank, the value and CR LF.</summary>
    public void AppendField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var count = name.Length + value.Length + 4;
        var room = Reserve(count)[..count];
        name.CopyTo(room);
        ": "u8.CopyTo(room[name.Length..]);
        value.CopyTo(room[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(room[^2..]);
        Length += count;
    }

    /// <summary>Appends text of the configuration, in which a character is a byte.</summary>
    public void AppendLatin1(ReadOnlySpan<char> text)
    {
        var room = Reserve(text.Length);
        Length += Encoding.Latin1.GetBytes(text, room);
    }

    public void Append(long value)
    {
        var room = Reserve(20);
        Utf8Formatter.TryFormat(value, room, out var written);
        Length += written;
    }

    /// <summary>Milliseconds as seconds with three decimals, as nginx logs times: "0.012".</summary>
    public void AppendSeconds(long milliseconds)
    {
        Append(milliseconds / 1000);
        Append((byte)'.');
        var rest = (int)(milliseconds % 1000);
        Append((byte)('0' + (rest / 100)));
        Append((byte)('0' + (rest / 10 % 10)));
        Append((byte)('0' + (rest % 10)));
    }

    /// <summary>Room for at least <paramref name="count"/> bytes; <see cref="Advance"/> says how many were used.</summary>
    public Span<byte> Reserve(int count)
    {
        if (count > bytes.Length - Length)
            Grow(count);
        return bytes.AsSpan(Length);
    }

    public void Advance(int count)
    {
        Debug.Assert(count <= bytes.Length - Length, "more was written than reserved");
        Length += count;
    }

    void Grow(int more)
    {
        var wanted = Math.Max(bytes.Length * 2L, Length + (long)more);
        Array.Resize(ref bytes, checked((int)Math.Max(wanted, 64)));
    }
}
