using System.Runtime.InteropServices;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// One Engine.IO message on its way to a client, as it stands on the wire of a WebSocket: a text
/// with the packet's type digit in front ("4..."), or the bytes of an attachment. It is
/// immutable, so that a broadcast encodes once and every connection sends the same bytes.
/// </summary>
/// <param name="Bytes">UTF-8 with the leading type digit, or raw bytes.</param>
/// <param name="IsBinary">An attachment.</param>
public readonly record struct EngineMessage(ReadOnlyMemory<byte> Bytes, bool IsBinary)
{
    /// <summary>It must not be compressed.</summary>
    internal bool IsPlain { get; init; }

    /// <summary>The bytes are compressed (RFC 7692), which the head of the frame says.</summary>
    internal bool IsCompressed { get; private init; }

    /// <summary>How many bytes before <see cref="Bytes"/>, in the same array, are its head.</summary>
    readonly byte headLength;

    EngineMessage(ReadOnlyMemory<byte> bytes, bool isBinary, byte headLength)
        : this(bytes, isBinary) => this.headLength = headLength;

    /// <summary>
    /// A message whose bytes are still to be written, with the head of its WebSocket frame in
    /// front of them, so that all connections send what one has framed.
    /// </summary>
    /// <param name="length">Of the bytes.</param>
    /// <param name="isBinary">An attachment.</param>
    /// <param name="bytes">To be filled before the message is sent.</param>
    internal static EngineMessage Create(int length, bool isBinary, out Span<byte> bytes)
    {
        var head = WebSocketFrames.HeadLength(length);
        var array = GC.AllocateUninitializedArray<byte>(head + length);
        WebSocketFrames.WriteHead(
            array, isBinary ? WebSocketOpcode.Binary : WebSocketOpcode.Text, length);
        bytes = array.AsSpan(head);
        return new EngineMessage(array.AsMemory(head), isBinary, (byte)head);
    }

    /// <summary>A message with its frame, of bytes that are compressed already.</summary>
    internal static EngineMessage Compressed(ReadOnlySpan<byte> payload, bool isBinary)
    {
        var message = Create(payload.Length, isBinary, out var bytes);
        payload.CopyTo(bytes);
        message = message with { IsCompressed = true };
        WebSocketFrames.MarkCompressed(MemoryMarshal.AsMemory(message.Frame).Span);
        return message;
    }

    /// <summary>The same message, which all connections that compress it compress once.</summary>
    internal EngineMessage Share() => this with { Bytes = new SharedMessage(Bytes).Memory };

    /// <summary>What connections share of it; null when nothing.</summary>
    internal SharedMessage? Shared =>
        MemoryMarshal.TryGetMemoryManager<byte, SharedMessage>(Bytes, out var shared)
            ? shared : null;

    /// <summary>The bytes as a frame of a WebSocket; empty when none was made.</summary>
    internal ReadOnlyMemory<byte> Frame =>
        headLength > 0 && MemoryMarshal.TryGetArray(Bytes, out var segment)
            ? segment.Array.AsMemory(segment.Offset - headLength, headLength + segment.Count)
            : default;
}
