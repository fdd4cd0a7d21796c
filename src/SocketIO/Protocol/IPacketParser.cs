using Sluice.SocketIO.EngineIO;

namespace Sluice.SocketIO.Protocol;

/// <summary>
/// How packets stand on the wire. One parser serves all connections of a server; client and
/// server must use the same.
/// </summary>
public interface IPacketParser
{
    /// <summary>
    /// The packet as engine messages: one, or a header and its attachments. The bytes are never
    /// changed afterwards and may be sent to any number of clients.
    /// </summary>
    EngineMessage[] Encode(Packet packet);

    /// <summary>The state of one connection's receiving half.</summary>
    IPacketDecoder CreateDecoder();
}

/// <summary>Puts the packets of one connection together. Not safe for several threads.</summary>
public interface IPacketDecoder
{
    /// <summary>Takes an engine message.</summary>
    /// <param name="payload">The message; it is not kept.</param>
    /// <param name="isBinary">An attachment, or a packet of a binary parser.</param>
    /// <param name="packet">The packet, when it is complete.</param>
    /// <param name="error">Why it was rejected; the connection must be closed.</param>
    DecodeStatus Decode(
        ReadOnlySpan<byte> payload, bool isBinary, out Packet? packet, out string? error);
}

/// <summary>What became of a message.</summary>
public enum DecodeStatus
{
    /// <summary>Attachments are still to come.</summary>
    NeedMore,

    /// <summary>A packet is complete.</summary>
    Complete,

    /// <summary>The message breaks the protocol.</summary>
    Rejected,
}
