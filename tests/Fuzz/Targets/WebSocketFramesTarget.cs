using Sluice.SocketIO.EngineIO;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// The frames of a client: one that is complete is not complete with a byte less; and written
/// again with another key it is read as the same.
/// </summary>
public sealed class WebSocketFramesTarget : IFuzzTarget
{
    const int PayloadMax = 1000;

    public string Name => "websocket-frames";

    public IReadOnlyList<string> Words { get; } =
    [
        "\u0081\u0085\0\0\0\0hello", "\u0082\u0080\0\0\0\0", "\u0088\u0082\0\0\0\0\u0003\u00e8",
        "\u0089\u0080\0\0\0\0", "\u008a\u0080\0\0\0\0", "\u0001\u0080\0\0\0\0", "\u0080\u0080",
        "\u00c1\u0087\0\0\0\0\u00f2\u0048\u00cd\u00c9\u00c9\u0007\0", "\u00c9\u0080\0\0\0\0",
        "\u0082\u00fe\u0001\0", "\u0082\u00ff\0\0\0\0\0\0\u0003", "\u0081\u0005hello",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var takesCompressed = parts.Has(0);
        var rest = parts.Bytes.ToArray().AsSpan();
        while (true)
        {
            var untouched = rest.ToArray();
            var status = WebSocketFrames.Read(
                rest, PayloadMax, out var frame, out var length, takesCompressed);
            if (status != WebSocketFrameStatus.Complete)
            {
                Promise.Holds(
                    status != WebSocketFrameStatus.NeedMore || length > rest.Length, "need");
                return;
            }

            Promise.Holds(frame.Payload.Length <= PayloadMax, "the payload is bounded");
            Promise.Same(
                WebSocketFrameStatus.NeedMore,
                WebSocketFrames.Read(
                    untouched.AsSpan(0, length - 1), PayloadMax, out _, out _, takesCompressed),
                "a byte less");
            Promise.Holds(
                !frame.IsCompressed || (takesCompressed
                    && frame.Opcode is WebSocketOpcode.Text or WebSocketOpcode.Binary),
                "only a message that begins is compressed, and only where that was agreed on");
            CheckAgain(frame);
            rest = rest[length..];
        }
    }

    static void CheckAgain(in WebSocketFrame frame)
    {
        var plain = WebSocketFrames.Write(frame.Opcode, frame.Payload);
        var head = plain.Length - frame.Payload.Length;
        byte[] key = [7, 0, 255, 128];
        byte[] masked = [.. plain.AsSpan(0, head), .. key, .. plain.AsSpan(head)];
        masked[1] |= 0x80;
        if (frame.IsCompressed)
            WebSocketFrames.MarkCompressed(masked);
        for (var i = 0; i < frame.Payload.Length; i++)
            masked[head + key.Length + i] ^= key[i % key.Length];
        Promise.Same(
            WebSocketFrameStatus.Complete,
            WebSocketFrames.Read(masked, PayloadMax, out var again, out var length, true), "again");
        Promise.Same(frame.IsCompressed, again.IsCompressed, "compressed");
        Promise.Same(masked.Length, length, "length");
        Promise.Same(frame.Opcode, again.Opcode, "opcode");
        Promise.Holds(frame.Payload.SequenceEqual(again.Payload), "payload");
    }
}
