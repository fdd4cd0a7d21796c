using System.Globalization;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
using Sluice.SocketIO.MessagePack;

namespace Sluice.EndToEnd.SocketIO.Twins;

/// <summary>
/// The same programs on the official server and on Sluice.SocketIO, played with by the same
/// client: what happens on both sides is the same, line by line.
/// </summary>
public sealed class SocketIOTwinTests
{
    static readonly string[] sections =
    [
        "rooms", "guarded", "listeners", "answers", "values", "going", "names", "volatile",
        "alone", "refused",
    ];

    public static TheoryData<string, string, string> All
    {
        get
        {
            var all = new TheoryData<string, string, string>();
            foreach (var section in sections)
                foreach (var transport in (string[])["websocket", "polling"])
                    all.Add(section, transport, "json");
            foreach (var section in (string[])["values", "bytes", "answers", "guarded"])
                all.Add(section, "websocket", "msgpack");
            all.Add("bytes", "polling", "msgpack");
            return all;
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task Both_servers_give_the_same_transcript(
        string section, string transport, string parser)
    {
        await using var node = NodeProcess.Start("twins/server.mjs", parser);
        const string mark = "listening ";
        var output = await node.OutputWithAsync("\n");
        var port = int.Parse(
            output[(output.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Trim(),
            CultureInfo.InvariantCulture);
        await using var host = await SocketIOHost.StartAsync(
            options => Configure(options, parser), io => new Twin(io).SetUp());
        var expected = await PlayAsync($"http://127.0.0.1:{port}", section, transport, parser);
        var actual = await PlayAsync(host.Url, section, transport, parser);
        Assert.NotEmpty(expected);
        Assert.Equal(AcceptedTwins.Expect(expected, section, transport, parser), actual);
    }

    static void Configure(SocketIOOptions options, string parser)
    {
        options.CleanupEmptyChildNamespaces = true;
        options.AllowRequest = http => ValueTask.FromResult(
            http.Request.QueryString.Value!.Contains("deny", StringComparison.Ordinal)
                ? "not today" : null);
        if (parser == "msgpack")
            options.Parser = MessagePackPacketParser.Instance;
    }

    static Task<string> PlayAsync(
        string url, string section, string transport, string parser) =>
        NodeProcess.RunAsync("twins/client.mjs", section, url, transport, parser);
}
