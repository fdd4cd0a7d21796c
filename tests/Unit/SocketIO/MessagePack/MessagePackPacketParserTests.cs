using System.Text;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;

namespace Sluice.Unit.SocketIO.MessagePack;

/// <summary>The parser in which every packet is one MessagePack map.</summary>
public sealed class MessagePackPacketParserTests
{
    static (Packet? Packet, string? Error) Decode(string hex)
    {
        var status = MessagePackPacketParser.Instance.CreateDecoder()
            .Decode(Convert.FromHexString(hex), isBinary: true, out var packet, out var error);
        Assert.Equal(packet is null ? DecodeStatus.Rejected : DecodeStatus.Complete, status);
        return (packet, error);
    }

    [Fact]
    public void A_packet_is_one_binary_message()
    {
        var message = Assert.Single(MessagePackPacketParser.Instance.Encode(new Packet
        {
            Type = PacketType.BinaryEvent, Namespace = "/a", Id = 3,
            Json = """["x",{"_placeholder":true,"num":0}]"""u8.ToArray(),
            Attachments = [new byte[] { 1 }],
        }));
        Assert.True(message.IsBinary);
        Assert.Equal(
            "84a47479706502a46461746192a178c40101a2696403a36e7370a22f61",
            Convert.ToHexStringLower(message.Bytes.Span));
    }

    [Fact]
    public void A_packet_is_read_as_it_was_written()
    {
        var (packet, error) = Decode("84a47479706502a46461746192a178c40101a2696403a36e7370a22f61");
        Assert.Null(error);
        Assert.Equal(
            (PacketType.Event, "/a", 3L), (packet!.Type, packet.Namespace, packet.Id!.Value));
        Assert.Equal(
            """["x",{"_placeholder":true,"num":0}]""", Encoding.UTF8.GetString(packet.Json.Span));
        Assert.Equal([1], packet.Attachments.Single().ToArray());
    }

    [Fact]
    public void What_notepack_2_calls_undefined_is_not_there()
    {
        // {"type":0,"data":undefined,"nsp":"/","id":undefined}
        var (packet, error) = Decode("84a47479706500a464617461d40000a36e7370a12fa26964d40000");
        Assert.Null(error);
        Assert.Equal((null, true), (packet!.Id, packet.Json.IsEmpty));
    }

    [Theory]
    [InlineData("c0", "invalid packet type")]
    [InlineData("82a47479706505a36e7370a12f", "invalid packet type")]
    [InlineData("82a474797065a132a36e7370a12f", "invalid packet type")]
    [InlineData("81a47479706501", "invalid namespace")]
    [InlineData("82a47479706501a36e737001", "invalid namespace")]
    [InlineData("82a47479706502a36e7370a12f", "invalid payload")]
    [InlineData("83a47479706502a46461746180a36e7370a12f", "invalid payload")]
    [InlineData("83a47479706501a46461746180a36e7370a12f", "invalid payload")]
    [InlineData("83a47479706500a46461746190a36e7370a12f", "invalid payload")]
    [InlineData("83a47479706501a26964a131a36e7370a12f", "invalid packet id")]
    [InlineData("83a47479706502a46461746191a7636f6e6e656374a36e7370a12f", "invalid payload")]
    [InlineData("82a47479706501a36e7370a12f00", "invalid packet")]
    public void What_the_official_parser_refuses_is_refused(string hex, string expected) =>
        Assert.Equal(expected, Decode(hex).Error);

    [Fact]
    public void A_text_message_is_refused() =>
        Assert.Equal(DecodeStatus.Rejected, MessagePackPacketParser.Instance.CreateDecoder()
            .Decode("2[\"a\"]"u8, isBinary: false, out _, out _));
}
