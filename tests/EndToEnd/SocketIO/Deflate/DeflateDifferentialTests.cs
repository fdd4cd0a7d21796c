using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO.EngineIO;

namespace Sluice.EndToEnd.SocketIO.Deflate;

/// <summary>permessage-deflate beside the official server: offers, and frames.</summary>
public sealed class DeflateDifferentialTests(DeflateFixture official)
    : IClassFixture<DeflateFixture>
{
    const string Declined =
        "RFC 7692, section 7.1: an offer with invalid parameters is declined, and the connection "
        + "goes on without compression; the official server fails it.";

    const string Strict = "RFC 7692, section 7.1.2.1: digits without leading zeros, no other "
        + "numbers; the official server takes what JavaScript takes for one.";

    static readonly Dictionary<string, (string Official, Action<PerMessageDeflateOptions> Own)>
        variants = new()
        {
            ["defaults there"] = ("true", own =>
            {
                own.ServerNoContextTakeover = false;
                own.ClientNoContextTakeover = false;
            }
            ),
            ["defaults here"] = (
                """{ "serverNoContextTakeover": true, "clientNoContextTakeover": true }""",
                _ => { }
            ),
            ["windows"] = (
                """
                {
                    "serverNoContextTakeover": true,
                    "serverMaxWindowBits": 11,
                    "clientMaxWindowBits": 10
                }
                """,
                own =>
                {
                    own.ClientNoContextTakeover = false;
                    own.ServerMaxWindowBits = 11;
                    own.ClientMaxWindowBits = 10;
                }
            ),
        };

    /// <summary>Variant, offer, and why the servers differ; null when they do not.</summary>
    public static TheoryData<string, string?, string?> Offers
    {
        get
        {
            var rows = new TheoryData<string, string?, string?>();
            foreach (var variant in new[] { "defaults there", "defaults here", "windows" })
                foreach (var offer in new[]
                {
                    null, "x", "x; y=\"z\"", "permessage-deflate; client_max_window_bits",
                    "permessage-deflate; client_max_window_bits=15; server_no_context_takeover",
                    "permessage-deflate; client_no_context_takeover; client_max_window_bits=\"12\"",
                    "permessage-deflate; server_max_window_bits=15;client_max_window_bits",
                    "x, permessage-deflate; client_max_window_bits, permessage-deflate",
                    "permessage-deflate; client_max_window_bits; server_no_context_takeover, x",
                    "x\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
                    "permessage-deflate;", "permessage-deflate, ", "permessage-deflate; a=\"",
                    "permessage-deflate; a b", "a=b", ";",
                })
                    rows.Add(variant, offer, null);
            foreach (var offer in new[]
            {
                "unknown", "server_no_context_takeover=1", "server_max_window_bits",
                "server_max_window_bits=7", "server_max_window_bits=16", "client_max_window_bits=7",
                "client_max_window_bits=10; client_max_window_bits=11",
                "server_no_context_takeover; server_no_context_takeover",
                "unknown, permessage-deflate",
            })
                rows.Add("defaults there", "permessage-deflate; " + offer, Declined);
            rows.Add("defaults there", "permessage-deflate; client_max_window_bits=08", Strict);
            rows.Add("defaults there", "permessage-deflate; client_max_window_bits=1e1", Strict);
            rows.Add("defaults there", "permessage-deflate", null);
            rows.Add("defaults here", "permessage-deflate", null);
            rows.Add("windows", "permessage-deflate", Declined);
            rows.Add(
                "windows", "permessage-deflate; client_max_window_bits=9",
                "The official server declines a window shorter than its own, ours uses it.");
            rows.Add(
                "defaults there", "permessage-deflate; server_max_window_bits=9",
                "With a short window ours takes no context over, and says so.");
            return rows;
        }
    }

    [Theory, MemberData(nameof(Offers))]
    public async Task An_offer_is_answered_as_by_the_official_server_or_for_a_reason(
        string variant, string? offer, string? difference)
    {
        await using var host = await StartAsync(variant);
        var ours = await AnswerAsync(host.Address.Port, offer);
        var port = await official.StartAsync(variants[variant].Official);
        var theirs = await AnswerAsync(port, offer);
        TestContext.Current.TestOutputHelper?.WriteLine($"{theirs}\n{ours}");
        if (difference is null)
            Assert.Equal(theirs, ours);
        else
            Assert.NotEqual(theirs, ours);
    }

    static readonly byte[] hello = DeflateClient.Deflate("4Hello"u8);

    static readonly Dictionary<string, (byte First, byte[] Payload)[]> frames = new()
    {
        ["a compressed text"] = [(0xc1, hello)],
        ["a compressed attachment"] = [(0xc2, DeflateClient.Deflate([1, 2, 3]))],
        ["an empty attachment"] = [(0xc2, [0])],
        ["plain and compressed in turn"] =
            [(0x81, "4a"u8.ToArray()), (0xc1, hello), (0x81, "4b"u8.ToArray())],
        ["fragments"] = [(0x41, hello[..3]), (0x00, hello[3..5]), (0x80, hello[5..])],
        ["an empty last fragment"] = [(0x41, hello), (0x80, [])],
        ["a ping between fragments"] =
            [(0x41, hello[..3]), (0x89, "x"u8.ToArray()), (0x80, hello[3..])],
        ["several blocks"] = [(0xc1,
            [.. hello, 0, 0, 0xff, 0xff, .. DeflateClient.Deflate(" again"u8)])],
        ["a block that stands as it is"] =
            [(0xc1, [0, 6, 0, 0xf9, 0xff, .. "4Hello"u8, 0])],
        ["a last block"] = [(0xc1, [(byte)(hello[0] | 1), .. hello[1..], 0])],
        ["after a last block another message"] =
            [(0xc1, [(byte)(hello[0] | 1), .. hello[1..], 0]), (0xc1, hello)],
        ["as long as may be"] = [(0xc1, DeflateClient.Deflate(Text(1000)))],
        ["longer than may be"] = [(0xc1, DeflateClient.Deflate(Text(1001)))],
        ["a bomb"] = [(0xc1, DeflateClient.Deflate(Text(1_000_000))[..900])],
        ["a frame longer than may be"] = [(0xc1, new byte[1001])],
        ["fragments longer than may be"] = [(0x41, Noise()[..600]), (0x80, Noise()[600..])],
        ["no compressed data"] = [(0xc1, [0xff, 0xff])],
        ["a reference to nothing"] = [(0xc1, [0xf2, 0, 0x11, 0, 0])],
        ["no UTF-8"] = [(0xc1, DeflateClient.Deflate([(byte)'4', 0xc3, 0x28]))],
        ["RSV1 of a later fragment"] = [(0x41, hello[..3]), (0xc0, hello[3..])],
        ["RSV1 of a ping"] = [(0xc9, [])],
        ["RSV1 of a close"] = [(0xc8, [])],
        ["RSV2"] = [(0xa1, "4a"u8.ToArray())],
        ["RSV1 and RSV3"] = [(0xd1, hello)],
        ["a message in another one"] = [(0x41, hello[..3]), (0xc1, hello)],
        ["an answer that is long"] = [(0x81, Text(900))],
    };

    public static TheoryData<string> Frames => [.. frames.Keys];

    [Theory, MemberData(nameof(Frames))]
    public async Task Frames_are_taken_as_by_the_official_server(string name)
    {
        await using var host = await StartAsync("defaults here");
        var ours = await TalkAsync(host.Address.Port, frames[name]);
        var theirs = await TalkAsync(
            await official.StartAsync(variants["defaults here"].Official), frames[name]);
        TestContext.Current.TestOutputHelper?.WriteLine($"{theirs}\n{ours}");
        Assert.Equal(theirs, ours);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task What_is_cut_off_is_refused_and_not_handed_on(int length)
    {
        await using var host = await StartAsync("defaults here");
        var cut = new[] { ((byte)0xc1, hello[..length]) };
        Assert.Equal("close 1007", await TalkAsync(host.Address.Port, cut));
        var theirs = await official.StartAsync(variants["defaults here"].Official);
        // An empty packet; half a one, and what the end that is put behind it looks like.
        Assert.Equal(length == 0 ? "close" : "text 4Heh", await TalkAsync(theirs, cut));
    }

    [Fact]
    public async Task Without_an_agreement_no_frame_is_compressed()
    {
        await using var host = await EngineHost.StartAsync();
        Assert.Equal("close 1002", await TalkAsync(host.Address.Port, [(0xc1, hello)]));
        var theirs = await official.StartAsync("false");
        Assert.Equal("close 1002", await TalkAsync(theirs, [(0xc1, hello)]));
    }

    [Fact]
    public async Task A_short_message_stays_plain_with_a_context_too()
    {
        await using var host = await StartAsync("defaults there");
        Assert.False(await IsOpenCompressedAsync(host.Address.Port));
        // The official server hands no threshold on where a context is taken over.
        Assert.True(await IsOpenCompressedAsync(await official.StartAsync("true")));

        static async Task<bool> IsOpenCompressedAsync(int port)
        {
            await using var client = await DeflateClient.OpenAsync(
                port, "/engine.io/", "permessage-deflate");
            return (await client.ReceiveTextAsync()).IsCompressed;
        }
    }

    static Task<EngineHost> StartAsync(string variant) => EngineHost.StartAsync(options =>
    {
        options.PerMessageDeflate = new();
        variants[variant].Own(options.PerMessageDeflate);
    });

    /// <summary>The status, and the extension with its parameters in one order.</summary>
    static async Task<string> AnswerAsync(int port, string? offer)
    {
        await using var client = await DeflateClient.OpenAsync(port, "/engine.io/", offer);
        var parameters = client.Extensions.Split(
            ';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return $"{client.Status} " + string.Join("; ",
            parameters.Take(1).Concat(parameters.Skip(1).Order(StringComparer.Ordinal)));
    }

    /// <summary>What comes back until a goodbye, which is said at the end.</summary>
    static async Task<string> TalkAsync(int port, (byte First, byte[] Payload)[] sent)
    {
        await using var client = await DeflateClient.OpenAsync(
            port, "/engine.io/", "permessage-deflate; client_max_window_bits");
        Assert.StartsWith("0{", (await client.ReceiveTextAsync()).Text, StringComparison.Ordinal);
        foreach (var (first, payload) in sent)
            await client.SendAsync(first, payload);
        // A server that has broken off does not answer.
        await client.SendAsync(0x81, "4end"u8.ToArray());
        var seen = new List<string>();
        while (true)
        {
            var (first, payload) = await client.ReceiveAsync();
            var text = Encoding.UTF8.GetString(payload);
            if (text == "4end")
                return string.Join(", ", seen);
            seen.Add((first & 0x0f) switch
            {
                1 => "text ",
                2 => $"attachment {Convert.ToHexStringLower(payload)}",
                8 when payload.Length == 0 => "close",
                8 => $"close {BinaryPrimitives.ReadUInt16BigEndian(payload)}",
                var opcode => $"{opcode} ",
            });
            if ((first & 0x0f) == 8)
                return string.Join(", ", seen);
            if ((first & 0x0f) != 2)
                seen[^1] += text + ((first & 0x40) != 0 ? " compressed" : "");
        }
    }

    /// <summary>More than may be, and nothing that a compressor makes shorter.</summary>
    static byte[] Noise()
    {
        var noise = new byte[1100];
        new Random(1).NextBytes(noise);
        return DeflateClient.Deflate(noise);
    }

    /// <summary>A packet of so many bytes.</summary>
    static byte[] Text(int length)
    {
        var text = new byte[length];
        text.AsSpan().Fill((byte)'4');
        return text;
    }
}

/// <summary>The official servers, in one Node.js process.</summary>
public sealed class DeflateFixture : IAsyncDisposable
{
    readonly SemaphoreSlim turn = new(1);
    readonly ChildProcess node = NodeProcess.Start("deflate-server.mjs");
    readonly Dictionary<string, int> ports = [];

    /// <param name="options">Its perMessageDeflate, in JSON.</param>
    /// <returns>The port of a server with these options.</returns>
    public async Task<int> StartAsync(string options)
    {
        await turn.WaitAsync();
        try
        {
            if (ports.TryGetValue(options, out var port))
                return port;
            var mark = $"listening {ports.Count} ";
            await node.WriteAsync(options.ReplaceLineEndings(" ") + "\n");
            var output = await node.OutputWithAsync(mark);
            return ports[options] = int.Parse(
                output[(output.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..]
                    .Split('\n')[0], CultureInfo.InvariantCulture);
        }
        finally
        {
            turn.Release();
        }
    }

    public ValueTask DisposeAsync() => node.DisposeAsync();
}
