using System.Buffers;
using System.Text.Json;
using Sluice.SocketIO.MessagePack;

namespace Sluice.SocketIO.Redis;

/// <summary>What this node says to others. How it is written depends on the way that it goes.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Attachments">The binaries in it.</param>
/// <param name="WriteData">Writes the members of its data.</param>
sealed record ClusterOutgoing(
    ClusterMessageType Type, IReadOnlyList<ReadOnlyMemory<byte>> Attachments,
    Action<Utf8JsonWriter> WriteData)
{
    /// <summary>The only room that a broadcast without acknowledgement is for.</summary>
    public string? Room { get; init; }

    /// <summary>It is answered, or is of no use to whoever is not there now.</summary>
    public bool IsEphemeral { get; init; }

    /// <summary>Its data alone, as JSON.</summary>
    public byte[] Data() => ClusterWriter.Json(WriteData);

    /// <summary>{type, data, uid, nsp}: JSON, unless something in it is binary.</summary>
    public byte[] Message(string uid, string name) =>
        Attachments.Count == 0 ? Json(uid, name) : MessagePack(uid, name);

    /// <summary>{type, data, uid, nsp} as MessagePack, whatever is in it.</summary>
    public byte[] MessagePack(string uid, string name) => ToMessagePack(Json(uid, name));

    /// <summary>JSON with placeholders for the attachments, as MessagePack.</summary>
    public byte[] ToMessagePack(byte[] json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length);
        JsonToMessagePack.Write(new MessagePackWriter(output), json, Attachments);
        return output.WrittenSpan.ToArray();
    }

    byte[] Json(string uid, string name) => ClusterWriter.Json(json =>
    {
        json.WriteNumber("type", (int)Type);
        json.WriteStartObject("data");
        WriteData(json);
        json.WriteEndObject();
        json.WriteString("uid", uid);
        json.WriteString("nsp", name);
    });
}
