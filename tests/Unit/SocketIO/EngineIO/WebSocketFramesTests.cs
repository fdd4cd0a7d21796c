using FsCheck;
using FsCheck.Fluent;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>Frames as RFC 6455, section 5.2, has them; the examples of section 5.7 among them.</summary>
public sealed class WebSocketFramesTests
{
    [Fact]
    public void A_masked_text_is_read()
    {
        var bytes = Convert.FromHexString("818537fa213d7f9f4d5158");
        Assert.Equal(
            WebSocketFrameStatus.Complete,
            WebSocketFrames.Read(bytes, 100, out var frame, out var length));
        Assert.Equal(
            (WebSocketOpcode.Text, true, bytes.Length), (frame.Opcode, frame.IsFinal, length));
        Assert.Equal("Hello"u8.ToArray(), frame.Payload.ToArray());
    }

    [Theory]
    [InlineData("810548656c6c6f", "not masked")]
    [InlineData("c18537fa213d7f9f4d5158", "a reserved bit")]
    [InlineData("838537fa213d7f9f4d5158", "a reserved opcode")]
    [InlineData("8b8537fa213d7f9f4d5158", "a reserved control opcode")]
    [InlineData("098037fa213d", "a fragmented ping")]
    [InlineData("89fe007e37fa213d", "a long ping")]
    public void What_breaks_the_protocol_is_refused(string hex, string why) => Assert.True(
        WebSocketFrames.Read(Convert.FromHexString(hex), 100, out _, out _)
            == WebSocketFrameStatus.ProtocolError, why);

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_payload_is_bounded(int size, bool isTaken) => Assert.Equal(
        isTaken ? WebSocketFrameStatus.Complete : WebSocketFrameStatus.TooBig,
        WebSocketFrames.Read(Masked(WebSocketOpcode.Binary, new byte[size], 7), 100, out _, out _));

    [Fact]
    public void An_announced_length_is_refused_before_its_bytes_come() => Assert.Equal(
        WebSocketFrameStatus.TooBig, WebSocketFrames.Read(
            Convert.FromHexString("82ffffffffffffffffff00000000"), 100, out _, out _));

    [Fact]
    public void A_frame_is_read_whatever_its_size_and_however_much_of_it_is_there() => Prop
        .ForAll(
            Gen.Choose(0, 70_000).ToArbitrary(), ArbMap.Default.ArbFor<uint>(),
            (size, key) =>
            {
                var payload = new byte[size];
                new System.Random(size).NextBytes(payload);
                var frame = Masked(WebSocketOpcode.Binary, payload, key);
                foreach (var cut in (int[])[0, 1, 2, 5, 9, 13, frame.Length - 1])
                    if (cut < frame.Length && (WebSocketFrames.Read(
                            frame.AsSpan(0, cut), size, out _, out var needed)
                            != WebSocketFrameStatus.NeedMore || needed <= cut
                            || needed > frame.Length))
                        return false;
                return WebSocketFrames.Read(frame, size, out var read, out var length)
                        == WebSocketFrameStatus.Complete
                    && length == frame.Length && read.Payload.SequenceEqual(payload);
            })
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    [Theory]
    [InlineData(0, "8100")]
    [InlineData(125, "817d")]
    [InlineData(126, "817e007e")]
    [InlineData(65_535, "817effff")]
    [InlineData(65_536, "817f0000000000010000")]
    public void The_head_of_a_message_is_as_short_as_can_be(int size, string head)
    {
        var frame = WebSocketFrames.Write(WebSocketOpcode.Text, new byte[size]);
        Assert.Equal(head, Convert.ToHexStringLower(frame.AsSpan(0, head.Length / 2)));
        Assert.Equal(head.Length / 2 + size, frame.Length);
    }

    [Theory]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(70_000)]
    public void A_message_that_is_made_with_its_frame_sends_the_same_bytes(int size)
    {
        var message = EngineMessage.Create(size, isBinary: true, out var bytes);
        bytes.Fill(7);
        Assert.Equal(
            WebSocketFrames.Write(WebSocketOpcode.Binary, message.Bytes.Span),
            message.Frame.ToArray());
        Assert.True(new EngineMessage(message.Bytes, IsBinary: true).Frame.IsEmpty);
    }

    [Fact]
    public void Statuses_of_a_close_frame_are_those_of_the_registry() => Assert.Equal(
        [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4999],
        new[]
        {
            0, 999, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012,
            1013, 1014, 1015, 2999, 3000, 4999, 5000,
        }.Where(WebSocketFrames.IsCloseStatus));

    static byte[] Masked(WebSocketOpcode opcode, byte[] payload, uint key)
    {
        var plain = WebSocketFrames.Write(opcode, payload);
        var head = plain.Length - payload.Length;
        var keys = BitConverter.GetBytes(key);
        plain[1] |= 0x80;
        for (var i = 0; i < payload.Length; i++)
            plain[head + i] ^= keys[i % 4];
        return [.. plain.AsSpan(0, head), .. keys, .. plain.AsSpan(head)];
    }
}
