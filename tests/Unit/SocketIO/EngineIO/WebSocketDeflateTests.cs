using System.Buffers;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>Compressed messages; the examples of RFC 7692, section 7.2.3, among them.</summary>
public sealed class WebSocketDeflateTests
{
    static readonly PerMessageDeflateOptions options = new() { Threshold = 0 };

    [Theory]
    [InlineData("f248cdc9c90700", "one block of fixed codes")]
    [InlineData("000500faff48656c6c6f00", "a block without compression")]
    [InlineData("f348cdc9c9070000", "a last block")]
    [InlineData("f248050000 00ffffcac9c90700", "two blocks")]
    public void An_example_is_read_as_Hello(string hex, string why) => Assert.True(
        Text(New(), hex.Replace(" ", "", StringComparison.Ordinal)) == "Hello", why);

    [Fact]
    public void A_second_Hello_may_refer_to_the_first()
    {
        var inflater = New();
        Assert.Equal("Hello", Text(inflater, "f248cdc9c90700"));
        Assert.Equal("Hello", Text(inflater, "f200110000"));
        Assert.Equal("Hello", Text(inflater, "f248cdc9c90700"));
        inflater.Release();
    }

    [Fact]
    public void Without_a_context_it_may_not()
    {
        var inflater = New(isTakingOver: false);
        Assert.Equal("Hello", Text(inflater, "f248cdc9c90700"));
        Assert.Equal("Invalid", Text(inflater, "f200110000"));
    }

    [Fact]
    public void Beyond_the_window_it_may_not()
    {
        var inflater = New(bits: 8);
        var deflater = new WebSocketDeflater(isTakingOver: true, 15, options);
        var random = new byte[200];
        new System.Random(1).NextBytes(random);
        Assert.Equal(InflateStatus.Whole, Inflate(inflater, Deflated(deflater, random)));
        Assert.Equal(InflateStatus.Whole, Inflate(inflater, Deflated(deflater, random)));
        Assert.Equal(InflateStatus.Whole, Inflate(inflater, Deflated(deflater, new byte[100])));
        Assert.Equal(InflateStatus.Invalid, Inflate(inflater, Deflated(deflater, random)));
        deflater.Release();
        inflater.Release();
    }

    [Theory]
    [InlineData("00", "")]
    [InlineData("", "Invalid")]
    [InlineData("f248cdc9c9", "Invalid")]
    [InlineData("f248cdc9c907", "Invalid")]
    [InlineData("0005", "Invalid")]
    [InlineData("000500faff48656c6c6f", "Invalid")]
    [InlineData("000a00f5ff48656c6c6f", "Invalid")]
    [InlineData("06", "Invalid")]
    [InlineData("ff", "Invalid")]
    [InlineData("f348cdc9c907", "Hello")]
    public void What_is_not_whole_is_refused(string hex, string read) =>
        Assert.Equal(read, Text(New(), hex));

    [Theory]
    [InlineData(1000, InflateStatus.Whole)]
    [InlineData(999, InflateStatus.TooBig)]
    [InlineData(0, InflateStatus.TooBig)]
    [InlineData(int.MaxValue, InflateStatus.Whole)]
    public void A_message_is_bounded(int bytesMax, object status)
    {
        var deflater = new WebSocketDeflater(isTakingOver: false, 15, options);
        Assert.Equal(
            status, New().Inflate(Deflated(deflater, new byte[1000]), bytesMax, out _, out _));
    }

    [Fact]
    public void A_bomb_costs_its_bound()
    {
        var bomb = Deflated(
            new WebSocketDeflater(isTakingOver: false, 15, options), new byte[50_000_000]);
        Assert.InRange(bomb.Length, 1, 100_000);
        var inflater = New();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(
            InflateStatus.TooBig, inflater.Inflate(bomb, 100_000, out _, out var length));
        Assert.Equal(100_001, length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 600_000);
    }

    [Fact]
    public void A_connection_keeps_a_window_from_its_first_compressed_message_on()
    {
        Assert.False(New().IsHolding);
        Assert.Equal((false, false), Held(isTakingOver: false));
        Assert.Equal((true, true), Held(isTakingOver: true));

        static (bool, bool) Held(bool isTakingOver)
        {
            var inflater = New(isTakingOver);
            var deflater = new WebSocketDeflater(isTakingOver, 15, options);
            Assert.Equal(InflateStatus.Whole, Inflate(inflater, Deflated(deflater, new byte[9])));
            var held = (inflater.IsHolding, deflater.IsHolding);
            inflater.Release();
            deflater.Release();
            Assert.False(inflater.IsHolding || deflater.IsHolding);
            return held;
        }
    }

    [Fact]
    public void Messages_are_read_as_they_were_sent() => Prop
        .ForAll(
            Gen.Choose(8, 15).ToArbitrary(), ArbMap.Default.ArbFor<bool>(),
            ArbMap.Default.ArbFor<int>(),
            (bits, isTakingOver, seed) =>
            {
                var random = new System.Random(seed);
                var inflater = New(isTakingOver, bits);
                var deflater = new WebSocketDeflater(isTakingOver && bits == 15, bits, options);
                for (var i = 0; i < 5; i++)
                {
                    var message = Random(random);
                    var sent = deflater.Deflate(new EngineMessage(message, IsBinary: true));
                    Assert.Equal(sent.IsCompressed ? 0xc2 : 0x82, Framed(sent)[0]);
                    if (!sent.IsCompressed)
                        continue;
                    Assert.Equal(
                        InflateStatus.Whole,
                        inflater.Inflate(sent.Bytes, 1_000_000, out var rented, out var length));
                    Assert.Equal(message, rented.AsSpan(0, length));
                    ArrayPool<byte>.Shared.Return(rented);
                }

                deflater.Release();
                inflater.Release();
            })
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    [Theory]
    [InlineData(8)]
    [InlineData(12)]
    public void What_is_sent_refers_no_further_back_than_was_agreed(int bits)
    {
        // Twice the same, which a longer window would find.
        var half = new byte[1 << bits];
        new System.Random(bits).NextBytes(half);
        byte[] twice = [.. half, .. half, .. new byte[half.Length / 4]];
        Assert.True(
            Compressed(15).Bytes.Length < half.Length * 3 / 2, "the longest window finds it");
        var near = Compressed(bits);
        Assert.True(!near.IsCompressed || near.Bytes.Length >= half.Length * 2, "a short one not");

        EngineMessage Compressed(int bits) => new WebSocketDeflater(false, bits, options)
            .Deflate(new EngineMessage(twice, IsBinary: true));
    }

    [Fact]
    public void Short_plain_and_incompressible_messages_go_out_as_they_are()
    {
        var deflater = new WebSocketDeflater(false, 15, new PerMessageDeflateOptions());
        var random = new byte[2000];
        new System.Random(1).NextBytes(random);
        var zeros = new EngineMessage(new byte[1024], IsBinary: true);
        Assert.True(deflater.Deflate(zeros).IsCompressed);
        Assert.False(deflater.Deflate(zeros with { IsPlain = true }).IsCompressed);
        Assert.False(deflater.Deflate(new(new byte[1023], IsBinary: true)).IsCompressed);
        Assert.False(deflater.Deflate(new(random, IsBinary: true)).IsCompressed);
    }

    [Fact]
    public void A_shared_message_is_compressed_once_for_each_window()
    {
        var framed = EngineMessage.Create(3000, isBinary: false, out var bytes);
        bytes.Fill((byte)'a');
        var shared = framed.Share();
        Assert.Equal(framed.Frame, shared.Frame);
        Assert.Equal(framed.Bytes.Span, shared.Bytes.Span);
        var first = On(15, shared);
        Assert.Equal(0xc1, first.Frame.Span[0]);
        Assert.True(IsSame(first, On(15, shared)));
        Assert.False(IsSame(first, On(9, shared)));
        Assert.True(IsSame(On(9, shared), On(9, shared)));
        Assert.False(IsSame(On(15, framed), On(15, framed)), "unless it is shared");

        // The memory, not what stands in it.
        static bool IsSame(EngineMessage one, EngineMessage other) =>
            one.Bytes.Equals(other.Bytes);

        static EngineMessage On(int bits, EngineMessage message) =>
            new WebSocketDeflater(false, bits, options).Deflate(message);
    }

    static WebSocketInflater New(bool isTakingOver = true, int bits = 15) =>
        new(isTakingOver, bits);

    static ReadOnlyMemory<byte> Deflated(WebSocketDeflater deflater, byte[] message) =>
        deflater.Deflate(new EngineMessage(message, IsBinary: true)).Bytes;

    static InflateStatus Inflate(WebSocketInflater inflater, ReadOnlyMemory<byte> compressed) =>
        inflater.Inflate(compressed, 1_000_000, out _, out _);

    static string Text(WebSocketInflater inflater, string hex)
    {
        var status = inflater.Inflate(
            Convert.FromHexString(hex), 1000, out var rented, out var length);
        return status == InflateStatus.Whole
            ? Encoding.UTF8.GetString(rented, 0, length) : status.ToString();
    }

    static byte[] Framed(in EngineMessage message) => message.Frame.IsEmpty
        ? WebSocketFrames.Write(WebSocketOpcode.Binary, message.Bytes.Span)
        : message.Frame.ToArray();

    /// <summary>Partly noise, partly what was there before.</summary>
    static byte[] Random(System.Random random)
    {
        var message = new byte[random.Next(random.Next(2) == 0 ? 300 : 70_000)];
        random.NextBytes(message.AsSpan(0, message.Length / 4));
        for (var i = message.Length / 4; i < message.Length; i++)
            message[i] = random.Next(50) == 0 ? (byte)random.Next() : message[i / 2];
        return message;
    }
}
