using System.Text.Unicode;
using Sluice.SocketIO.EngineIO;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// The body of a POST: packets that are taken out and written again are taken out as the same; a
/// body never costs more than its size says.
/// </summary>
public sealed class PollingPayloadTarget : IFuzzTarget
{
    /// <summary>A byte that is no UTF-8 becomes a character of three.</summary>
    const int BytesPerByte = 3;

    public string Name => "polling-payload";

    public IReadOnlyList<string> Words { get; } =
    [
        "\u001e", "4hello", "2", "3", "b", "bAQID", "bAQI=", "bAQI", "b-_", "b+/", "=", "1", "6",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var body = new FuzzInput(input).Bytes;
        var packets = new List<EngineMessage>();
        if (!PollingPayload.TryRead(body, packets))
            return;
        Promise.Holds(packets.Count <= EngineLimits.PacketsPerPost, "packets are bounded");
        Promise.Holds(
            packets.All(packet => packet.IsBinary || Utf8.IsValid(packet.Bytes.Span)),
            "texts are UTF-8");
        Promise.Holds(
            packets.Sum(packet => packet.Bytes.Length) <= BytesPerByte * body.Length,
            "bytes are bounded");
        // An empty text at the beginning leaves no mark in a body.
        if (packets is [{ IsBinary: false, Bytes.IsEmpty: true }, ..])
            return;
        var again = new List<EngineMessage>();
        Promise.Holds(
            PollingPayload.TryRead(PollingPayload.Write(packets).Bytes, again), "read again");
        Promise.Same(packets.Count, again.Count, "packets");
        foreach (var (first, second) in packets.Zip(again))
        {
            Promise.Same(first.IsBinary, second.IsBinary, "kind");
            Promise.Holds(first.Bytes.Span.SequenceEqual(second.Bytes.Span), "bytes");
        }
    }
}
