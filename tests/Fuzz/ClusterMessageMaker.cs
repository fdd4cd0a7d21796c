using System.Buffers;
using System.Globalization;
using System.Text;
using Sluice.SocketIO.MessagePack;

namespace Sluice.Fuzz;

/// <summary>
/// Messages of nodes that are well-formed, and mostly what nodes say: each byte of an input is one
/// choice, and one in sixteen of them puts a value where no node would put it.
/// </summary>
ref struct ClusterMessageMaker(ReadOnlySpan<byte> choices, int idLength)
{
    const int DepthMax = 6;

    static readonly string[] names =
    [
        "type", "data", "uid", "nsp", "requestId", "opts", "rooms", "except", "flags", "timeout",
        "volatile", "compress", "packet", "sockets", "id", "handshake", "clientCount", "close",
        "sid", "room", "_placeholder", "num", "", "\\ud800", "__proto__",
    ];

    static readonly string[] texts =
    [
        "r", "a", "said", "connect", "disconnect", "/", "/other", "", "é", "\\ud800", "\\u0000",
        "emitter", "r#", "12345678901234567890",
    ];

    static readonly string[] numbers =
    [
        "0", "1", "-1", "2147483647", "2147483648", "-2147483648", "1e400", "1.5", "-0",
        "9223372036854775808", "18446744073709551616",
    ];

    readonly StringBuilder json = new();
    readonly ReadOnlySpan<byte> choices = choices;
    readonly int idLength = idLength;
    int next;
    int attachmentsCount;

    /// <summary>A broadcast of the classic adapter, which is an array.</summary>
    public byte[] Broadcast()
    {
        json.Append("[\"x\",");
        Member("packet", 1);
        if (Choice(4) > 0)
        {
            json.Append(',');
            Member("opts", 1);
        }

        json.Append(']');
        return Packed();
    }

    /// <summary>A question or an answer of the classic adapter.</summary>
    public byte[] Request()
    {
        Object(
            0, "uid", "requestId", "type", "opts", "rooms", "packet", "data", "sid", "room",
            "close", "sockets", "clientCount");
        return Choice(3) == 0 || attachmentsCount > 0
            ? Packed() : Encoding.UTF8.GetBytes(json.ToString());
    }

    /// <summary>Any message of the sharded adapter.</summary>
    public byte[] Message()
    {
        json.Append("{\"type\":").Append(3 + Choice(10)).Append(",\"data\":");
        Object(
            1, "requestId", "opts", "rooms", "packet", "sockets", "clientCount", "close");
        json.Append(",\"uid\":\"x\",\"nsp\":");
        Member("nsp", 1);
        json.Append('}');
        return Choice(3) == 0 || attachmentsCount > 0
            ? Packed() : Encoding.UTF8.GetBytes(json.ToString());
    }

    /// <summary>The data of an entry of a stream.</summary>
    public byte[] Entry()
    {
        Object(1, "packet", "opts", "rooms", "close", "requestId");
        return Choice(3) == 0 || attachmentsCount > 0
            ? Packed() : Encoding.UTF8.GetBytes(json.ToString());
    }

    /// <summary>A session that waits in Redis.</summary>
    public byte[] Session(string privateId)
    {
        json.Append("{\"sid\":");
        Member("sid", 1);
        json.Append(",\"pid\":\"").Append(privateId).Append("\",\"rooms\":");
        Member("rooms", 1);
        json.Append(",\"data\":{");
        for (var count = Choice(3); count > 0; count--)
        {
            Text();
            json.Append(':');
            Anything(2);
            if (count > 1)
                json.Append(',');
        }

        json.Append("}}");
        return Packed();
    }

    readonly byte[] Packed()
    {
        var output = new ArrayBufferWriter<byte>();
        var attachments = new ReadOnlyMemory<byte>[attachmentsCount];
        for (var i = 0; i < attachments.Length; i++)
            attachments[i] = new byte[] { 1, (byte)i };
        JsonToMessagePack.Write(
            new MessagePackWriter(output), Encoding.UTF8.GetBytes(json.ToString()), attachments);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The next byte, from 0 to below the bound; 0 when all are used up.</summary>
    int Choice(int bound) => next < choices.Length ? choices[next++] % bound : 0;

    void Object(int depth, params ReadOnlySpan<string> some)
    {
        json.Append('{');
        var isFirst = true;
        foreach (var name in some)
        {
            if (Choice(4) == 1)
                continue;
            json.Append(isFirst ? "\"" : ",\"").Append(name).Append("\":");
            isFirst = false;
            Member(name, depth + 1);
        }

        json.Append('}');
    }

    void Member(string name, int depth)
    {
        if (Choice(16) == 15)
        {
            Anything(depth);
            return;
        }

        switch (name)
        {
            case "type" or "clientCount":
                json.Append(Choice(12));
                break;
            case "requestId":
                json.Append('"').Append('q', idLength).Append('"');
                break;
            case "opts":
                Object(depth, "rooms", "except", "flags");
                break;
            case "rooms" or "except":
                Texts();
                break;
            case "flags":
                Object(depth, "timeout", "volatile", "compress");
                break;
            case "timeout":
                json.Append(numbers[Choice(numbers.Length)]);
                break;
            case "packet" when Choice(2) == 0:
                Object(depth, "data", "nsp");
                json.Insert(json.Length - 1, json[^2] == '{' ? "\"type\":2" : ",\"type\":5");
                break;
            case "packet" or "data":
                Event(depth);
                break;
            case "sockets":
                json.Append("[{\"id\":\"a\",\"rooms\":");
                Texts();
                json.Append(",\"handshake\":");
                Anything(depth);
                json.Append(",\"data\":");
                Anything(depth);
                json.Append("}]");
                break;
            case "nsp":
                json.Append("\"/\"");
                break;
            case "close" or "volatile" or "compress":
                json.Append(Choice(2) == 0 ? "true" : "false");
                break;
            default:
                Text();
                break;
        }
    }

    void Event(int depth)
    {
        json.Append('[');
        Text();
        for (var count = Choice(4); count > 0; count--)
        {
            json.Append(',');
            Anything(depth + 1);
        }

        json.Append(']');
    }

    void Texts()
    {
        json.Append('[');
        for (var count = Choice(3); count > 0; count--)
        {
            Text();
            if (count > 1)
                json.Append(',');
        }

        json.Append(']');
    }

    void Text() => json.Append('"').Append(texts[Choice(texts.Length)]).Append('"');

    void Anything(int depth)
    {
        switch (Choice(depth < DepthMax ? 8 : 5))
        {
            case 0:
                json.Append("null");
                break;
            case 1:
                json.Append("true");
                break;
            case 2:
                json.Append(numbers[Choice(numbers.Length)]);
                break;
            case 3:
                Text();
                break;
            case 4:
                json.Append(CultureInfo.InvariantCulture,
                    $"{{\"_placeholder\":true,\"num\":{attachmentsCount++}}}");
                break;
            case 5:
                Event(depth);
                break;
            default:
                json.Append('{');
                for (var count = Choice(3); count > 0; count--)
                {
                    var name = names[Choice(names.Length)];
                    json.Append('"').Append(name).Append("\":");
                    Member(name, depth + 1);
                    if (count > 1)
                        json.Append(',');
                }

                json.Append('}');
                break;
        }
    }
}
