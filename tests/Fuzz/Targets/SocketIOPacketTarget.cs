using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// The messages of one client: a packet that is accepted and written again is read as the same
/// packet. A record separator stands between messages, a "b" before an attachment; option 0 is the
/// msgpack parser, for which every message is binary.
/// </summary>
public sealed class SocketIOPacketTarget : IFuzzTarget
{
    public string Name => "socketio-packet";

    public IReadOnlyList<string> Words { get; } =
    [
        "\u001e", "b", "0", "1", "2[\"a\"]", "20[\"a\",1]", "30[]", "4{}", "51-[\"a\",",
        "{\"_placeholder\":true,\"num\":0}", "61-0[", "/nsp,", "/nsp?a=b,", "\"connect\"", "10-",
        "999999999999999999", "[[[[[[", "\\ud800", "\u0083\u00a4type\u0002\u00a3nsp\u00a1/",
        "\u00a4data\u0091\u00a1x", "\u00a2id\u0001",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        IPacketParser parser = parts.Has(0)
            ? MessagePackPacketParser.Instance : JsonPacketParser.Instance;
        var decoder = parser.CreateDecoder();
        foreach (var range in parts.Bytes.Split((byte)0x1e))
        {
            var message = parts.Bytes[range];
            var isBinary = parts.Has(0) || message is [(byte)'b', ..];
            var status = decoder.Decode(
                !parts.Has(0) && isBinary ? message[1..] : message, isBinary,
                out var packet, out var error);
            Promise.Same(status == DecodeStatus.Complete, packet is not null, "a packet");
            Promise.Same(status == DecodeStatus.Rejected, error is not null, "a reason");
            if (status == DecodeStatus.Rejected)
                return;
            if (packet is not null)
                Check(parser, packet);
        }
    }

    static void Check(IPacketParser parser, Packet packet)
    {
        var decoder = parser.CreateDecoder();
        Packet? again = null;
        foreach (var message in parser.Encode(packet))
        {
            Promise.Holds(again is null, "nothing stands behind a packet");
            // The engine's digit is not the packet's.
            var status = decoder.Decode(
                message.IsBinary ? message.Bytes.Span : message.Bytes.Span[1..],
                message.IsBinary, out again, out var error);
            Promise.Holds(status != DecodeStatus.Rejected, "read again: " + error);
            CheckFrame(message);
        }

        Promise.Holds(again is not null, "a packet is whole");
        Promise.Same(Plain(packet.Type), Plain(again!.Type), "type");
        Promise.Same(packet.Namespace, again.Namespace, "namespace");
        Promise.Same(packet.Id, again.Id, "id");
        Promise.Same(packet.Attachments.Count, again.Attachments.Count, "attachments");
        if (parser is JsonPacketParser)
            Promise.Holds(packet.Json.Span.SequenceEqual(again.Json.Span), "data");
        for (var i = 0; i < packet.Attachments.Count && parser is JsonPacketParser; i++)
            Promise.Holds(
                packet.Attachments[i].Span.SequenceEqual(again.Attachments[i].Span), "attachment");
    }

    static void CheckFrame(EngineMessage message) => Promise.Holds(
        message.Frame.IsEmpty || message.Frame.Span.EndsWith(message.Bytes.Span), "the frame");

    static PacketType Plain(PacketType type) => type switch
    {
        PacketType.BinaryEvent => PacketType.Event,
        PacketType.BinaryAck => PacketType.Ack,
        _ => type,
    };
}
