using System.Buffers;
using System.Text.Json;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>What other nodes say.</summary>
public sealed partial class RedisAdapter
{
    /// <summary>[uid, packet, opts] on the channel of the namespace or of one room.</summary>
    void OnBroadcast(string from, ReadOnlyMemory<byte> bytes)
    {
        // The name of a namespace stands in the pattern as it is, with whatever it may match.
        if (!from.StartsWith(channel, StringComparison.Ordinal))
            return;
        var room = from.Length > channel.Length ? from[channel.Length..^1] : null;
        if (room is not null && !HasRoom(room))
            return;
        if (ClusterMessage.Parse(bytes) is not
            { Root: { ValueKind: JsonValueKind.Array } root } message
            || root.GetArrayLength() is not (2 or 3))
        {
            log.ClusterMessageIgnored(Host.Name, "not a broadcast");
            return;
        }

        if (root[0].ValueKind != JsonValueKind.String || root[0].ValueEquals(uid)
            || (ClusterMessage.Text(root[1], "nsp") ?? "/") != Host.Name)
            return;
        if (message.Packet(root[1], Host.Name) is { } packet)
            base.Broadcast(
                packet, ClusterMessage.Options(root.GetArrayLength() == 3 ? root[2] : null));
        else
            log.ClusterMessageIgnored(Host.Name, "a broadcast without an event");
    }

    void OnRequest(string from, ReadOnlyMemory<byte> bytes)
    {
        if (ClusterMessage.Parse(bytes) is not
            { Root.ValueKind: JsonValueKind.Object } message)
        {
            log.ClusterMessageIgnored(Host.Name, "not a request");
            return;
        }

        var id = message.Text("requestId");
        // What this node asked it has done itself.
        if (message.Text("uid") == uid || (id is not null && (requests.Has(id)
            || asked.ContainsKey(id))))
            return;
        Serve((RedisRequest)message.Number("type"), id, message);
    }

    void Serve(RedisRequest type, string? id, ClusterMessage message)
    {
        var rooms = ClusterMessage.Texts(ClusterMessage.Member(message.Root, "rooms"));
        var options = ClusterMessage.Options(ClusterMessage.Member(message.Root, "opts"));
        switch (type)
        {
            case RedisRequest.Sockets:
                var ids = Select(new BroadcastOptions { Rooms = rooms })
                    .Select(socket => socket.Id).ToArray();
                Answer(message, id, json => ClusterWriter.WriteTexts(json, "sockets", ids));
                break;
            case RedisRequest.AllRooms:
                Answer(message, id, json =>
                    ClusterWriter.WriteTexts(json, "rooms", [.. Rooms.Keys]));
                break;
            case RedisRequest.Fetch:
                var found = Select(options).Select(socket => socket.Describe()).ToArray();
                Answer(message, id, json => ClusterWriter.WriteSockets(json, found));
                break;
            case RedisRequest.Join or RedisRequest.Leave or RedisRequest.Disconnect
                when message.Text("sid") is { } sid:
                ServeOld(type, sid, message);
                Answer(message, id, _ => { });
                break;
            case RedisRequest.Join:
                base.AddSockets(options, rooms);
                break;
            case RedisRequest.Leave:
                base.RemoveSockets(options, rooms);
                break;
            case RedisRequest.Disconnect:
                base.DisconnectSockets(options, IsTrue(message, "close"));
                break;
            case RedisRequest.ServerSideEmit:
                ServeEvent(id, message);
                break;
            case RedisRequest.Broadcast when id is not null:
                ServeQuestion(id, message, options);
                break;
            default:
                log.ClusterMessageIgnored(Host.Name, "an unknown type of request");
                break;
        }
    }

    /// <summary>As the adapter asked before version 7: one socket by its id.</summary>
    void ServeOld(RedisRequest type, string sid, ClusterMessage message)
    {
        var room = message.Text("room");
        if (Host.Find(sid) is not { } socket)
            return;
        if (type == RedisRequest.Disconnect)
            socket.Disconnect(IsTrue(message, "close"));
        else if (room is not null && type == RedisRequest.Join)
            socket.Join(room);
        else if (room is not null)
            socket.Leave(room);
    }

    void ServeEvent(string? id, ClusterMessage message)
    {
        if (ClusterMessage.Member(message.Root, "data") is not
            { ValueKind: JsonValueKind.Array } data || data.GetArrayLength() == 0
            || ClusterMessage.Text(data[0]) is null)
        {
            log.ClusterMessageIgnored(Host.Name, "a server-side event without a name");
            return;
        }

        // Always on the channel that all nodes read: the official adapter does so too.
        Host.OnServerSideEmit(ClusterMessage.Raw(data), id is null ? null : answer =>
            Publish(responseChannel, ClusterWriter.Json(json =>
            {
                json.WriteNumber("type", (int)RedisRequest.ServerSideEmit);
                json.WriteString("requestId", id);
                json.WritePropertyName("data");
                json.WriteRawValue(answer.Span, skipInputValidation: true);
            })));
    }

    /// <summary>Another node wants this one's clients to acknowledge a broadcast.</summary>
    void ServeQuestion(string id, ClusterMessage message, BroadcastOptions options)
    {
        if (message.Packet(ClusterMessage.Member(message.Root, "packet"), Host.Name)
            is not { } packet)
        {
            log.ClusterMessageIgnored(Host.Name, "a broadcast without an event");
            return;
        }

        var target = ResponseChannel(message);
        var isAsked = questions.TryAsk(
            (onClientCount, onAck, cancel) =>
                base.BroadcastWithAck(packet, options, onClientCount, onAck, cancel),
            options.Timeout ?? this.options.RequestsTimeout,
            count => Publish(target, ClusterWriter.Json(json =>
            {
                json.WriteNumber("type", (int)RedisRequest.BroadcastClientCount);
                json.WriteString("requestId", id);
                json.WriteNumber("clientCount", count);
            })),
            ack => Publish(target, EncodeAck(id, ack)));
        if (!isAsked)
            log.ClusterMessageIgnored(Host.Name, "too many questions are not answered yet");
    }

    static byte[] EncodeAck(string id, Packet ack)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteMap(3);
        writer.WriteString("type"u8);
        writer.Write((long)RedisRequest.BroadcastAck);
        writer.WriteString("requestId"u8);
        writer.Write(id);
        writer.WriteString("packet"u8);
        // The first argument alone counts.
        if (ArgumentCodec.Index(ack.Json.Span, skip: 0) is [var start, var end, ..])
            JsonToMessagePack.Write(writer, ack.Json.Span[start..end], ack.Attachments);
        else
            writer.WriteNil();
        return output.WrittenSpan.ToArray();
    }

    void OnResponse(string from, ReadOnlyMemory<byte> bytes)
    {
        if (ClusterMessage.Parse(bytes) is not { } message
            || message.Text("requestId") is not { } id)
        {
            log.ClusterMessageIgnored(Host.Name, "not a response");
            return;
        }

        switch ((RedisRequest)message.Number("type"))
        {
            case RedisRequest.BroadcastClientCount when asked.TryGetValue(id, out var counting):
                counting.OnClientCount(Math.Max(0, message.Number("clientCount")));
                break;
            case RedisRequest.BroadcastAck when asked.TryGetValue(id, out var waiting):
                waiting.OnAck(message.Ack(ClusterMessage.Member(message.Root, "packet")));
                break;
            default:
                requests.OnAnswer(id, message);
                break;
        }
    }

    void Answer(ClusterMessage question, string? id, Action<Utf8JsonWriter> write)
    {
        if (id is null)
            return;
        Publish(ResponseChannel(question), ClusterWriter.Json(json =>
        {
            json.WriteString("requestId", id);
            write(json);
        }));
    }

    string ResponseChannel(ClusterMessage question) =>
        options.PublishOnSpecificResponseChannel && question.Text("uid") is { } asker
            ? responseChannel + asker + "#" : responseChannel;

    static bool IsTrue(ClusterMessage message, string name) =>
        ClusterMessage.Member(message.Root, name) is { ValueKind: JsonValueKind.True };
}
