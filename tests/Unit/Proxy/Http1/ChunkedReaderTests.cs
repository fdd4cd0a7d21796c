using System.Text;
using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class ChunkedReaderTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", "hello, world")]
    [InlineData("A\r\n0123456789\r\n0\r\n\r\n", "0123456789")]
    [InlineData("00000005\r\nhello\r\n000\r\n\r\n", "hello")]
    [InlineData("5;a=b;c\r\nhello\r\n0;d\r\n\r\n", "hello")]
    [InlineData("5 \r\nhello\r\n0\t\r\n\r\n", "hello")]
    [InlineData("5 ; a=\"\u00e4\tb\"\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("2\r\n\r\n\r\n0\r\n\r\n", "\r\n")]
    public void Body_is_read_in_one_piece_and_byte_by_byte(string text, string data)
    {
        var whole = new ChunkedReader();
        Assert.Equal((ChunkedStatus.Done, data, text.Length), Read(whole, text + "rest", 999));
        var bytewise = new ChunkedReader();
        Assert.Equal((ChunkedStatus.Done, data, text.Length), Read(bytewise, text + "rest", 1));
        Assert.Equal(data.Length, whole.BodyBytes);
        Assert.Equal(0, whole.Trailers.Length);
    }

    [Theory]
    [InlineData("\r\n", ChunkedRejection.InvalidSize)]
    [InlineData(";a\r\n", ChunkedRejection.InvalidSize)]
    [InlineData(" 5\r\n", ChunkedRejection.InvalidSize)]
    [InlineData("-5\r\n", ChunkedRejection.InvalidSize)]
    [InlineData("+5\r\n", ChunkedRejection.InvalidSize)]
    [InlineData("0x5\r\n", ChunkedRejection.InvalidSize)]
    [InlineData("5g\r\n", ChunkedRejection.InvalidSize)]
    [InlineData("5\n", ChunkedRejection.InvalidSize)]
    [InlineData("5\0", ChunkedRejection.InvalidSize)]
    [InlineData("8000000000000000\r\n", ChunkedRejection.InvalidSize)]
    [InlineData("10000000000000005\r\n", ChunkedRejection.InvalidSize)]
    [InlineData("5\rhello", ChunkedRejection.InvalidLine)]
    [InlineData("5;a\n", ChunkedRejection.InvalidLine)]
    [InlineData("5;a\0\r\n", ChunkedRejection.InvalidLine)]
    [InlineData("5;a\rb\r\n", ChunkedRejection.InvalidLine)]
    [InlineData("5;a\r\r\n", ChunkedRejection.InvalidLine)]
    [InlineData("5\r\nhello\n0\r\n", ChunkedRejection.InvalidDataEnd)]
    [InlineData("5\r\nhello!\r\n0\r\n", ChunkedRejection.InvalidDataEnd)]
    [InlineData("5\r\nhello\r0\r\n", ChunkedRejection.InvalidDataEnd)]
    [InlineData("0\r\nA: b\n\r\n", ChunkedRejection.InvalidTrailer)]
    [InlineData("0\r\n\n", ChunkedRejection.InvalidTrailer)]
    [InlineData("0\r\n folded\r\n\r\n", ChunkedRejection.InvalidTrailer)]
    [InlineData("0\r\nA b: c\r\n\r\n", ChunkedRejection.InvalidTrailer)]
    [InlineData("0\r\nA: \x01\r\n\r\n", ChunkedRejection.InvalidTrailer)]
    [InlineData("0\r\nA: b\rc\r\n\r\n", ChunkedRejection.InvalidTrailer)]
    public void Malformed_body_is_refused(string text, ChunkedRejection rejection)
    {
        var whole = new ChunkedReader();
        Assert.Equal(ChunkedStatus.Rejected, Read(whole, text, 999).Status);
        Assert.Equal(rejection, whole.Rejection);
        var bytewise = new ChunkedReader();
        Assert.Equal(ChunkedStatus.Rejected, Read(bytewise, text, 1).Status);
        Assert.Equal(rejection, bytewise.Rejection);
    }

    [Fact]
    public void Largest_size_is_read()
    {
        var reader = new ChunkedReader();
        Assert.Equal(
            (ChunkedStatus.Data, "abc", 21), Read(reader, "7fffffffffffffff\r\nabc", 999));
        Assert.Equal(long.MaxValue - 3, reader.ChunkRemaining);
    }

    [Fact]
    public void Data_is_answered_where_it_lies()
    {
        var reader = new ChunkedReader();
        var status = reader.Read("5\r\nhello\r\n"u8, out var consumed, out var data);
        Assert.Equal((ChunkedStatus.Data, 8), (status, consumed));
        Assert.Equal(new HeadRange(3, 5), data);
        status = reader.Read("\r\n"u8, out consumed, out data);
        Assert.Equal((ChunkedStatus.NeedMore, 2), (status, consumed));
        Assert.True(data.IsNone);
    }

    [Fact]
    public void Nothing_is_consumed_after_the_end()
    {
        var reader = new ChunkedReader();
        Read(reader, "0\r\n\r\n", 999);
        Assert.Equal(ChunkedStatus.Done, reader.Read("5\r\n"u8, out var consumed, out _));
        Assert.Equal(0, consumed);
    }

    [Fact]
    public void Trailers_are_kept_without_those_that_frame_or_authorise()
    {
        var reader = new ChunkedReader();
        Read(reader, "0\r\nX-Sum: 1\r\nContent-Length: 5\r\nHost: b\r\nx_Y:  z \r\n\r\n", 3);
        var fields = new List<string>();
        foreach (var field in reader.Trailers)
        {
            var name = Of(field.Name(reader.TrailerBytes));
            fields.Add($"{name}={Of(field.Value(reader.TrailerBytes))}");
        }
        Assert.Equal(["X-Sum=1", "x_Y=z"], fields);
    }

    [Fact]
    public void Reset_makes_ready_for_another_body()
    {
        var reader = new ChunkedReader();
        Read(reader, "1;a\r\nx\r\n0\r\nA: b\r\n\r\n", 999);
        Assert.Equal(1, reader.Trailers.Length);
        reader.Reset();
        Assert.Equal(0, reader.Trailers.Length + reader.TrailerBytes.Length);
        Assert.Equal(
            (ChunkedStatus.Done, "y", 11), Read(reader, "1\r\ny\r\n0\r\n\r\n", 999));
        Assert.Equal(1, reader.BodyBytes);
    }

    [Fact]
    public void Reader_that_refused_serves_another_body_after_reset()
    {
        var reader = new ChunkedReader();
        Read(reader, "x", 999);
        reader.Reset();
        Assert.Equal(ChunkedRejection.None, reader.Rejection);
        Assert.Equal(ChunkedStatus.Done, Read(reader, "0\r\n\r\n", 999).Status);
    }

    [Fact]
    public void Size_of_as_many_digits_as_there_may_be_is_read_and_one_more_is_refused()
    {
        var most = new string('0', Http1Limits.ChunkSizeDigitsMax);
        Assert.Equal(ChunkedStatus.Done, Read(new(), most + "\r\n\r\n", 999).Status);
        Assert.Equal(ChunkedStatus.Rejected, Read(new(), most + "0\r\n\r\n", 999).Status);
    }

    [Fact]
    public void Extension_as_long_as_it_may_be_is_read_and_a_longer_one_is_refused()
    {
        var most = ";" + new string('a', Http1Limits.ChunkExtensionBytesMax - 1);
        Assert.Equal(ChunkedStatus.Done, Read(new(), $"0{most}\r\n\r\n", 999).Status);
        var reader = new ChunkedReader();
        Assert.Equal(ChunkedStatus.Rejected, Read(reader, $"0{most}a\r\n\r\n", 999).Status);
        Assert.Equal(ChunkedRejection.TooMuchExtension, reader.Rejection);
    }

    [Fact]
    public void Body_of_extensions_is_refused_and_one_with_as_much_data_is_served()
    {
        var extension = ";" + new string('a', 99);
        var idle = string.Concat(Enumerable.Repeat($"1{extension}\r\nx\r\n", 1000));
        var reader = new ChunkedReader();
        Assert.Equal(ChunkedStatus.Rejected, Read(reader, idle, 999).Status);
        Assert.Equal(ChunkedRejection.TooMuchExtension, reader.Rejection);
        var busy = string.Concat(
            Enumerable.Repeat($"64{extension}\r\n{new string('x', 100)}\r\n", 1000));
        Assert.Equal(ChunkedStatus.NeedMore, Read(new(), busy, 999).Status);
    }

    [Fact]
    public void Trailers_beyond_their_bounds_are_refused()
    {
        var lines = string.Concat(Enumerable.Repeat("A: b\r\n", Http1Limits.TrailerFieldsMax));
        Assert.Equal(ChunkedStatus.Done, Read(new(), $"0\r\n{lines}\r\n", 999).Status);
        var reader = new ChunkedReader();
        Assert.Equal(ChunkedStatus.Rejected, Read(reader, $"0\r\n{lines}A: b\r\n\r\n", 999).Status);
        Assert.Equal(ChunkedRejection.TooLargeTrailer, reader.Rejection);

        var most = new string('a', Http1Limits.TrailerBytesMax - "A: \r\n\r\n".Length);
        Assert.Equal(ChunkedStatus.Done, Read(new(), $"0\r\nA: {most}\r\n\r\n", 999).Status);
        reader.Reset();
        Assert.Equal(
            ChunkedStatus.Rejected, Read(reader, $"0\r\nA: {most}a\r\n\r\n", 999).Status);
        Assert.Equal(ChunkedRejection.TooLargeTrailer, reader.Rejection);
    }

    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(255, "ff\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(long.MaxValue, "7fffffffffffffff\r\n")]
    public void Size_line_is_written_in_hexadecimal(long size, string line)
    {
        var buffer = new byte[ChunkedWriter.SizeLineMax];
        Assert.Equal(line, Of(buffer.AsSpan(0, ChunkedWriter.WriteSizeLine(size, buffer))));
    }

    static (ChunkedStatus Status, string Data, int Consumed) Read(
        ChunkedReader reader, string text, int pieceLength)
    {
        var bytes = Bytes(text);
        var data = new StringBuilder();
        var status = ChunkedStatus.NeedMore;
        var start = 0;
        while (start < bytes.Length && status is ChunkedStatus.NeedMore or ChunkedStatus.Data)
        {
            var piece = bytes.AsSpan(start, Math.Min(pieceLength, bytes.Length - start));
            status = reader.Read(piece, out var consumed, out var range);
            data.Append(Of(range.Of(piece)));
            start += consumed;
        }
        return (status, data.ToString(), start);
    }
}
