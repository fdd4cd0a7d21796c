using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

public class PollingPayloadTests
{
    [Theory]
    [InlineData("4a", "4a")]
    [InlineData("4a\u001e4b", "4a|4b")]
    [InlineData("", "")]
    [InlineData("4a\u001e", "4a|")]
    [InlineData("bAQID", "<010203>")]
    [InlineData("bAQ==", "<01>")]
    [InlineData("bAQ", "<01>")]
    [InlineData("b+/8=", "<FBFF>")]
    [InlineData("b-_8", "<FBFF>")]
    [InlineData("b", "<>")]
    [InlineData("bA", "<>")]
    [InlineData("b00", "<D3>")]
    [InlineData("bA%Q I\nD", "<010203>")]
    [InlineData("bAQ==AQID", "<01>")]
    [InlineData("b====", "<>")]
    public void A_body_is_read_packet_by_packet(string body, string packets) =>
        Assert.Equal(packets, Shown(Read(body)));

    [Fact]
    public void What_is_no_utf8_is_read_as_Node_reads_it()
    {
        var packets = new List<EngineMessage>();
        Assert.True(PollingPayload.TryRead([0x34, 0xc3, 0x1e, 0x34, 0xc3, 0xa9], packets));
        Assert.Equal(
            ["4\ufffd", "4é"],
            packets.Select(packet => Encoding.UTF8.GetString(packet.Bytes.Span)));
        Assert.Equal("34EFBFBD", Convert.ToHexString(packets[0].Bytes.Span));
    }

    [Fact]
    public void A_body_of_too_many_packets_is_refused()
    {
        Assert.NotNull(Read(new string('\u001e', EngineLimits.PacketsPerPost - 1)));
        Assert.Null(Read(new string('\u001e', EngineLimits.PacketsPerPost)));
    }

    [Fact]
    public void What_is_written_is_read_again() => Prop.ForAll<byte[][]>(pieces =>
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var piece in pieces)
        {
            // A text of any packet but a separator in it, which JSON escapes.
            var text = Encoding.UTF8.GetBytes("4" + Convert.ToHexString(piece));
            PollingPayload.Append(body, new EngineMessage(text, IsBinary: false));
            PollingPayload.Append(body, new EngineMessage(piece, IsBinary: true));
        }
        var read = new List<EngineMessage>();
        Assert.True(PollingPayload.TryRead(body.WrittenSpan, read));
        if (pieces.Length > 0)
        {
            Assert.Equal(
                pieces.Select(Convert.ToHexString),
                read.Where(packet => packet.IsBinary)
                    .Select(packet => Convert.ToHexString(packet.Bytes.Span)));
        }
    }).QuickCheckThrowOnFailure();

    static List<EngineMessage>? Read(string body)
    {
        var packets = new List<EngineMessage>();
        return PollingPayload.TryRead(Encoding.UTF8.GetBytes(body), packets) ? packets : null;
    }

    static string Shown(List<EngineMessage>? packets) => string.Join('|', packets!.Select(packet =>
        packet.IsBinary
            ? $"<{Convert.ToHexString(packet.Bytes.Span)}>"
            : Encoding.UTF8.GetString(packet.Bytes.Span)));
}
