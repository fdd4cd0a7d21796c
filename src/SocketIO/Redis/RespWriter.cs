using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sluice.SocketIO.Redis;

/// <summary>Writes commands as Redis takes them: an array of byte strings.</summary>
static class RespWriter
{
    public static void Write(
        IBufferWriter<byte> output, string command,
        IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        WriteHead(output, (byte)'*', 1 + arguments.Count);
        WriteBytes(output, Encoding.ASCII.GetBytes(command));
        for (var i = 0; i < arguments.Count; i++)
            WriteBytes(output, arguments[i].Span);
    }

    static void WriteBytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        WriteHead(output, (byte)'$', bytes.Length);
        output.Write(bytes);
        output.Write("\r\n"u8);
    }

    static void WriteHead(IBufferWriter<byte> output, byte type, int number)
    {
        var span = output.GetSpan(16);
        span[0] = type;
        Utf8Formatter.TryFormat(number, span[1..], out var digits);
        "\r\n"u8.CopyTo(span[(1 + digits)..]);
        output.Advance(1 + digits + 2);
    }
}
