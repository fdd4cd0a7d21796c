namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// One Engine.IO message on its way to a client, as it stands on the wire of a WebSocket: a text
/// with the packet's type digit in front ("4..."), or the bytes of an attachment. It is
/// immutable, so that a broadcast encodes once and every connection sends the same bytes.
/// </summary>
/// <param name="Bytes">UTF-8 with the leading type digit, or raw bytes.</param>
/// <param name="IsBinary">An attachment.</param>
public readonly record struct EngineMessage(ReadOnlyMemory<byte> Bytes, bool IsBinary);
