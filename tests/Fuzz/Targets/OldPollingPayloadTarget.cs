using System.Text;
using System.Text.Unicode;
using Sluice.Fuzz.Slow;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// The body of a POST in version 3: what is read is what a slow reader reads, costs what its size
/// says, and is read again after it was written. Option 0 is an octet stream; with option 1 a
/// client gets one.
/// </summary>
public sealed class OldPollingPayloadTarget : IFuzzTarget
{
    /// <summary>A byte that is no UTF-8 becomes a character of three.</summary>
    const int BytesPerByte = 3;

    public string Name => "old-polling-payload";

    public IReadOnlyList<string> Words { get; } =
    [
        "2:4a", "6:b4AQID", "1:2", "0:", ":", "10:", "99999999999:", "4:b4AQ", "b4", "1e0:2",
        "\u00c3\u00a9", "\u00f0\u009f\u0098\u0080", "\0\u0002\u00ff4a",
        "\u0001\u0003\u00ff\u0004\u0001\u0002", "\u0001\u0001\u00ff\u0004", "\0\0\u00ff", "\u00ff",
        "\0\t\t\t\t\t\t\t\t\t\u00ff", "\u0001\0\u00ff",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var body = parts.Bytes.ToArray();
        var packets = new List<EngineMessage>();
        var isWhole = OldPollingPayload.TryRead(body, parts.Has(0), packets);
        var (expected, isExpected) = SlowOldPollingPayload.Read(body, parts.Has(0));
        Promise.Same(string.Join('\n', expected), Text(packets), "packets");
        Promise.Same(isExpected, isWhole, "whole");
        Promise.Holds(
            packets.All(packet => packet.IsBinary || Utf8.IsValid(packet.Bytes.Span)),
            "texts are UTF-8");
        Promise.Holds(
            packets.Sum(packet => packet.Bytes.Length) <= BytesPerByte * body.Length,
            "bytes are bounded");
        CheckAgain(packets, parts.Has(1));
    }

    static void CheckAgain(List<EngineMessage> packets, bool takesBinary)
    {
        // Attachments are written without their type, which is that of a message; and an empty
        // text cannot be told from none.
        var written = packets
            .Where(packet => packet.IsBinary
                ? packet.Bytes.Span is [4, ..] : packet.Bytes.Span is not ([] or [(byte)'b', ..]))
            .Select(packet => packet.IsBinary
                ? packet with { Bytes = packet.Bytes[1..] } : packet)
            .ToList();
        if (written.Count == 0)
            return;
        var body = OldPollingPayload.Write(written, takesBinary);
        var again = new List<EngineMessage>();
        Promise.Holds(
            OldPollingPayload.TryRead(body.Bytes, body.IsBinary, again), "read again");
        var typed = written.Select(packet => packet.IsBinary
            ? packet with { Bytes = OldPollingPayload.Typed(packet.Bytes.Span) } : packet);
        Promise.Same(Text(typed), Text(again), "written and read again");
    }

    static string Text(IEnumerable<EngineMessage> packets) => string.Join(
        '\n', packets.Select(packet => packet.IsBinary
            ? "b" + Convert.ToHexString(packet.Bytes.Span)
            : "t" + Encoding.UTF8.GetString(packet.Bytes.Span)));
}
