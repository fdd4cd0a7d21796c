using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Deflate;

/// <summary>A client that sends any frames, and sees which ones come back compressed.</summary>
sealed class DeflateClient : IAsyncDisposable
{
    readonly Socket socket;
    readonly NetworkStream stream;
    readonly CancellationTokenSource patience = new(Patience.Event);

    DeflateClient(Socket socket)
    {
        this.socket = socket;
        stream = new NetworkStream(socket);
    }

    /// <summary>The status of the handshake's answer.</summary>
    public int Status { get; private set; }

    /// <summary>What the server has agreed to; "" for nothing.</summary>
    public string Extensions { get; private set; } = "";

    /// <param name="port">On the loopback address.</param>
    /// <param name="path">Of the server.</param>
    /// <param name="offer">Sec-WebSocket-Extensions; null to send none.</param>
    public static async Task<DeflateClient> OpenAsync(int port, string path, string? offer)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
        };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var client = new DeflateClient(socket);
        var header = offer is null ? "" : $"Sec-WebSocket-Extensions: {offer}\r\n";
        var request = WebSocketFrames.Handshake(path + "?EIO=4&transport=websocket")
            .Replace("\r\n\r\n", $"\r\n{header}\r\n", StringComparison.Ordinal);
        await client.stream.WriteAsync(Encoding.Latin1.GetBytes(request), client.patience.Token);
        await client.ReadHeadAsync();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
        patience.Dispose();
    }

    /// <param name="first">The first byte: FIN, the reserved bits, the opcode.</param>
    /// <param name="payload">Of the frame.</param>
    public async Task SendAsync(byte first, ReadOnlyMemory<byte> payload)
    {
        var frame = new byte[payload.Length + 14];
        frame[0] = first;
        var head = 2;
        if (payload.Length < 126)
        {
            frame[1] = (byte)(0x80 | payload.Length);
        }
        else
        {
            frame[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
            head = 4;
        }

        // The mask is zero.
        payload.CopyTo(frame.AsMemory(head + 4));
        await stream.WriteAsync(frame.AsMemory(0, head + 4 + payload.Length), patience.Token);
    }

    public Task SendTextAsync(string text) => SendAsync(0x81, Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// The next frame: its first byte, and its payload, inflated when it says that it is
    /// compressed. Only messages that refer to none before them can be. The server's own question
    /// for the way past the pipe (decision 0011) is answered, and not shown.
    /// </summary>
    public async Task<(byte First, byte[] Payload)> ReceiveAsync()
    {
        while (true)
        {
            var frame = await ReceiveFrameAsync();
            if (frame.First != 0x89 || !frame.Payload.AsSpan().StartsWith("direct"u8))
                return frame;
            try
            {
                await SendAsync(0x8a, frame.Payload);
            }
            catch (IOException)
            {
                // The server has said more, and left: that is still to be read.
            }
        }
    }

    async Task<(byte First, byte[] Payload)> ReceiveFrameAsync()
    {
        var head = await BytesAsync(2);
        var payload = await BytesAsync((head[1] & 0x7f) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await BytesAsync(2)),
            127 => checked((int)BinaryPrimitives.ReadUInt64BigEndian(await BytesAsync(8))),
            var length => length,
        });
        return (head[0], (head[0] & 0x40) != 0 ? Inflate(payload) : payload);
    }

    /// <summary>The next message, which must be a text.</summary>
    public async Task<(string Text, bool IsCompressed)> ReceiveTextAsync()
    {
        var (first, payload) = await ReceiveAsync();
        Assert.Equal(0x81, first & 0xbf);
        return (Encoding.UTF8.GetString(payload), (first & 0x40) != 0);
    }

    /// <summary>A message compressed on its own.</summary>
    public static byte[] Deflate(ReadOnlySpan<byte> message)
    {
        using var compressed = new MemoryStream();
        using (var stream = new DeflateStream(compressed, CompressionLevel.Optimal, true))
        {
            stream.Write(message);
            stream.Flush();
            return compressed.ToArray()[..^4];
        }
    }

    public static byte[] Inflate(byte[] payload)
    {
        using var stream = new DeflateStream(
            new MemoryStream([.. payload, 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff]),
            CompressionMode.Decompress);
        using var message = new MemoryStream();
        stream.CopyTo(message);
        return message.ToArray();
    }

    async Task ReadHeadAsync()
    {
        var head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head += (char)(await BytesAsync(1))[0];
        Status = int.Parse(head.AsSpan(9, 3), null);
        const string name = "sec-websocket-extensions:";
        Extensions = head.Split("\r\n")
            .Where(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            .Select(line => line[name.Length..].Trim()).SingleOrDefault("");
    }

    async Task<byte[]> BytesAsync(int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, patience.Token);
        return bytes;
    }
}
