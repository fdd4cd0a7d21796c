using System.Text;

namespace Sluice.SocketIO.Protocol;

/// <summary>
/// Reads what <see cref="JsonPacketParser"/> writes, with the tolerance of socket.io-parser 4.2.7
/// and no more.
/// </summary>
sealed class JsonPacketDecoder : IPacketDecoder
{
    Packet? pending;
    ReadOnlyMemory<byte>[]? attachments;
    int attachmentsCount;

    public DecodeStatus Decode(
        ReadOnlySpan<byte> payload, bool isBinary, out Packet? packet, out string? error) =>
        isBinary ? AddAttachment(payload, out packet, out error)
        : pending is not null
            ? Reject("got plaintext data when reconstructing a packet", out packet, out error)
        : DecodeText(payload, out packet, out error);

    DecodeStatus AddAttachment(
        ReadOnlySpan<byte> payload, out Packet? packet, out string? error)
    {
        if (pending is null || attachments is null)
            return Reject(
                "got binary data when not reconstructing a packet", out packet, out error);
        packet = null;
        error = null;
        attachments[attachmentsCount++] = payload.ToArray();
        if (attachmentsCount < attachments.Length)
            return DecodeStatus.NeedMore;
        packet = pending with { Attachments = attachments };
        pending = null;
        attachments = null;
        return DecodeStatus.Complete;
    }

    DecodeStatus DecodeText(ReadOnlySpan<byte> text, out Packet? packet, out string? error)
    {
        if (text.IsEmpty || text[0] is < (byte)'0' or > (byte)'6')
            return Reject("unknown packet type", out packet, out error);
        var type = (PacketType)(text[0] - '0');
        var rest = text[1..];
        var count = 0;
        var isBinary = type is PacketType.BinaryEvent or PacketType.BinaryAck;
        if (isBinary && !TryReadCount(ref rest, out count, out error))
            return Reject(error!, out packet, out error);
        if (!TryReadNamespace(ref rest, out var name))
            return Reject("namespace too long", out packet, out error);
        if (!TryReadId(ref rest, out var id))
            return Reject("invalid id", out packet, out error);
        if (!PacketRules.TryValidate(type, rest, count, out error))
            return Reject(error!, out packet, out error);

        packet = new Packet
        {
            Type = type, Namespace = name, Id = id,
            Json = rest.IsEmpty ? default : rest.ToArray(),
        };
        if (!isBinary)
            return DecodeStatus.Complete;
        pending = packet;
        packet = null;
        attachments = new ReadOnlyMemory<byte>[count];
        attachmentsCount = 0;
        return DecodeStatus.NeedMore;
    }

    static DecodeStatus Reject(string reason, out Packet? packet, out string? error)
    {
        packet = null;
        error = reason;
        return DecodeStatus.Rejected;
    }

    static bool TryReadCount(ref ReadOnlySpan<byte> rest, out int count, out string? error)
    {
        error = "Illegal attachments";
        count = 0;
        var end = rest.IndexOf((byte)'-');
        if (end <= 0)
            return false;
        foreach (var digit in rest[..end])
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            // More digits than the limit has cannot bring the number back under it.
            count = Math.Min(count * 10 + (digit - '0'), Limits.AttachmentsMax + 1);
        }

        rest = rest[(end + 1)..];
        if (count > Limits.AttachmentsMax)
            error = "too many attachments";
        return count is > 0 and <= Limits.AttachmentsMax;
    }

    static bool TryReadNamespace(ref ReadOnlySpan<byte> rest, out string name)
    {
        name = "/";
        if (rest.IsEmpty || rest[0] != (byte)'/')
            return true;
        var end = rest.IndexOf((byte)',');
        var length = end < 0 ? rest.Length : end;
        if (length > Limits.NamespaceLengthMax)
            return false;
        if (length > 1)
            name = Encoding.UTF8.GetString(rest[..length]);
        rest = end < 0 ? default : rest[(end + 1)..];
        return true;
    }

    static bool TryReadId(ref ReadOnlySpan<byte> rest, out long? id)
    {
        id = null;
        var length = 0;
        long value = 0;
        while (length < rest.Length && char.IsAsciiDigit((char)rest[length]))
        {
            if (length == Limits.IdDigitsMax)
                return false;
            value = value * 10 + (rest[length++] - '0');
        }

        if (length > 0)
            id = value;
        rest = rest[length..];
        return true;
    }
}
