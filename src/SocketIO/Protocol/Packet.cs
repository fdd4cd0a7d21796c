namespace Sluice.SocketIO.Protocol;

/// <summary>The packets of the Socket.IO protocol, version 5, by their digit on the wire.</summary>
public enum PacketType
{
    Connect = 0,
    Disconnect = 1,
    Event = 2,
    Ack = 3,
    ConnectError = 4,
    BinaryEvent = 5,
    BinaryAck = 6,
}

/// <summary>
/// One Socket.IO packet. Its data is kept as it travels: JSON in UTF-8 with a placeholder for
/// each attachment, and the attachments. What sends it on (a WebSocket, a cluster's message)
/// copies or transcodes these bytes and never parses them into objects.
/// </summary>
public sealed record Packet
{
    public required PacketType Type { get; init; }

    /// <summary>The namespace, with its slash.</summary>
    public string Namespace { get; init; } = "/";

    /// <summary>The id of an acknowledgement; null without one.</summary>
    public long? Id { get; init; }

    /// <summary>
    /// For events and acknowledgements a JSON array, for connect and its error an object; empty
    /// when there is none. Attachments stand in it as <c>{"_placeholder":true,"num":0}</c>.
    /// </summary>
    public ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>The attachments, in the order of their numbers.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; init; } = [];
}
