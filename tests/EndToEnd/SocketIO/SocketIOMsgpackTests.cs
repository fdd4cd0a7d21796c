using System.Buffers;
using System.Text;
using System.Text.Json;
using Sluice.EndToEnd.Servers;
using Sluice.SocketIO;
using Sluice.SocketIO.MessagePack;
using Sluice.SocketIO.Protocol;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>The msgpack parser against the official one.</summary>
public sealed class SocketIOMsgpackTests
{
    [Theory]
    [InlineData("polling")]
    [InlineData("websocket")]
    [InlineData("polling,websocket")]
    public async Task The_official_msgpack_parser_is_understood(string transports)
    {
        await using var host = await SocketIOHost.StartAsync(
            options => options.Parser = MessagePackPacketParser.Instance,
            io => io.OnConnection(Serve));
        var output = await NodeProcess.RunAsync(
            "msgpack-client.mjs", host.Address.ToString(), transports);
        Assert.Equal("as expected", output.Trim());
    }

    [Fact]
    public async Task Packets_have_the_bytes_that_notepack_writes()
    {
        var random = new Random(20261121);
        var lines = Enumerable.Range(0, 2000).Select(_ => Json(random, depth: 4)).ToArray();
        await using var node = NodeProcess.Start("notepack-encode.mjs");
        await node.WriteAsync(string.Join('\n', lines) + "\n");
        node.CloseInput();
        Assert.Equal(0, await node.ExitAsync());
        var written = node.Output.Trim().Split('\n');
        Assert.Equal(lines.Length, written.Length);
        foreach (var (line, hex) in lines.Zip(written))
        {
            var bytes = MessagePackPacketParser.Instance.Encode(new Packet
            {
                Type = PacketType.Event, Json = Encoding.UTF8.GetBytes(line),
            }).Single().Bytes.Span;
            var data = Convert.ToHexStringLower(bytes["\u0083\u00a4type\u0002\u00a4data".Length..]);
            Assert.Equal(hex, data[..^"a36e7370a12f".Length]);
        }
    }

    static void Serve(Sluice.SocketIO.Socket socket)
    {
        socket.On("auth", () => socket.Handshake.Auth);
        socket.On("echo", context => context.AckAll(
            [.. context.Arguments.Select(argument => (object?)argument)]));
        socket.On("ask me", async context => context.Ack(await socket.EmitWithAckAsync<Argument>(
            "ask", new Dictionary<string, byte[]> { ["bytes"] = [1] })));
    }

    /// <summary>Any value whose text is the one that JSON.stringify gives.</summary>
    static string Json(Random random, int depth) => random.Next(depth == 0 ? 6 : 8) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => random.Next(-40_000, 70_000).ToString(),
        3 => random.NextInt64(-(1L << 53), 1L << 53).ToString(),
        4 => JsonSerializer.Serialize(random.NextDouble() * random.Next(-1000, 1000)),
        5 => JsonSerializer.Serialize(Text(random)),
        6 => "[" + string.Join(',', Enumerable.Range(0, random.Next(20))
            .Select(_ => Json(random, depth - 1))) + "]",
        _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(20))
            .Select(index => $"\"k{index}\":{Json(random, depth - 1)}")) + "}",
    };

    static string Text(Random random) => new(
        [.. Enumerable.Range(0, random.Next(60)).Select(_ => (char)random.Next(0x20, 0xd7ff))]);
}
