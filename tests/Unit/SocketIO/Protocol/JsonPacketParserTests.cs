using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.SocketIO.Protocol;

namespace Sluice.Unit.SocketIO.Protocol;

/// <summary>The packets that the official parser takes and refuses, in its words.</summary>
public class JsonPacketParserTests
{
    [Theory]
    [InlineData("0", "Connect / - ")]
    [InlineData("0{\"token\":\"x\"}", "Connect / - {\"token\":\"x\"}")]
    [InlineData("0/custom", "Connect /custom - ")]
    [InlineData("0/custom,", "Connect /custom - ")]
    [InlineData("0/custom?a=b,", "Connect /custom?a=b - ")]
    [InlineData("1", "Disconnect / - ")]
    [InlineData("1/custom,", "Disconnect /custom - ")]
    [InlineData("2", "Event / - ")]
    [InlineData("2[\"echo\",1]", "Event / - [\"echo\",1]")]
    [InlineData("2[1,2]", "Event / - [1,2]")]
    [InlineData("27[\"echo\"]", "Event / 7 [\"echo\"]")]
    [InlineData("20[\"echo\"]", "Event / 0 [\"echo\"]")]
    [InlineData("2/custom,9[\"x\"]", "Event /custom 9 [\"x\"]")]
    [InlineData("39[]", "Ack / 9 []")]
    [InlineData("2[\"\\ud800\",{\"\\ud800\":1}]", "Event / - [\"\\ud800\",{\"\\ud800\":1}]")]
    public void A_packet_of_one_message_is_read(string text, string packet) =>
        Assert.Equal(packet, Shown(text));

    [Theory]
    [InlineData("", "unknown packet type")]
    [InlineData("7", "unknown packet type")]
    [InlineData("0[]", "invalid payload")]
    [InlineData("0null", "invalid payload")]
    [InlineData("2{}", "invalid payload")]
    [InlineData("2[]", "invalid payload")]
    [InlineData("2[null]", "invalid payload")]
    [InlineData("2[\"a\"", "invalid payload")]
    [InlineData("2[\"a\"]]", "invalid payload")]
    [InlineData("2[\"disconnect\"]", "invalid payload")]
    [InlineData("2[\"connect_error\"]", "invalid payload")]
    [InlineData("2[\"\\u0063onnect\"]", "invalid payload")]
    [InlineData("3{}", "invalid payload")]
    [InlineData("50-[\"echo\",\"x\"]", "Illegal attachments")]
    [InlineData("5[\"echo\"]", "Illegal attachments")]
    [InlineData("5x-[\"echo\"]", "Illegal attachments")]
    [InlineData("511-[\"echo\",\"x\"]", "too many attachments")]
    [InlineData("599999999999-[\"echo\"]", "too many attachments")]
    [InlineData("51-[\"echo\",{\"_placeholder\":true,\"num\":1}]", "illegal attachments")]
    [InlineData("51-[\"echo\",{\"_placeholder\":true,\"num\":-1}]", "illegal attachments")]
    [InlineData("51-[\"echo\",{\"a\":{\"_placeholder\":true}}]", "illegal attachments")]
    [InlineData("51-[1,{\"\\ud800\":1,\"\\u005fplaceholder\":true}]", "illegal attachments")]
    public void A_packet_that_breaks_the_protocol_is_refused(string text, string error) =>
        Assert.Equal(error, Shown(text));

    [Fact]
    public void An_event_is_complete_with_its_last_attachment()
    {
        var decoder = JsonPacketParser.Instance.CreateDecoder();
        var head = "52-/a,3[\"e\",{\"_placeholder\":true,\"num\":1}]"u8;
        Assert.Equal(DecodeStatus.NeedMore, decoder.Decode(head, false, out _, out _));
        Assert.Equal(DecodeStatus.NeedMore, decoder.Decode([1], true, out _, out _));
        Assert.Equal(DecodeStatus.Complete, decoder.Decode([2], true, out var packet, out _));
        Assert.Equal((PacketType.BinaryEvent, "/a", 3L),
            (packet!.Type, packet.Namespace, packet.Id!.Value));
        Assert.Equal(["01", "02"],
            packet.Attachments.Select(bytes => Convert.ToHexString(bytes.Span)));
    }

    [Fact]
    public void A_text_between_attachments_and_an_attachment_without_a_header_are_refused()
    {
        var decoder = JsonPacketParser.Instance.CreateDecoder();
        decoder.Decode("51-[\"e\",{\"_placeholder\":true,\"num\":0}]"u8, false, out _, out _);
        Assert.Equal(
            DecodeStatus.Rejected, decoder.Decode("2[\"e\"]"u8, false, out _, out var error));
        Assert.Equal("got plaintext data when reconstructing a packet", error);

        decoder = JsonPacketParser.Instance.CreateDecoder();
        Assert.Equal(DecodeStatus.Rejected, decoder.Decode([1], true, out _, out error));
        Assert.Equal("got binary data when not reconstructing a packet", error);
    }

    [Theory]
    [InlineData(PacketType.Connect, "/", null, "{\"sid\":\"x\"}", "40{\"sid\":\"x\"}")]
    [InlineData(PacketType.Event, "/custom", 12L, "[\"e\"]", "42/custom,12[\"e\"]")]
    [InlineData(PacketType.Ack, "/", 0L, "[]", "430[]")]
    [InlineData(PacketType.Disconnect, "/é", null, "", "41/é,")]
    public void A_packet_is_written(
        PacketType type, string name, long? id, string json, string text)
    {
        var packet = new Packet
        {
            Type = type,
            Namespace = name,
            Id = id,
            Json = Encoding.UTF8.GetBytes(json),
        };
        var message = Assert.Single(JsonPacketParser.Instance.Encode(packet));
        Assert.Equal(text, Encoding.UTF8.GetString(message.Bytes.Span));
    }

    [Fact]
    public void What_is_written_is_read_again() => Check.One(
        FsCheck.Config.QuickThrowOnFailure,
        Prop.ForAll<string, long, byte[][]>((text, id, pieces) =>
        {
            pieces = [.. pieces.Take(10)];
            var data = ArgumentCodec.Default.EncodeEvent("name", [text, .. pieces]);
            var sent = data.ToPacket(PacketType.Event, "/room", Math.Abs(id % 1_000_000));
            var decoder = JsonPacketParser.Instance.CreateDecoder();
            Packet? read = null;
            foreach (var message in JsonPacketParser.Instance.Encode(sent))
            {
                // An engine message has the engine's digit in front, its payload has not.
                var payload = message.IsBinary ? message.Bytes.Span : message.Bytes.Span[1..];
                Assert.NotEqual(
                    DecodeStatus.Rejected,
                    decoder.Decode(payload, message.IsBinary, out read, out _));
            }
            Assert.Equal((sent.Namespace, sent.Id), (read!.Namespace, read.Id));
            Assert.Equal(sent.Json.ToArray(), read.Json.ToArray());
            Assert.Equal(
                pieces.Select(Convert.ToHexString),
                read.Attachments.Select(bytes => Convert.ToHexString(bytes.Span)));
        }));

    static string Shown(string text)
    {
        var decoder = JsonPacketParser.Instance.CreateDecoder();
        var status = decoder.Decode(
            Encoding.UTF8.GetBytes(text), isBinary: false, out var packet, out var error);
        return status == DecodeStatus.Rejected
            ? error!
            : $"{packet!.Type} {packet.Namespace} {packet.Id?.ToString() ?? "-"} "
                + Encoding.UTF8.GetString(packet.Json.Span);
    }
}
