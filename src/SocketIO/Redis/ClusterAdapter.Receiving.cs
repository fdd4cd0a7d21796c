using System.Text.Json;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Redis;

/// <summary>What other nodes say.</summary>
public abstract partial class ClusterAdapter
{
    /// <summary>A message, whatever channel brought it.</summary>
    private protected void OnMessage(ReadOnlyMemory<byte> bytes)
    {
        if (ClusterMessage.Parse(bytes) is not { Root.ValueKind: JsonValueKind.Object } message
            || ClusterMessage.Member(message.Root, "data") is not
            { ValueKind: JsonValueKind.Object } data
            || message.Text("uid") is not { } from)
        {
            Log.ClusterMessageIgnored(Host.Name, "not a message of a node");
            return;
        }

        // What this node said it has done itself.
        if (from == Uid || message.Text("nsp") != Host.Name)
            return;
        var id = ClusterMessage.Text(data, "requestId");
        switch ((ClusterMessageType)message.Number("type"))
        {
            case ClusterMessageType.BroadcastClientCount or ClusterMessageType.BroadcastAck
                or ClusterMessageType.FetchResponse or ClusterMessageType.ServerSideEmitResponse:
                OnResponse(message, data, id);
                break;
            case var type:
                Serve(type, from, id, message, data);
                break;
        }
    }

    private protected void Serve(
        ClusterMessageType type, string from, string? id, ClusterMessage message, JsonElement data)
    {
        var options = ClusterMessage.Options(ClusterMessage.Member(data, "opts"));
        var rooms = ClusterMessage.Texts(ClusterMessage.Member(data, "rooms"));
        switch (type)
        {
            case ClusterMessageType.Broadcast:
                ServeBroadcast(from, id, message, data, options);
                break;
            case ClusterMessageType.Join:
                base.AddSockets(options, rooms);
                break;
            case ClusterMessageType.Leave:
                base.RemoveSockets(options, rooms);
                break;
            case ClusterMessageType.Disconnect:
                base.DisconnectSockets(
                    options,
                    ClusterMessage.Member(data, "close") is { ValueKind: JsonValueKind.True });
                break;
            case ClusterMessageType.Fetch when id is not null:
                var found = Select(options).Select(socket => socket.Describe()).ToArray();
                Respond(from, new(ClusterMessageType.FetchResponse, [], answer =>
                {
                    answer.WriteString("requestId", id);
                    ClusterWriter.WriteSockets(answer, found);
                }));
                break;
            case ClusterMessageType.ServerSideEmit:
                ServeEvent(from, id, data);
                break;
            default:
                // Heartbeats and goodbyes of adapters that count nodes by them.
                break;
        }
    }

    void ServeBroadcast(
        string from, string? id, ClusterMessage message, JsonElement data,
        BroadcastOptions options)
    {
        if (message.Packet(ClusterMessage.Member(data, "packet"), Host.Name) is not { } packet)
        {
            Log.ClusterMessageIgnored(Host.Name, "a broadcast without an event");
            return;
        }

        if (id is null)
        {
            base.Broadcast(packet, options);
            return;
        }

        var isAsked = questions.TryAsk(
            (onClientCount, onAck, cancel) =>
                base.BroadcastWithAck(packet, options, onClientCount, onAck, cancel),
            options.Timeout ?? requestsTimeout,
            count => Respond(from, new(ClusterMessageType.BroadcastClientCount, [], answer =>
            {
                answer.WriteString("requestId", id);
                answer.WriteNumber("clientCount", count);
            })),
            ack => Respond(from, new(
                ClusterMessageType.BroadcastAck, ack.Attachments, answer =>
                {
                    answer.WriteString("requestId", id);
                    // The first argument alone counts.
                    WriteRaw(answer, "packet",
                        ArgumentCodec.Index(ack.Json.Span, skip: 0) is [var start, var end, ..]
                            ? ack.Json[start..end] : "null"u8.ToArray());
                })));
        if (!isAsked)
            Log.ClusterMessageIgnored(Host.Name, "too many questions are not answered yet");
    }

    void ServeEvent(string from, string? id, JsonElement data)
    {
        if (ClusterMessage.Member(data, "packet") is not
            { ValueKind: JsonValueKind.Array } packet || packet.GetArrayLength() == 0
            || ClusterMessage.Text(packet[0]) is null)
        {
            Log.ClusterMessageIgnored(Host.Name, "a server-side event without a name");
            return;
        }

        Host.OnServerSideEmit(ClusterMessage.Raw(packet), id is null ? null : answer =>
            Respond(from, new(ClusterMessageType.ServerSideEmitResponse, [], response =>
            {
                response.WriteString("requestId", id);
                WriteRaw(response, "packet", answer);
            })));
    }

    void OnResponse(ClusterMessage message, JsonElement data, string? id)
    {
        if (id is null)
            return;
        asked.TryGetValue(id, out var waiting);
        switch ((ClusterMessageType)message.Number("type"))
        {
            case ClusterMessageType.BroadcastClientCount:
                waiting?.OnClientCount(Math.Max(0, ClusterMessage.Number(data, "clientCount")));
                break;
            case ClusterMessageType.BroadcastAck:
                waiting?.OnAck(message.Ack(ClusterMessage.Member(data, "packet")));
                break;
            default:
                requests.OnAnswer(id, message);
                break;
        }
    }
}
