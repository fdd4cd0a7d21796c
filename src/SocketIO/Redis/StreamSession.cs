using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.MessagePack;

namespace Sluice.SocketIO.Redis;

/// <summary>
/// A session as the official adapter keeps it in Redis: MessagePack in base 64 of sid, pid, rooms
/// and data. The namespace is ours: with it a session is of no use in another one, where its
/// rooms mean something else and middlewares would be skipped.
/// </summary>
static class StreamSession
{
    public static byte[] Encode(StoredSession session, string name)
    {
        var json = ClusterWriter.Json(writer =>
        {
            writer.WriteString("sid", session.Id);
            writer.WriteString("pid", session.PrivateId);
            ClusterWriter.WriteTexts(writer, "rooms", session.Rooms);
            writer.WritePropertyName("data");
            writer.WriteRawValue(session.Data.Span, skipInputValidation: true);
            writer.WriteString("nsp", name);
        });
        var bytes = new ArrayBufferWriter<byte>(json.Length);
        JsonToMessagePack.Write(new MessagePackWriter(bytes), json, []);
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.WrittenCount)];
        Base64.EncodeToUtf8(bytes.WrittenSpan, text, out _, out _);
        return text;
    }

    /// <summary>Binaries in the data become base 64, as it is kept as JSON here.</summary>
    /// <returns>Null when it is not a session of this id and namespace.</returns>
    public static StoredSession? Decode(ReadOnlyMemory<byte> text, string privateId, string name)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (Base64.DecodeFromUtf8(text.Span, bytes, out _, out var length) != OperationStatus.Done
            || ClusterMessage.ParsePlain(bytes.AsSpan(0, length)) is not { } session
            || session.Text("sid") is not { Length: > 0 } id
            || session.Text("pid") != privateId
            || (session.Text("nsp") is { } other && other != name))
            return null;
        var data = ClusterMessage.Member(session.Root, "data") is
        { ValueKind: JsonValueKind.Object } some
            ? ClusterMessage.Raw(some) : "{}"u8.ToArray();
        return new StoredSession(
            id, privateId, ClusterMessage.Texts(ClusterMessage.Member(session.Root, "rooms")),
            data);
    }
}
