using System.IO.Compression;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// Makes messages to a client short (RFC 7692, section 7.2.1). Unless they may refer to earlier
/// ones, a compressor lives as long as a message, and who is sent the same message is sent the
/// same bytes.
/// </summary>
/// <param name="isTakingOver">Messages refer to earlier ones.</param>
/// <param name="bits">How far back they refer.</param>
/// <param name="options">Whose threshold and level count.</param>
sealed class WebSocketDeflater(bool isTakingOver, int bits, PerMessageDeflateOptions options)
{
    DeflateSink? sink;
    DeflateStream? stream;

    /// <summary>It holds memory between messages.</summary>
    public bool IsHolding => stream is not null;

    /// <summary>
    /// The message compressed, or as it is when it is short, must stay plain or does not get
    /// shorter. One call at a time.
    /// </summary>
    public EngineMessage Deflate(in EngineMessage message)
    {
        if (message.IsPlain || message.Bytes.Length < options.Threshold)
            return message;
        if (isTakingOver)
            return DeflateOn(message);
        return message.Shared is { } shared
            ? shared.Deflate(message, bits, options.Level)
            : DeflateAlone(message, bits, options.Level);
    }

    /// <summary>Nothing is sent any more.</summary>
    public void Release()
    {
        stream?.Dispose();
        stream = null;
    }

    /// <summary>A message that refers to none but itself.</summary>
    public static EngineMessage DeflateAlone(
        in EngineMessage message, int bits, CompressionLevel level)
    {
        var sink = new DeflateSink();
        sink.Open(SinkBytes(message.Bytes.Length));
        try
        {
            // Pieces as long as the window, each on its own, refer to nothing beyond it.
            var left = message.Bytes.Span;
            var piece = bits == DeflateAgreement.BitsMax ? left.Length : 1 << bits;
            while (!left.IsEmpty)
            {
                var next = left[..Math.Min(piece, left.Length)];
                left = left[next.Length..];
                Deflate(sink, next, level);
            }

            var payload = Payload(sink);
            return payload.Length < message.Bytes.Length
                ? EngineMessage.Compressed(payload, message.IsBinary) : message;
        }
        finally
        {
            sink.Shut();
        }
    }

    EngineMessage DeflateOn(in EngineMessage message)
    {
        sink ??= new DeflateSink();
        stream ??= new DeflateStream(sink, options.Level, leaveOpen: true);
        sink.Open(SinkBytes(message.Bytes.Length));
        try
        {
            stream.Write(message.Bytes.Span);
            stream.Flush();
            return EngineMessage.Compressed(Payload(sink), message.IsBinary);
        }
        finally
        {
            sink.Shut();
        }
    }

    /// <summary>Compresses to the end of a byte; what the stream says at its end is not kept.</summary>
    static void Deflate(DeflateSink sink, ReadOnlySpan<byte> piece, CompressionLevel level)
    {
        int length;
        using (var stream = new DeflateStream(sink, level, leaveOpen: true))
        {
            stream.Write(piece);
            stream.Flush();
            length = sink.Written.Length;
        }

        sink.Truncate(length);
    }

    /// <summary>Without the empty block that a flush ends with, or of nothing but half of one.</summary>
    static ReadOnlySpan<byte> Payload(DeflateSink sink) =>
        sink.Written.EndsWith(flushed) ? sink.Written[..^flushed.Length] : emptyMessage;

    static ReadOnlySpan<byte> flushed => [0, 0, 0xff, 0xff];

    static ReadOnlySpan<byte> emptyMessage => [0];

    static int SinkBytes(int length) => Math.Max(EngineLimits.SendBytes, length / 2);
}
