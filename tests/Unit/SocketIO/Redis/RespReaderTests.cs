using System.Globalization;
using System.Text;
using Sluice.SocketIO.Redis;

namespace Sluice.Unit.SocketIO.Redis;

/// <summary>What Redis answers, in pieces of any size.</summary>
public sealed class RespReaderTests
{
    const string everything =
        "+OK\r\n-ERR no\r\n:-12\r\n$5\r\na\r\nb!\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n"
        + "*3\r\n$1\r\nx\r\n*2\r\n:1\r\n*1\r\n+y\r\n$-1\r\n";

    const string expected =
        """OK|error ERR no|-12|"a\r\nb!"|""|null|null|[]|["x",[1,[y]],null]""";

    [Fact]
    public void Every_kind_of_value_is_read() => Assert.Equal(expected, Read(everything.Length));

    [Fact]
    public void Values_may_come_in_pieces_of_any_size()
    {
        for (var size = 1; size < everything.Length; size++)
            Assert.Equal(expected, Read(size));
    }

    [Fact]
    public void A_value_larger_than_its_first_piece_of_memory_is_whole()
    {
        var text = new string('x', 300_000);
        var reader = new RespReader();
        ReadOnlySpan<byte> input = Encoding.ASCII.GetBytes($"${text.Length}\r\n{text}\r\n");
        Assert.Equal(RespStatus.Complete, reader.Read(ref input, out var value));
        Assert.Equal(text, value.Text);
    }

    [Theory]
    [InlineData("hello\r\n")]
    [InlineData("\r\n")]
    [InlineData(":\r\n")]
    [InlineData(":1x\r\n")]
    [InlineData(":1\n")]
    [InlineData("$-2\r\n")]
    [InlineData("*-2\r\n")]
    [InlineData("*1000001\r\n")]
    [InlineData("$1\r\nabc")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    public void What_is_not_RESP_is_refused(string text)
    {
        ReadOnlySpan<byte> input = Encoding.ASCII.GetBytes(text);
        Assert.Equal(RespStatus.Rejected, new RespReader().Read(ref input, out _));
    }

    [Fact]
    public void Arrays_nest_only_so_deep()
    {
        static RespStatus Nest(int depth)
        {
            ReadOnlySpan<byte> input = Encoding.ASCII.GetBytes(
                string.Concat(Enumerable.Repeat("*1\r\n", depth)) + ":1\r\n");
            return new RespReader().Read(ref input, out _);
        }

        Assert.Equal(RespStatus.Complete, Nest(Limits.ArrayDepthMax));
        Assert.Equal(RespStatus.Rejected, Nest(Limits.ArrayDepthMax + 1));
    }

    [Fact]
    public void A_line_is_bounded()
    {
        var reader = new RespReader();
        ReadOnlySpan<byte> input = new byte[Limits.LineBytesMax + 1];
        Assert.Equal(RespStatus.Rejected, reader.Read(ref input, out _));
    }

    [Fact]
    public void A_value_beyond_the_limit_is_read_past_without_memory()
    {
        var reader = new RespReader();
        ReadOnlySpan<byte> head = Encoding.ASCII.GetBytes($"${Limits.ValueBytesMax + 1L}\r\n");
        Assert.Equal(RespStatus.NeedMore, reader.Read(ref head, out _));
        var piece = new byte[1024 * 1024];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (long left = Limits.ValueBytesMax + 1L; left > 0; left -= piece.Length)
        {
            ReadOnlySpan<byte> input = piece.AsSpan(0, (int)Math.Min(left, piece.Length));
            Assert.Equal(RespStatus.NeedMore, reader.Read(ref input, out _));
        }

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
        ReadOnlySpan<byte> rest = "\r\n:1\r\n"u8;
        Assert.Equal(RespStatus.Complete, reader.Read(ref rest, out var skipped));
        Assert.True(skipped.IsNull);
        Assert.Equal(RespStatus.Complete, reader.Read(ref rest, out var next));
        Assert.Equal(1, next.Number);
    }

    static string Read(int size)
    {
        var reader = new RespReader();
        var found = new List<string>();
        foreach (var piece in Encoding.ASCII.GetBytes(everything).Chunk(size))
        {
            ReadOnlySpan<byte> input = piece;
            while (reader.Read(ref input, out var value) == RespStatus.Complete)
                found.Add(Show(value));
            Assert.True(input.IsEmpty);
        }

        return string.Join('|', found)
            .Replace("\"OK\"", "OK", StringComparison.Ordinal)
            .Replace("\"y\"", "y", StringComparison.Ordinal);
    }

    static string Show(RedisValue value) => value.Kind switch
    {
        RedisValueKind.Null => "null",
        RedisValueKind.Number => value.Number.ToString(CultureInfo.InvariantCulture),
        RedisValueKind.Error => "error " + value.Text,
        RedisValueKind.Array => "[" + string.Join(
            ',', value.Items.Select(Show)) + "]",
        _ => "\"" + value.Text.Replace("\r\n", "\\r\\n", StringComparison.Ordinal) + "\"",
    };
}
