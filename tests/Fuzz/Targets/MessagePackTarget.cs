using System.Buffers;
using System.Text;
using System.Text.Json;
using Sluice.SocketIO.MessagePack;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// MessagePack that is accepted becomes well-formed JSON of bounded size; skipping it ends where
/// reading ends; and what goes there and back once stays the same from then on.
/// </summary>
public sealed class MessagePackTarget : IFuzzTarget
{
    /// <summary>A byte of nothing becomes a placeholder of 30 at most, and null of 4.</summary>
    const int JsonBytesPerByte = 40;

    public string Name => "message-pack";

    public IReadOnlyList<string> Words { get; } =
    [
        "\u0080", "\u0081\u00a1a", "\u0090", "\u0091", "\u00c0", "\u00c4\u0001x", "\u00d4\0\0",
        "\u00d6\u00ff\0\0\0\u0001", "\u00d7\0\0\0\0\0\0\0\0\u0001", "\u00c7\u0002\0ab",
        "\u00cb\u007f\u00f0\0\0\0\0\0\0", "\u00dd\u00ff\u00ff\u00ff\u00ff", "\u00df\0\u0001\0\0",
        "\u00ac_placeholder\u00c3", "\u00a3num\0", "\u00cf\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var bytes = new FuzzInput(input).Bytes;
        var reader = new MessagePackReader(bytes);
        var isRead = MessagePackToJson.TryRead(ref reader, out var json, out var attachments);
        if (!isRead)
            return;
        Promise.Holds(json.Length <= 64 + JsonBytesPerByte * bytes.Length, "JSON is bounded");
        JsonElement.Parse(json.Span, new JsonDocumentOptions { MaxDepth = 1000 });
        var skipping = new MessagePackReader(bytes);
        Promise.Holds(skipping.TrySkip(), "what is read can be skipped");
        Promise.Same(reader.Remaining, skipping.Remaining, "the end");

        var (second, secondAttachments) = Again(json, attachments);
        var (third, thirdAttachments) = Again(second, secondAttachments);
        Promise.Same(Text(second), Text(third), "JSON there and back");
        Promise.Same(Hex(secondAttachments), Hex(thirdAttachments), "attachments there and back");
    }

    static (ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte>[] Attachments) Again(
        ReadOnlyMemory<byte> json, ReadOnlyMemory<byte>[] attachments)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonToMessagePack.Write(new MessagePackWriter(output), json.Span, attachments);
        Promise.Holds(
            MessagePackToJson.TryRead(output.WrittenSpan, out var back, out var same),
            "what was written can be read");
        return (back, same);
    }

    static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    static string Hex(ReadOnlyMemory<byte>[] attachments) =>
        string.Join(' ', attachments.Select(bytes => Convert.ToHexString(bytes.Span)));
}
