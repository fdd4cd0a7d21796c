using System.Text;
using System.Text.Json.Nodes;
using Sluice.Fuzz.Slow;
using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Redis;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// A session that waits in Redis: a slow second method reads the same, it stays the same there and
/// back, and its client is recovered with its rooms and its data, or begins anew. The bytes are
/// what GET answers; with option 0 they become base 64 first, with option 1 they are choices of
/// <see cref="ClusterMessageMaker"/>.
/// </summary>
public sealed class StoredSessionsTarget : IFuzzTarget
{
    const string Pid = "pidpidpidpidpidpidpi";

    static readonly byte[] known =
        """{"packet":{"type":2,"data":["known"]},"opts":{"rooms":["nobody"]}}"""u8.ToArray();

    readonly StreamNode node = new();

    public string Name => "stored-sessions";

    public IReadOnlyList<string> Words { get; } =
    [
        "==", "=", "hKNzaWS0", "\u0084\u00a3sid\u00b4", "\u00a3pid\u00b4" + Pid,
        "\u00a5rooms\u0091",
        "\u00a4data\u0081\u00a1a", "\u00a3nsp\u00a1/", "\u00c4\u0001x", "\u00c7\u0001\0x",
        "\u0082\u00ac_placeholder\u00c3\u00a3num\0", "\u00d4\0\0", "\u00c0", "\u00a3nsp\u0001",
        "\u00d6\u00ff\0\0\0\u0001", "\u00cb\u007f\u00f0\0\0\0\0\0\0", "\u00a6_admin\u0081",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var text = parts.Bytes.ToArray();
        if (parts.Has(1))
            text = new ClusterMessageMaker(parts.Bytes, 16).Session(Pid);
        if (parts.Has(0) || parts.Has(1))
            text = Encoding.ASCII.GetBytes(Convert.ToBase64String(text));
        var session = StreamSession.Decode(text, Pid, "/");
        Compare(text, session);
        ComeBack(text, session);
    }

    static void Compare(byte[] text, StoredSession? session)
    {
        var slow = SlowStoredSession.Read(text, Pid, "/");
        if (session is null)
        {
            Promise.Holds(slow is null, "what one reads the other reads, too");
            return;
        }

        Promise.Holds(session.Data.Length <= 64 + 40 * text.Length, "data is bounded");
        if (slow is var (id, rooms, data))
        {
            Promise.Same(id, session.Id, "id");
            Promise.Same(rooms, string.Join('\n', session.Rooms), "rooms");
            Promise.Holds(
                JsonNode.DeepEquals(data, SlowStoredSession.Parse(session.Data)), "data");
        }

        var again = StreamSession.Decode(StreamSession.Encode(session, "/"), Pid, "/")!;
        Promise.Same(session.Id, again.Id, "id there and back");
        Promise.Same(
            string.Join('\n', session.Rooms), string.Join('\n', again.Rooms),
            "rooms there and back");
    }

    void ComeBack(byte[] text, StoredSession? session)
    {
        node.Restore();
        var (id, answer) = node.Redis.Add(3, known);
        node.Answer(answer);
        node.Redis.Keys["sio:session:" + Pid] = text;
        var client = node.Connect($$"""0{"pid":"{{Pid}}","offset":"{{id}}"}""");
        var socket = node.IO.Sockets.Single(one => one.Id != node.Client.SocketId);
        Promise.Same(session is not null, socket.Recovered, "the client is recovered");
        if (session is not null)
        {
            Promise.Same(session.Id, socket.Id, "the id of its socket");
            Promise.Holds(
                new HashSet<string>(session.Rooms) { socket.Id }.SetEquals(socket.Rooms), "rooms");
            foreach (var key in socket.Data.Keys)
                Promise.Holds(socket.Data[key] is not null, "data");
        }

        // Its session waits again, or another's with the same data.
        client.Close(Sluice.SocketIO.EngineIO.CloseReasons.TransportClose);
        var kept = StreamSession.Decode(
            node.Redis.Keys["sio:session:" + socket.PrivateId], socket.PrivateId!, "/");
        Promise.Same(socket.Id, kept?.Id, "it is kept again");
        Promise.Same("", string.Join('\n', node.Log.Errors), "errors");
    }
}
