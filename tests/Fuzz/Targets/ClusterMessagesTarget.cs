using System.Text;
using System.Text.Json;
using Sluice.SocketIO;
using Sluice.SocketIO.Redis;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// What comes from Redis: nothing escapes and nothing is logged as a failure, clients get whole
/// packets or nothing, what the node answers its own kind can read, and whoever asked gets an
/// answer or the one error for it. Option 0 is the sharded adapter; 1 and 2 choose the channel; 3
/// asks something first, 4 and 5 choose what: "q" repeated as long as an id stands for its id. With
/// option 6 the bytes are choices of <see cref="ClusterMessageMaker"/>.
/// </summary>
public sealed class ClusterMessagesTarget : IFuzzTarget
{
    /// <summary>A byte of nothing becomes a placeholder of 30 at most.</summary>
    const int SentBytesPerByte = 40;

    /// <summary>What the node says of its two sockets, or of itself.</summary>
    const int SentBytesMore = 2000;

    static readonly TimeSpan patience = TimeSpan.FromSeconds(10);

    readonly ClusterNode classic = new(RedisAdapterKind.Classic);
    readonly ClusterNode sharded = new(RedisAdapterKind.Sharded);

    public string Name => "cluster-messages";

    public IReadOnlyList<string> Words { get; } =
    [
        "{\"type\":3,\"data\":{", "},\"uid\":\"x\",\"nsp\":\"/\"}", "\"requestId\":\"qqqqqq\"",
        "\"requestId\":\"qqqqqqqqqqqqqqqq\"", "\"opts\":{\"rooms\":[\"r\"],\"except\":[]}",
        "\"flags\":{\"timeout\":2147483647}", "\"packet\":{\"type\":2,\"data\":[\"a\"]}",
        "\"rooms\":[\"r\"]", "\"sockets\":[{\"id\":\"x\",\"rooms\":[],\"data\":{}}]",
        "\"clientCount\":2147483647", "\\ud800", "\"\\ud800\":1,", "\"data\":{\"\\ud800\":1}",
        "\u00c3", "[[[[[[",
        "{\"_placeholder\":true,\"num\":0}",
        "\u0093\u00a1x\u0082\u00a4type\u0002\u00a4data\u0091\u00a1a", "\u00c4\u0001x", "\u00c0",
        "\u00a6qqqqqq", "\u00b0qqqqqqqqqqqqqqqq", "\u0083\u00a4type", "\u00a9requestId",
        "\"close\":true", "\u00a6packet", "\u00d4\0\0",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        var node = parts.Has(0) ? sharded : classic;
        node.Restore();
        var timersBefore = node.Clock.RunningCount;
        var (name, channel) = Channel(node, parts.Options >> 1 & 3);
        var message = parts.Has(6)
            ? Make(parts.Bytes, node.IsSharded, name.EndsWith('*')) : parts.Bytes.ToArray();
        var asking = parts.Has(3) ? Ask(node.IO, parts.Options >> 4 & 3) : null;
        var id = asking is null ? null : IdOf(node.Redis.Published[^1]);
        if (id is not null)
            message = WithId(message, id);
        node.Redis.Published.Clear();

        node.Redis.Say(name, channel, message);
        foreach (var client in node.Clients)
            ReceivedChecks.Check(client, message.Length);
        CheckPublished(node, message.Length);
        Promise.Holds(node.Clock.RunningCount - timersBefore <= 4, "little is waited for");
        if (asking is not null)
            CheckAnswer(node, asking, IsAnswer(node, name, message, id!, parts.Options >> 4 & 3));
        Promise.Same("", string.Join('\n', node.Log.Errors), "errors");
    }

    static byte[] Make(ReadOnlySpan<byte> choices, bool isSharded, bool isBroadcast)
    {
        var maker = new ClusterMessageMaker(choices, isSharded ? 16 : 6);
        return isSharded ? maker.Message() : isBroadcast ? maker.Broadcast() : maker.Request();
    }

    /// <summary>As different as the operations that wait for other nodes.</summary>
    static Task Ask(ISocketIOServer io, int what) => what switch
    {
        0 => FetchAsync(io),
        1 => io.All.Timeout(TimeSpan.FromSeconds(1)).EmitWithAckAsync("ask", []),
        2 => io.ServerSideEmitWithAckAsync("said", []),
        _ => io.Adapter.AllRoomsAsync(),
    };

    static async Task FetchAsync(ISocketIOServer io)
    {
        foreach (var socket in await io.All.FetchSocketsAsync())
        {
            JsonElement.Parse(
                socket.Handshake.Span, new JsonDocumentOptions { MaxDepth = 1000 });
            foreach (var key in socket.Data.Keys)
                Promise.Holds(socket.Data[key] is not null, "data");
        }
    }

    static string IdOf(byte[] question)
    {
        var message = ClusterMessage.Parse(question)!;
        return message.Text("requestId") ?? ClusterMessage.Text(
            ClusterMessage.Member(message.Root, "data")!.Value, "requestId")!;
    }

    static byte[] WithId(byte[] message, string id) => Encoding.Latin1.GetBytes(
        Encoding.Latin1.GetString(message)
            .Replace(new string('q', id.Length), id, StringComparison.Ordinal));

    /// <summary>Whether the one other node has answered; null when clients have to, too.</summary>
    static bool? IsAnswer(
        ClusterNode node, string subscription, byte[] bytes, string id, int asked)
    {
        if (asked == 1)
            return null;
        var message = ClusterMessage.Parse(bytes);
        if (!node.IsSharded)
            return subscription.StartsWith("socket.io-response", StringComparison.Ordinal)
                && message?.Text("requestId") == id;
        return message is not null && message.Text("uid") is not null
            && message.Text("nsp") == "/" && message.Number("type") is 8 or 10
            && ClusterMessage.Member(message.Root, "data") is { } data
            && ClusterMessage.Text(data, "requestId") == id;
    }

    static (string Name, string Channel) Channel(ClusterNode node, int which)
    {
        if (node.IsSharded)
        {
            var own = which switch
            {
                0 => node.Redis.OwnChannel("socket.io#/#"),
                1 => "socket.io#/#r#",
                _ => "socket.io#/#",
            };
            return (own, own);
        }

        var name = which switch
        {
            0 or 1 => "socket.io#/#*",
            2 => "socket.io-request#/#",
            _ => "socket.io-response#/#",
        };
        return (name, which switch { 0 => "socket.io#/#", 1 => "socket.io#/#r#", _ => name });
    }

    static void CheckPublished(ClusterNode node, int messageLength)
    {
        foreach (var said in node.Redis.Published)
        {
            Promise.Holds(
                said.Length <= SentBytesPerByte * messageLength + SentBytesMore, "size");
            Promise.Holds(ClusterMessage.Parse(said) is not null, "others can read it");
        }
    }

    static void CheckAnswer(ClusterNode node, Task asking, bool? isAnswered)
    {
        if (isAnswered == true)
        {
            Promise.Holds(asking.Wait(patience), "an answer is enough");
            return;
        }

        // The clients' own answers have come; the other node is given up.
        node.Clock.PassAll();
        try
        {
            Promise.Holds(asking.Wait(patience), "whoever asks is answered");
            Promise.Holds(isAnswered is null, "no answer is not enough");
        }
        catch (AggregateException e)
            when (e.InnerException is ClusterTimeoutException or BroadcastTimeoutException)
        {
        }
    }
}
