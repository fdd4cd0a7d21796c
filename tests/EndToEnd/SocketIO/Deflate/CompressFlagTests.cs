using Sluice.SocketIO;

namespace Sluice.EndToEnd.SocketIO.Deflate;

/// <summary>What is compressed for a client that agreed to it, and what is not.</summary>
public sealed class CompressFlagTests
{
    static readonly string text = new('x', 2000);
    static readonly byte[] attachment = new byte[2000];

    [Fact]
    public async Task The_flag_decides_for_each_message()
    {
        await using var host = await StartAsync();
        await using var client = await JoinAsync(host);
        var io = host.IO;
        var socket = io.Sockets.Single();
        await SeesAsync(() => io.Emit("a", text), true);
        await SeesAsync(() => io.All.Compress(false).Emit("a", text), false);
        await SeesAsync(() => io.All.Compress(true).Emit("a", text), true);
        await SeesAsync(() => io.Emit("a", "short"), false);
        await SeesAsync(() => socket.Emit("a", text), true);
        await SeesAsync(() => socket.Compress(false).Emit("a", text), false);
        await SeesAsync(() => socket.Compress(true).Emit("a", text), true);
        await SeesAsync(() => io.To(socket.Id).Compress(false).Emit("a", text), false);
        await SeesAsync(() => io.To(socket.Id).Emit("a", text), true);

        async Task SeesAsync(Action emit, bool isCompressed)
        {
            emit();
            Assert.Equal(isCompressed, (await client.ReceiveTextAsync()).IsCompressed);
        }
    }

    [Fact]
    public async Task Attachments_go_with_their_message()
    {
        await using var host = await StartAsync();
        await using var client = await JoinAsync(host);
        await SeesAsync(() => host.IO.Emit("a", attachment), 0xc2);
        await SeesAsync(() => host.IO.All.Compress(false).Emit("a", attachment), 0x82);

        async Task SeesAsync(Action emit, byte first)
        {
            emit();
            Assert.False((await client.ReceiveTextAsync()).IsCompressed);
            var frame = await client.ReceiveAsync();
            Assert.Equal((first, attachment.Length), (frame.First, frame.Payload.Length));
        }
    }

    [Fact]
    public async Task Of_a_broadcast_each_client_gets_what_it_agreed_to()
    {
        await using var host = await StartAsync();
        string?[] offers =
        [
            "permessage-deflate", null, "permessage-deflate; server_max_window_bits=8",
            "permessage-deflate",
        ];
        var clients = new List<DeflateClient>();
        foreach (var offer in offers)
            clients.Add(await JoinAsync(host, offer));
        host.IO.Emit("a", text, attachment);
        for (var i = 0; i < clients.Count; i++)
        {
            var (said, isCompressed) = await clients[i].ReceiveTextAsync();
            Assert.Contains(text, said, StringComparison.Ordinal);
            Assert.Equal(offers[i] is not null, isCompressed);
            var (first, payload) = await clients[i].ReceiveAsync();
            Assert.Equal(offers[i] is not null ? 0xc2 : 0x82, first);
            Assert.Equal(attachment, payload);
            await clients[i].DisposeAsync();
        }
    }

    [Fact]
    public async Task What_waits_goes_out_in_one_write_compressed_or_not()
    {
        await using var host = await StartAsync(socket =>
        {
            // Before the answer to its CONNECT, so that all of it waits together.
            socket.Emit("a", text);
            socket.Compress(false).Emit("a", text);
            socket.Emit("a", "short");
            socket.Emit("a", text);
        });
        await using var client = await JoinAsync(host);
        var seen = new List<bool>();
        for (var i = 0; i < 4; i++)
            seen.Add((await client.ReceiveTextAsync()).IsCompressed);
        Assert.Equal([true, false, false, true], seen);
    }

    [Fact]
    public async Task Polling_answers_heed_the_flag()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        var cancel = TestContext.Current.CancellationToken;
        const string path = "socket.io/?EIO=4&transport=polling";
        var open = await http.GetStringAsync(path, cancel);
        var session = $"{path}&sid={open.Split('"')[3]}";
        using var connect = new StringContent("40");
        using var ok = await http.PostAsync(session, connect, cancel);
        await http.GetStringAsync(session, cancel);
        Assert.Equal(["gzip"], await EncodingAsync(() => host.IO.Emit("a", text)));
        Assert.Empty(await EncodingAsync(() => host.IO.All.Compress(false).Emit("a", text)));
        // One that may be compressed is enough.
        Assert.Equal(["gzip"], await EncodingAsync(() =>
        {
            host.IO.All.Compress(false).Emit("a", text);
            host.IO.Emit("a", text);
        }));

        async Task<IEnumerable<string>> EncodingAsync(Action emit)
        {
            emit();
            using var answer = await http.GetAsync(session, cancel);
            return [.. answer.Content.Headers.ContentEncoding];
        }
    }

    static Task<SocketIOHost> StartAsync(Action<Socket>? serve = null) => SocketIOHost.StartAsync(
        options => options.PerMessageDeflate = new(),
        io => io.OnConnection(socket => serve?.Invoke(socket)));

    /// <summary>A client in the main namespace, that has been told so.</summary>
    static async Task<DeflateClient> JoinAsync(
        SocketIOHost host, string? offer = "permessage-deflate")
    {
        var client = await DeflateClient.OpenAsync(host.Address.Port, "/socket.io/", offer);
        await client.ReceiveTextAsync();
        await client.SendTextAsync("40");
        Assert.StartsWith("40{", (await client.ReceiveTextAsync()).Text, StringComparison.Ordinal);
        return client;
    }
}
