using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Unit.SocketIO.EngineIO;

/// <summary>What becomes of frames, cut and mixed in every way, compressed and not.</summary>
public sealed class WebSocketConnectionTests
{
    [Fact]
    public void Messages_are_received_however_they_are_compressed_and_cut() => Prop
        .ForAll(
            Gen.Choose(8, 15).ToArbitrary(), ArbMap.Default.ArbFor<bool>(),
            ArbMap.Default.ArbFor<int>(),
            (bits, isTakingOver, seed) =>
            {
                var random = new System.Random(seed);
                using var client = new Wire(random);
                var sent = new List<string>();
                var deflater = Deflater(isTakingOver && bits == 15, bits);
                for (var i = random.Next(6); i >= 0; i--)
                {
                    var isText = random.Next(2) == 0;
                    var payload = Payload(random, isText);
                    sent.Add(Shown(isText, payload));
                    client.Say(payload, isText, deflater);
                }

                deflater.Release();
                Assert.Equal(sent, ReceiveAll(client, isTakingOver, bits));
            })
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    [Fact]
    public void Messages_are_sent_however_many_wait() => Prop
        .ForAll(
            Gen.Choose(8, 15).ToArbitrary(), ArbMap.Default.ArbFor<bool>(),
            ArbMap.Default.ArbFor<int>(),
            (bits, isTakingOver, seed) =>
            {
                var random = new System.Random(seed);
                var (server, wire) = Connect(new Wire(random), isTakingOver, bits);
                var source = new Source { Deflater = server.Deflater! };
                server.Source = source;
                var sent = new List<string>();
                for (var i = random.Next(6); i >= 0; i--)
                {
                    var isText = random.Next(2) == 0;
                    var payload = Payload(random, isText);
                    sent.Add(Shown(isText, payload));
                    source.Waiting.Enqueue(Message(payload, isText, random));
                    if (random.Next(3) == 0)
                        server.Pump();
                }

                server.Pump();
                Assert.Equal(sent, Heard(wire.Written, isTakingOver && bits == 15, bits));
                Assert.True(server.ReleaseAsync().AsTask().IsCompletedSuccessfully);
                Assert.False(source.Deflater.IsHolding);
            })
        .Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));

    /// <summary>RFC 7692, section 6.1: what is not the start of a message has no mark.</summary>
    [Theory]
    [InlineData("c900", "a ping")]
    [InlineData("c800", "a close")]
    [InlineData("4101f2 c006 48cdc9c90700", "a later fragment")]
    [InlineData("c000", "a fragment of nothing")]
    [InlineData("a100", "another reserved bit")]
    [InlineData("d100", "two reserved bits")]
    public void A_mark_where_none_may_be_closes_with_1002(string hex, string why)
    {
        using var wire = new Wire(new System.Random(1));
        var frames = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        for (var at = 0; at < frames.Length;)
        {
            var length = frames[at + 1];
            wire.Frame(frames[at], frames.AsSpan(at + 2, length));
            at += 2 + length;
        }

        var (server, _) = Connect(wire, true, 15);
        Assert.Equal(WebSocketEvent.Broken, Receive(server).Kind);
        Assert.True(wire.Written.EndsWith((byte[])[0x88, 2, 0x03, 0xea]), why);
    }

    [Theory]
    [InlineData(0xc1, "ffff", 0x03ef, "no compressed data")]
    [InlineData(0xc1, "3239ac0100", 0x03ef, "no UTF-8")]
    [InlineData(0xc1, "32311905c4020000", 0x03f1, "longer than may be")]
    public void A_message_that_cannot_be_read_closes(
        byte first, string hex, ushort status, string why)
    {
        using var wire = new Wire(new System.Random(1));
        wire.Frame(first, Convert.FromHexString(hex));
        var (server, _) = Connect(wire, true, 15, messageBytesMax: 200);
        Assert.Equal(WebSocketEvent.Broken, Receive(server).Kind);
        byte[] close = [0x88, 2, (byte)(status >> 8), (byte)status];
        Assert.True(wire.Written.EndsWith(close), why);
    }

    static (WebSocketConnection, Wire) Connect(
        Wire wire, bool isTakingOver, int bits, int messageBytesMax = 1_000_000)
    {
        var options = new PerMessageDeflateOptions { Threshold = 0 };
        var agreed = new DeflateAgreement
        {
            IsServerTakingOver = isTakingOver && bits == 15,
            IsClientTakingOver = isTakingOver,
            ServerBits = bits,
            ClientBits = bits,
            Header = "",
        };
        var server = new WebSocketConnection(
            new RequestWire(new DefaultHttpContext(), wire, socket: null), messageBytesMax,
            TimeProvider.System,
            new WebSocketDeflate(agreed, options));
        return (server, wire);
    }

    static WebSocketDeflater Deflater(bool isTakingOver, int bits) =>
        new(isTakingOver, bits, new PerMessageDeflateOptions { Threshold = 0 });

    /// <summary>Nothing of a <see cref="Wire"/> is waited for.</summary>
    static WebSocketReceived Receive(WebSocketConnection server)
    {
        var receiving = server.ReceiveAsync(default).AsTask();
        Assert.True(receiving.IsCompletedSuccessfully);
        return receiving.Result;
    }

    static List<string> ReceiveAll(Wire wire, bool isTakingOver, int bits)
    {
        var (server, _) = Connect(wire, isTakingOver, bits);
        var seen = new List<string>();
        while (true)
        {
            var received = Receive(server);
            if (received.Kind == WebSocketEvent.Closed)
                break;
            Assert.NotEqual(WebSocketEvent.Broken, received.Kind);
            seen.Add(Shown(
                received.Kind == WebSocketEvent.Text, received.Payload.ToArray()));
        }

        Assert.True(server.ReleaseAsync().AsTask().IsCompletedSuccessfully);
        return seen;
    }

    static EngineMessage Message(byte[] payload, bool isText, System.Random random)
    {
        var message = EngineMessage.Create(payload.Length, !isText, out var bytes);
        payload.CopyTo(bytes);
        return random.Next(4) switch
        {
            0 => message with { IsPlain = true },
            1 => new EngineMessage(payload, !isText),
            2 => message.Share(),
            _ => message,
        };
    }

    static string Shown(bool isText, byte[] payload) =>
        (isText ? "text " : "attachment ") + Convert.ToHexString(payload);

    /// <summary>What a client makes of a server's frames.</summary>
    static List<string> Heard(byte[] bytes, bool isTakingOver, int bits)
    {
        var inflater = new WebSocketInflater(isTakingOver, bits);
        var seen = new List<string>();
        while (bytes.Length > 0)
        {
            var head = WebSocketFrames.HeadLength((bytes[1] & 0x7f) switch
            {
                126 => 126,
                127 => 1 << 16,
                _ => 0,
            });
            var length = 0;
            for (var i = head == 2 ? 1 : 2; i < head; i++)
                length = length << 8 | bytes[i];
            var payload = bytes[head..(head + length)];
            if ((bytes[0] & 0x40) != 0)
            {
                Assert.Equal(
                    InflateStatus.Whole,
                    inflater.Inflate(payload, 1_000_000, out var rented, out var size));
                payload = rented[..size];
            }

            seen.Add(Shown((bytes[0] & 0x8f) == 0x81, payload));
            bytes = bytes[(head + length)..];
        }

        return seen;
    }

    /// <summary>Some of it has been there before.</summary>
    static byte[] Payload(System.Random random, bool isText)
    {
        var text = new StringBuilder();
        var length = random.Next(random.Next(3) == 0 ? 70_000 : 200);
        while (text.Length < length)
            text.Append(random.Next(3) == 0 ? random.Next() : "é, and again,");
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (!isText)
            random.NextBytes(bytes.AsSpan(0, bytes.Length / 3));
        return bytes;
    }

    sealed class Source : IWebSocketSource
    {
        public Queue<EngineMessage> Waiting { get; } = new();

        public required WebSocketDeflater Deflater { get; init; }

        public bool HasQueued => Waiting.Count > 0;

        public bool TryTake(out EngineMessage message)
        {
            if (!Waiting.TryDequeue(out message))
                return false;
            message = Deflater.Deflate(message);
            return true;
        }

        public void OnGoodbye()
        {
        }
    }

    /// <summary>What a client has said, in pieces of any length, and what it was sent.</summary>
    sealed class Wire(System.Random random) : MemoryStream
    {
        readonly MemoryStream said = new();
        readonly MemoryStream written = new();

        public byte[] Written => written.ToArray();

        /// <summary>A message in fragments, with pings between them.</summary>
        public void Say(byte[] payload, bool isText, WebSocketDeflater deflater)
        {
            var message = random.Next(4) == 0
                ? new EngineMessage(payload, !isText)
                : deflater.Deflate(new EngineMessage(payload, !isText));
            var left = message.Bytes.Span;
            var first = (byte)((isText ? 1 : 2) | (message.IsCompressed ? 0x40 : 0));
            while (random.Next(3) == 0)
            {
                var length = random.Next(left.Length + 1);
                Frame(first, left[..length]);
                left = left[length..];
                first = 0;
                if (random.Next(2) == 0)
                    Frame(0x89, [1, 2, 3]);
            }

            Frame((byte)(first | 0x80), left);
        }

        public void Frame(byte first, ReadOnlySpan<byte> payload)
        {
            var frame = WebSocketFrames.Write(WebSocketOpcode.Binary, payload);
            var head = frame.Length - payload.Length;
            frame[0] = first;
            frame[1] |= 0x80;
            var key = new byte[4];
            random.NextBytes(key);
            for (var i = 0; i < payload.Length; i++)
                frame[head + i] ^= key[i % 4];
            var at = said.Position;
            said.Seek(0, SeekOrigin.End);
            said.Write([.. frame.AsSpan(0, head), .. key, .. frame.AsSpan(head)]);
            said.Position = at;
        }

        public override ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(buffer.IsEmpty
                ? 0 : said.Read(buffer.Span[..random.Next(1, buffer.Length + 1)]));

        public override ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            written.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        protected override void Dispose(bool disposing)
        {
            said.Dispose();
            written.Dispose();
            base.Dispose(disposing);
        }
    }
}
