using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO;

/// <summary>A WebSocket's frame.</summary>
readonly record struct Frame(byte Opcode, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}

/// <summary>A client that shows control frames, and answers none by itself.</summary>
sealed class FrameClient(Socket socket) : IDisposable
{
    public const byte TextOpcode = 1;
    public const byte BinaryOpcode = 2;
    public const byte CloseOpcode = 8;
    public const byte PingOpcode = 9;
    public const byte PongOpcode = 10;

    readonly NetworkStream stream = new(socket, ownsSocket: true);

    /// <summary>The handshake of a new session.</summary>
    public static byte[] Handshake { get; } = Encoding.ASCII.GetBytes(
        WebSocketFrames.Handshake("/engine.io/?EIO=4&transport=websocket"));

    /// <summary>A connection on which nothing has been said.</summary>
    public static async Task<FrameClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
        };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new FrameClient(socket);
    }

    /// <summary>A session, its handshake answered.</summary>
    public static async Task<FrameClient> OpenAsync(int port)
    {
        var client = await ConnectAsync(port);
        await client.WriteAsync(Handshake);
        await client.ReadHeadAsync();
        return client;
    }

    /// <summary>The head of an answer, as far as its empty line.</summary>
    public async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)(await BytesAsync(1))[0]);
        return head.ToString();
    }

    /// <summary>The server has closed the connection, and said nothing more.</summary>
    public async Task<bool> IsAtEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        return await stream.ReadAsync(new byte[1], patience.Token) == 0;
    }

    public async Task<Frame> ReadAsync()
    {
        var head = await BytesAsync(2);
        long length = head[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await BytesAsync(2)),
            127 => BinaryPrimitives.ReadInt64BigEndian(await BytesAsync(8)),
            var small => small,
        };
        return new Frame((byte)(head[0] & 0x0f), await BytesAsync((int)length));
    }

    public Task SendAsync(byte opcode, ReadOnlySpan<byte> payload) =>
        WriteAsync(Write(opcode, payload));

    /// <summary>A final frame, masked with zeros.</summary>
    public static byte[] Write(byte opcode, ReadOnlySpan<byte> payload)
    {
        byte[] length = payload.Length < 126
            ? [(byte)(0x80 | payload.Length)]
            : [0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0];
        if (length.Length > 1)
            BinaryPrimitives.WriteInt64BigEndian(length.AsSpan(1), payload.Length);
        return [(byte)(0x80 | opcode), .. length, 0, 0, 0, 0, .. payload];
    }

    /// <summary>Bytes as they are.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> bytes) =>
        stream.WriteAsync(bytes, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Everything until the server closes, a little at a time.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience.Event);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, 1000, patience.Token);
        return all.ToArray();
    }

    /// <summary>Closes the connection with RST.</summary>
    public void Reset() => socket.Close(0);

    public void Dispose() => stream.Dispose();

    async Task<byte[]> BytesAsync(int count)
    {
        var bytes = new byte[count];
        using var patience = new CancellationTokenSource(Patience.Event);
        await stream.ReadExactlyAsync(bytes, patience.Token);
        return bytes;
    }
}
