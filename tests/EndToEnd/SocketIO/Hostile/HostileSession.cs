using System.Text;
using Sluice.EndToEnd.SocketIO.Golden;

namespace Sluice.EndToEnd.SocketIO.Hostile;

/// <summary>
/// What a client does that keeps to no rule: a golden case made from a number. After each thing
/// that may break rules comes an event that a session which is still well answers, so that nothing
/// has to be waited for: either there is the answer or the session's end. Nothing that is answered
/// stands in front of it in the same body or segment: Node.js handles packets a moment later, and
/// whether they are handled at all then hangs on chance.
/// </summary>
sealed class HostileSession
{
    /// <summary>Beyond what the servers take.</summary>
    const int TooManyBytes = 1100;

    const string Fence = "2999[\"echo\",\"fence\"]";

    static readonly string[] types =
        ["0", "1", "2", "2", "2", "3", "4", "5", "5", "6", "7", "x", ""];

    static readonly string[] counts =
        ["", "", "0-", "1-", "1-", "2-", "10-", "11-", "x-", "-", "1"];

    static readonly string[] spaces =
    [
        "", "", "", "", "/,", "/custom,", "/custom", "/nope,", "/dyn-1,", "/dyn-x,", "/mw,",
        "/custom?a=b,", "/é,", "/,/custom,",
    ];

    static readonly string[] ids = ["", "", "", "0", "7", "12", "-1", "999999999999999", "1.5"];

    static readonly string[] values =
    [
        "[\"echo\"]", "[\"echo\",1,null,\"é\"]", "[\"echo\",{\"a\":[]}]", "[\"unknown\"]", "[]",
        "{}", "\"text\"", "1", "null", "", "[1,2]", "[null]", "[\"\"]", "[true]", "[[\"echo\"]]",
        "[\"connect\"]", "[\"disconnect\"]", "[\"connect_error\"]", "[\"disconnecting\"]",
        "[\"newListener\"]", "[\"removeListener\"]", "[\"error\"]", "[\"kick\",false]",
        "[\"kick\",true]", "[\"join\",\"r\"]", "[\"say\",\"r\",1]", "[\"rooms\"]", "[\"auth\"]",
        "[\"bin\",2]", "[\"both\"]", "[\"echo\",{\"_placeholder\":true,\"num\":0}]",
        "[\"echo\",{\"_placeholder\":true,\"num\":1}]", "[\"echo\",{\"_placeholder\":true}]",
        "[\"echo\",{\"_placeholder\":true,\"num\":-1}]",
        "[\"echo\",{\"_placeholder\":1,\"num\":0}]",
        "[\"echo\",{\"_placeholder\":true,\"num\":\"0\"}]",
        "[\"echo\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]",
        "{\"token\":\"x\"}", "{\"ok\":1}", "{\"withData\":1}", "[\"echo\"] ", " [\"echo\"]",
        "[\"echo\"", "[\"echo\",]", "[\"echo\"]]", "[\"ec\\\\u0068o\"]", "[\"\\\\ud800\",1]",
        "[\"echo\",\"\\\\ud800\"]", "[\"echo\",1e400]", "[\"echo\",01]", "[\"__proto__\"]",
        "[\"toString\"]", "[\"echo\",{\"__proto__\":1}]",
    ];

    readonly Random random;
    readonly StringBuilder steps = new();

    /// <summary>Version 3 of Engine.IO, whose clients are in the main namespace at once.</summary>
    readonly bool isOld;

    HostileSession(int number)
    {
        random = new Random(number);
        isOld = random.Next(5) == 0;
    }

    public static GoldenCase Of(int number)
    {
        var session = new HostileSession(number);
        session.Step(session.isOld ? "variant eio3" : "variant main");
        if (session.random.Next(2) == 0)
            session.OverWebSocket();
        else
            session.OverPolling();
        return GoldenCase.Parse($"hostile/{number}", session.steps.ToString());
    }

    void OverWebSocket()
    {
        Step($"ws ?EIO={Version}&transport=websocket");
        Step("< 0{");
        if (isOld)
            Step("< 40");
        // Some do not say hello.
        else if (random.Next(8) > 0)
        {
            Step("> 40");
            Step("< 40{");
        }

        for (var count = random.Next(1, 5); count > 0; count--)
        {
            SendFrame();
            AwaitFence();
        }
    }

    void AwaitFence()
    {
        Step("> 4" + Fence);
        Step("< 43999");
    }

    void SendFrame()
    {
        switch (random.Next(20))
        {
            case 0 or 1:
                Step(">> " + Pick("", "04", "01", "09") + Hex(random.Next(4)));
                break;
            case 2:
                Step(">> " + Hex(TooManyBytes));
                break;
            case 3:
                Step($"> 42[\"echo\",\"{new string('a', TooManyBytes)}\"]");
                break;
            case 4:
                // Text that is none.
                Step(">>> 3432" + Convert.ToHexStringLower("[\"echo\",\""u8) + "c328"
                    + Convert.ToHexStringLower("\"]"u8));
                break;
            case 5 or 6 or 7:
                SendBinaryEvent();
                break;
            case 8:
                Step("> " + Pick("0", "1", "2", "2probe", "3", "3x", "5", "6", "7", "b", "bAQID"));
                break;
            default:
                var packet = Engine() + Packet();
                Step("> " + packet);
                // Node.js lets a socket go a moment later, and ignores what it got until then.
                if (packet.StartsWith("41", StringComparison.Ordinal) || packet.Contains("kick"))
                    Step("pause 20");
                break;
        }
    }

    void OverPolling()
    {
        Step($"get ?EIO={Version}&transport=polling");
        Step("save engine \"sid\":\"([^\"]+)\"");
        if (isOld)
            Poll();
        else if (random.Next(8) > 0)
        {
            Post(Payload("40"));
            Poll();
        }

        for (var count = random.Next(1, 4); count > 0; count--)
        {
            Post(Body());
            Post(Payload("4" + Fence));
            Poll();
        }

        Post(Payload("1"));
    }

    string Body()
    {
        switch (random.Next(20))
        {
            case 0:
                return Payload($"42[\"echo\",\"{new string('a', TooManyBytes)}\"]");
            case 1:
                // Text that is none.
                return "hex:3432" + Convert.ToHexStringLower("[\"echo\",\""u8) + "c328"
                    + Convert.ToHexStringLower("\"]"u8);
            case 2 or 3 or 4:
                var (text, announced, sent) = BinaryEvent();
                // One too many comes in a body of its own.
                return Payload([
                    text, .. Enumerable.Repeat(
                        isOld ? "b4AQI=" : "bAQI=", Math.Min(announced, sent))]);
            case 5 when isOld:
                return Pick(
                    "0:", ":", "1:", "2:4", "1:2", "1:3", "5:2probe", "1:5", "1:6", "1:7", "x",
                    "01:2", "-1:2", "1:2x", "2:b4", "4:b4AQ", "2:b9", "3:b%%", "99999999999:2",
                    "6:b4AQ==", "1.0:2", "2:40");
            case 5:
                return Pick(
                    "0", "1", "2", "2probe", "3", "3x", "5", "6", "7", "b", "bA", "bAQ", "b%%",
                    "b====", "bAQ==AQ", "\\x1e", "4\\x1e", "\\x1e42[\"echo\"]");
            default:
                var packet = Engine() + Packet();
                return random.Next(2) == 0 ? Payload(packet) : Payload("42[\"unknown\"]", packet);
        }
    }

    /// <summary>A body of packets; escapes of the case's steps count as what they stand for.</summary>
    string Payload(params string[] packets) => isOld
        ? string.Concat(packets.Select(
            packet => $"{GoldenCase.Unescape(packet).Length}:{packet}"))
        : string.Join("\\x1e", packets);

    void SendBinaryEvent()
    {
        var (text, announced, sent) = BinaryEvent();
        Step("> " + text);
        for (var i = 0; i < sent; i++)
        {
            if (i == announced)
                AwaitFence();
            Step($">> {(isOld ? "04" : "")}01{Hex(i)}");
        }
    }

    /// <summary>An event with attachments, of which some may be missing and some too many.</summary>
    (string Text, int Announced, int Sent) BinaryEvent()
    {
        var announced = random.Next(1, 4);
        var placeholders = string.Concat(Enumerable.Range(0, random.Next(4))
            .Select(number => $",{{\"_placeholder\":true,\"num\":{number}}}"));
        var text = $"4{Pick("5", "5", "5", "6", "2")}{announced}-{Pick("", "7", "/custom,")}"
            + $"[\"echo\"{placeholders}]";
        return (text, announced, announced + Pick(0, 0, 0, -1, 1));
    }

    /// <summary>Mostly what a message begins with.</summary>
    string Engine() =>
        random.Next(12) == 0 ? Pick("", "0", "2", "3", "5", "6", "7", "b", "x") : "4";

    string Packet()
    {
        var type = Pick(types);
        var packet = type + (type is "5" or "6" || random.Next(10) == 0 ? Pick(counts) : "")
            + Pick(spaces) + Pick(ids) + Pick(values);
        switch (random.Next(10))
        {
            case 0:
                return packet[..random.Next(packet.Length + 1)].TrimEnd('\\');
            case 1:
                return packet.Insert(random.Next(2) * packet.Length, Pick("0", "/", "]", "x", ","));
            default:
                return packet;
        }
    }

    int Version => isOld ? 3 : 4;

    void Post(string body) =>
        Step($"post ?EIO={Version}&transport=polling&sid=$engine {body}");

    void Poll() => Step($"get ?EIO={Version}&transport=polling&sid=$engine");

    void Step(string step) => steps.Append(step).Append('\n');

    static string Hex(int length) => string.Concat(Enumerable.Repeat("01", length));

    T Pick<T>(params T[] some) => some[random.Next(some.Length)];
}
