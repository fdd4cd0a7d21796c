using System.Text;
using Sluice.Fuzz.Slow;
using Sluice.SocketIO.Redis;

namespace Sluice.Fuzz.Targets;

/// <summary>
/// What stands in a stream of Redis: nothing escapes and nothing is logged as a failure, clients
/// get whole packets or nothing, and who comes back gets what those have got who stayed. With
/// option 0 the bytes are the whole answer to XREAD, which a slow second method reads, too. Without
/// it they are the data of one entry: in base 64 with option 1, choices of
/// <see cref="ClusterMessageMaker"/> with option 6; options 2 to 5 are its type, 0 a broadcast.
/// </summary>
public sealed class StreamEntriesTarget : IFuzzTarget
{
    const string Sid = "sidsidsidsidsidsidsi";
    const string Pid = "pidpidpidpidpidpidpi";

    static readonly byte[] known =
        """{"packet":{"type":2,"data":["known"]},"opts":{"rooms":["nobody"]}}"""u8.ToArray();

    readonly StreamNode node = new();

    public string Name => "stream-entries";

    public IReadOnlyList<string> Words { get; } =
    [
        "\r\n", "*0\r\n", "*-1\r\n", "$-1\r\n", "*2\r\n", "*8\r\n", "$3\r\nuid\r\n$1\r\nx\r\n",
        "$3\r\nnsp\r\n$1\r\n/\r\n", "$4\r\ntype\r\n$1\r\n3\r\n", "$4\r\ndata\r\n$2\r\n{}\r\n",
        "$3\r\n9-1\r\n", "$1\r\n-\r\n", ":3\r\n", "18446744073709551616-0", "-1-0",
        "{\"packet\":{\"type\":2,\"data\":[\"a\"]}", "\"opts\":{\"rooms\":[\"r\"],\"except\":[]}",
        "\"flags\":{\"volatile\":true}", "\"rooms\":[\"r\"]", "\"close\":true", "\\ud800",
        "\"requestId\":\"q\"", "{\"_placeholder\":true,\"num\":0}", "gqZwYWNrZXSC", "==",
        "\u0082\u00a6packet\u0082\u00a4type\u0002\u00a4data\u0091\u00a1a\u00a4opts\u0080",
        "\u00c4\u0001x", "\u00d4\0\0",
    ];

    public void Run(ReadOnlySpan<byte> input)
    {
        var parts = new FuzzInput(input);
        node.Restore();
        if (parts.Has(0))
            RunAnswer(parts.Bytes);
        else
            RunEntry(parts);
        Promise.Same("", string.Join('\n', node.Log.Errors), "errors");
    }

    void RunAnswer(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.Length;
        if (new RespReader().Read(ref bytes, out var answer) != RespStatus.Complete)
            return;
        Promise.Same(SlowStreamEntries.Describe(answer), Describe(answer), "the entries");
        node.Answer(answer);
        ReceivedChecks.Check(node.Client, length);
        // What is no answer is told of once, and asked for again.
        node.Log.Errors.RemoveAll(
            error => error.Contains("cannot be read", StringComparison.Ordinal));
    }

    void RunEntry(FuzzInput parts)
    {
        var type = parts.Options >> 2 & 15;
        var data = parts.Bytes.ToArray();
        if (parts.Has(6))
            data = new ClusterMessageMaker(parts.Bytes, 16).Entry();
        if (parts.Has(1) || data is not [(byte)'{', ..])
            data = Encoding.ASCII.GetBytes(Convert.ToBase64String(data));
        var before = node.Redis.Add(3, known);
        node.Answer(before.Answer);
        var (id, answer) = node.Redis.Add(type == 0 ? 3 : type, data);
        node.Answer(answer);

        // Nobody who comes back is asked a question.
        var stayed = ReceivedChecks.Check(node.Client, data.Length)
            .Where(one => one.EndsWith($",\"{id}\"]", StringComparison.Ordinal)).ToList();
        if (stayed.Count == 0 || IsQuestion(answer))
            return;
        node.Redis.Keys["sio:session:" + Pid] = StreamSession.Encode(
            new(Sid, Pid, ["r", node.Client.SocketId], "{}"u8.ToArray()), "/");
        var back = node.Connect($$"""0{"pid":"{{Pid}}","offset":"{{before.Id}}"}""");
        Promise.Same(Sid, back.SocketId, "the client is recovered");
        Promise.Same(
            string.Join('\n', stayed),
            string.Join('\n', ReceivedChecks.Check(back, data.Length)),
            "what was missed of " + Encoding.Latin1.GetString(data));
        back.Close();
    }

    static bool IsQuestion(RedisValue answer) =>
        ClusterMessage.Member(StreamEntry.ReadMany(answer)[0].Parse()!.Root, "packet") is { } packet
            && ClusterMessage.Member(packet, "id") is not null;

    static string Describe(RedisValue answer)
    {
        try
        {
            return string.Concat(StreamEntry.ReadMany(answer).Select(entry =>
                SlowStreamEntries.Line(
                    entry.Id.ToString(), entry.Uid, entry.Namespace, (int)entry.Type,
                    entry.Data)));
        }
        catch (RedisException)
        {
            return SlowStreamEntries.Refused;
        }
    }
}
