using System.Text;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Adapters;

/// <summary>Which packets connection state recovery brings, to whom, and their offsets.</summary>
static class RecoverablePacket
{
    /// <summary>
    /// An event that nobody acknowledges, and that is not of interest at this moment alone.
    /// </summary>
    public static bool Is(Packet packet, BroadcastOptions options) =>
        packet.Type == PacketType.Event && packet.Id is null && !options.IsVolatile;

    /// <summary>The packet with its offset as the last argument.</summary>
    public static Packet WithOffset(Packet packet, string offset)
    {
        var json = packet.Json.Span;
        var text = Encoding.ASCII.GetBytes($",\"{offset}\"]");
        var longer = new byte[json.Length - 1 + text.Length];
        json[..^1].CopyTo(longer);
        text.CopyTo(longer, json.Length - 1);
        return packet with { Json = longer };
    }

    /// <summary>Whether the socket of a session would have got it.</summary>
    public static bool IsFor(StoredSession session, BroadcastOptions options) =>
        (options.Rooms.Count == 0 || session.Rooms.Any(options.Rooms.Contains))
        && !session.Rooms.Any(options.Except.Contains);
}
