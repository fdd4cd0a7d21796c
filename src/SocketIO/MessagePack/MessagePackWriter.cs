using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Sluice.SocketIO.MessagePack;

/// <summary>
/// Writes MessagePack, every number and length in its shortest form, as notepack.io 3 does, so
/// that bytes can be compared with those of Node.js.
/// </summary>
readonly struct MessagePackWriter(IBufferWriter<byte> output)
{
    public void WriteNil() => WriteByte(0xc0);

    public void Write(bool value) => WriteByte(value ? (byte)0xc3 : (byte)0xc2);

    public void Write(long value)
    {
        switch (value)
        {
            case >= 0:
                Write((ulong)value);
                break;
            case >= -0x20:
                WriteByte((byte)value);
                break;
            case >= sbyte.MinValue:
                Write(0xd0, (ulong)value, 1);
                break;
            case >= short.MinValue:
                Write(0xd1, (ulong)value, 2);
                break;
            case >= int.MinValue:
                Write(0xd2, (ulong)value, 4);
                break;
            default:
                Write(0xd3, (ulong)value, 8);
                break;
        }
    }

    public void Write(ulong value)
    {
        switch (value)
        {
            case <= 0x7f:
                WriteByte((byte)value);
                break;
            case <= byte.MaxValue:
                Write(0xcc, value, 1);
                break;
            case <= ushort.MaxValue:
                Write(0xcd, value, 2);
                break;
            case <= uint.MaxValue:
                Write(0xce, value, 4);
                break;
            default:
                Write(0xcf, value, 8);
                break;
        }
    }

    public void Write(double value) =>
        Write(0xcb, BitConverter.DoubleToUInt64Bits(value), 8);

    /// <summary>A short string of the program's own, such as a key.</summary>
    public void Write(string text) => WriteString(Encoding.UTF8.GetBytes(text));

    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < 0x20)
            WriteByte((byte)(0xa0 | utf8.Length));
        else
            WriteLength(0xd9, utf8.Length, hasByteForm: true);
        output.Write(utf8);
    }

    public void WriteBinary(ReadOnlySpan<byte> bytes)
    {
        WriteLength(0xc4, bytes.Length, hasByteForm: true);
        output.Write(bytes);
    }

    /// <summary>So many values must follow.</summary>
    public void WriteArray(int count)
    {
        if (count < 0x10)
            WriteByte((byte)(0x90 | count));
        else
            WriteLength(0xdc, count, hasByteForm: false);
    }

    /// <summary>So many pairs of key and value must follow.</summary>
    public void WriteMap(int count)
    {
        if (count < 0x10)
            WriteByte((byte)(0x80 | count));
        else
            WriteLength(0xde, count, hasByteForm: false);
    }

    void WriteLength(byte firstCode, int length, bool hasByteForm)
    {
        var wordCode = hasByteForm ? firstCode + 1 : firstCode;
        if (hasByteForm && length <= byte.MaxValue)
            Write(firstCode, (ulong)length, 1);
        else if (length <= ushort.MaxValue)
            Write((byte)wordCode, (ulong)length, 2);
        else
            Write((byte)(wordCode + 1), (ulong)length, 4);
    }

    /// <summary>A code, and the low bytes of a number in network order.</summary>
    void Write(byte code, ulong value, int size)
    {
        var span = output.GetSpan(1 + sizeof(ulong));
        span[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], value << 8 * (sizeof(ulong) - size));
        output.Advance(1 + size);
    }

    void WriteByte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
