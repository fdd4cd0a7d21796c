using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

public class OldPollingPayloadTests
{
    [Theory]
    [InlineData("2:4a", "4a")]
    [InlineData("2:4a3:4bc", "4a|4bc")]
    [InlineData("5:4é😀x", "4é😀x")]
    [InlineData("0:2:4a", "4a")]
    [InlineData("6:b4AQID1:2", "<04010203>|2")]
    [InlineData("4:b4AQ1:2", "<0401>|2")]
    [InlineData("4:b9AQ1:2", "2")]
    [InlineData("1:b1:2", "2")]
    public void A_text_is_read_by_lengths_in_utf16_units(string body, string packets) =>
        Assert.Equal(packets, Shown(Encoding.UTF8.GetBytes(body), isBinary: false));

    [Theory]
    [InlineData("", "refused")]
    [InlineData("2:4a9:4b", "4a|refused")]
    [InlineData("2:4a4b", "4a|refused")]
    [InlineData(":4a", "refused")]
    [InlineData("-1:4a", "refused")]
    [InlineData("1e0:2", "refused")]
    [InlineData("1\0:2", "refused")]
    [InlineData("99999999999:2", "refused")]
    public void What_stands_before_a_mistake_is_read(string body, string packets) =>
        Assert.Equal(packets, Shown(Encoding.UTF8.GetBytes(body), isBinary: false));

    [Theory]
    [InlineData("0002FF3461", "4a")]
    [InlineData("0103FF040102", "<040102>")]
    [InlineData("FF03FF040102", "<040102>")]
    [InlineData("0003FF34C3A901010002FF34", "4é|refused")]
    [InlineData("00", "refused")]
    [InlineData("0002FF34", "refused")]
    [InlineData("000AFF34", "refused")]
    [InlineData("00FF", "refused")]
    public void An_octet_stream_is_read_by_lengths_in_bytes(string body, string packets) =>
        Assert.Equal(packets, Shown(Convert.FromHexString(body), isBinary: true));

    [Fact]
    public void A_body_of_too_many_packets_is_refused()
    {
        var most = string.Concat(Enumerable.Repeat("1:2", EngineLimits.PacketsPerPost));
        Assert.True(OldPollingPayload.TryRead(Encoding.UTF8.GetBytes(most), false, []));
        Assert.False(OldPollingPayload.TryRead(Encoding.UTF8.GetBytes(most + "1:2"), false, []));
    }

    [Theory]
    [InlineData(true, "0007FF34343530C3A92D0103FF0400FF")]
    [InlineData(false, "363A34343530C3A92D363A62344150383D")]
    public void An_attachment_makes_an_octet_stream_unless_the_client_wants_base64(
        bool takesBinary, string bytes)
    {
        var body = OldPollingPayload.Write(
            [Text("4450é-"), new EngineMessage(new byte[] { 0, 255 }, IsBinary: true)],
            takesBinary);
        Assert.Equal(takesBinary, body.IsBinary);
        Assert.Equal(bytes, Convert.ToHexString(body.Bytes));
    }

    [Fact]
    public void A_body_without_attachments_is_text() => Assert.False(
        OldPollingPayload.Write([Text("40")], takesBinary: true).IsBinary);

    [Fact]
    public void What_is_written_is_read_again() => Prop.ForAll<byte[][], bool>((pieces, binary) =>
    {
        var written = pieces.SelectMany((piece, at) => new[]
        {
            Text("4" + Convert.ToHexString(piece) + (at % 2 == 0 ? "é😀" : "")),
            new EngineMessage(piece, IsBinary: true),
        }).ToList();
        if (written.Count == 0)
            return;
        var body = OldPollingPayload.Write(written, binary);
        var read = new List<EngineMessage>();
        Assert.True(OldPollingPayload.TryRead(body.Bytes, body.IsBinary, read));
        Assert.Equal(
            written.Select(one => one.IsBinary
                ? "04" + Convert.ToHexString(one.Bytes.Span) : Convert.ToHexString(one.Bytes.Span)),
            read.Select(one => Convert.ToHexString(one.Bytes.Span)));
    }).QuickCheckThrowOnFailure();

    static EngineMessage Text(string text) => new(Encoding.UTF8.GetBytes(text), IsBinary: false);

    static string Shown(byte[] body, bool isBinary)
    {
        var packets = new List<EngineMessage>();
        var isWhole = OldPollingPayload.TryRead(body, isBinary, packets);
        var texts = packets.Select(packet => packet.IsBinary
            ? $"<{Convert.ToHexString(packet.Bytes.Span)}>"
            : Encoding.UTF8.GetString(packet.Bytes.Span));
        return string.Join('|', isWhole ? texts : [.. texts, "refused"]);
    }
}
