using System.Buffers;
using System.Text;
using Sluice.Fuzz.Slow;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// Compressed messages of a client: a slow reader of the same format takes and refuses the same,
/// nothing longer than the bound comes out, and what was taken can be sent and read again.
/// </summary>
public sealed class DeflatedMessageTarget : IFuzzTarget
{
    const int MessageMax = 3000;

    static readonly byte[] tail = [0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff];

    static readonly PerMessageDeflateOptions options = new() { Threshold = 0 };

    public string Name => "deflated-message";

    public IReadOnlyList<string> Words { get; } =
    [
        Latin1("f248cdc9c90700"), Latin1("f200110000"), Latin1("000500faff48656c6c6f00"),
        Latin1("f348cdc9c9070000"), Latin1("0000ffff"), Latin1("010000ffff"),
        Latin1("4a4c44070000"), Latin1("edc1010d000000c2a0f74f6d0e37a0"), "\u0000", "\u0003",
        "\u0004", "\u0005",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var bits = 8 + (parts.Options & 7);
        var isTakingOver = parts.Has(3);
        var inflater = new WebSocketInflater(isTakingOver, bits);
        byte[] before = [];
        var start = 0;
        foreach (var end in parts.PieceEnds())
        {
            var compressed = parts.Bytes[start..end].ToArray();
            start = end;
            var status = inflater.Inflate(compressed, MessageMax, out var rented, out var length);
            var slow = SlowInflate.Run([.. compressed, .. tail], before, MessageMax);
            Promise.Same(
                slow.IsTooBig ? InflateStatus.TooBig
                    : slow.IsWhole ? InflateStatus.Whole : InflateStatus.Invalid,
                status, "status");
            if (status != InflateStatus.Whole)
                break;
            var message = rented.AsSpan(0, length).ToArray();
            ArrayPool<byte>.Shared.Return(rented);
            Promise.Holds(message.AsSpan().SequenceEqual(slow.Output), "the same comes out");
            CheckAgain(message, bits);
            byte[] all = [.. before, .. message];
            before = isTakingOver ? all[Math.Max(0, all.Length - (1 << bits))..] : [];
        }

        inflater.Release();
        Promise.Holds(!inflater.IsHolding, "nothing is kept");
    }

    static void CheckAgain(byte[] message, int bits)
    {
        var sent = new WebSocketDeflater(false, bits, options)
            .Deflate(new EngineMessage(message, IsBinary: true));
        if (!sent.IsCompressed)
            return;
        Promise.Same(
            InflateStatus.Whole,
            new WebSocketInflater(false, bits).Inflate(
                sent.Bytes, message.Length, out var rented, out var length), "again");
        Promise.Holds(rented.AsSpan(0, length).SequenceEqual(message), "the same again");
        ArrayPool<byte>.Shared.Return(rented);
    }

    static string Latin1(string hex) =>
        Encoding.Latin1.GetString(Convert.FromHexString(hex));
}
