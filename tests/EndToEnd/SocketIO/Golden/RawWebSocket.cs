using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>
/// A WebSocket that keeps all it receives in words, and the whole answer when it is refused.
/// </summary>
sealed class RawWebSocket : IAsyncDisposable
{
    const int closeOpcode = 8;
    const int reservedBits = 0x70;

    readonly Socket socket;
    readonly NetworkStream stream;
    readonly List<string> received = [];
    WebSocket? frames;
    Task reading = Task.CompletedTask;
    int seen;

    RawWebSocket(Socket socket)
    {
        this.socket = socket;
        stream = new NetworkStream(socket);
    }

    /// <summary>Messages as they are, binary ones as <c>&lt;bin HEX></c>, and at last the close.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (received)
                return [.. received];
        }
    }

    public bool IsOpen => frames is not null && !reading.IsCompleted;

    public static async Task<RawWebSocket> OpenAsync(int port, string target, string headers)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
        };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var raw = new RawWebSocket(socket);
        var stream = raw.stream;
        var request = WebSocketFrames.Handshake(target).Replace("\r\n\r\n", $"\r\n{headers}\r\n");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        var head = await HeadAsync(stream);
        if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            using var rest = new StreamReader(stream, Encoding.UTF8);
            raw.Add($"{head.Split('\r')[0]} {ContentType(head)} {await RestAsync(rest, head)}");
            return raw;
        }
        raw.frames = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions
        {
            KeepAliveInterval = Timeout.InfiniteTimeSpan,
        });
        raw.reading = raw.ReadAsync();
        return raw;
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes, bool isText) => IsOpen
        ? TryAsync(frames!.SendAsync(
            bytes, isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, true,
            default).AsTask())
        : Task.CompletedTask;

    /// <summary>Waits for a further message that starts so; gives it, or null.</summary>
    public async Task<string?> AwaitAsync(string prefix, TimeSpan bound)
    {
        string? found = null;
        await Patience.UntilAsync(() => (found = Next(prefix)) is not null || !IsOpen, bound);
        return found ?? Next(prefix);
    }

    public Task<bool> ClosedAsync(TimeSpan bound) => Patience.UntilAsync(() => !IsOpen, bound);

    public async Task CloseAsync()
    {
        if (IsOpen)
            await TryAsync(frames!.CloseOutputAsync(
                WebSocketCloseStatus.NormalClosure, null, default));
        await ClosedAsync(Patience.Event);
        try
        {
            // Only the end of the connection tells the official server that we are gone.
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The server was quicker.
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await reading;
        frames?.Dispose();
    }

    string? Next(string prefix)
    {
        lock (received)
        {
            var at = received.FindIndex(
                seen, text => text.StartsWith(prefix, StringComparison.Ordinal));
            if (at < 0)
                return null;
            seen = at + 1;
            return received[at];
        }
    }

    /// <summary>
    /// Takes the frames apart itself: a WebSocket of .NET calls a close without a status 1000.
    /// </summary>
    async Task ReadAsync()
    {
        var message = new List<byte>();
        var isText = false;
        try
        {
            while (true)
            {
                var head = await BytesAsync(2);
                if ((head[0] & reservedBits) != 0)
                    throw new IOException("no frame: the official server may answer in HTTP here");
                var length = (head[1] & 0x7f) switch
                {
                    126 => BinaryPrimitives.ReadUInt16BigEndian(await BytesAsync(2)),
                    127 => checked((int)BinaryPrimitives.ReadUInt64BigEndian(await BytesAsync(8))),
                    var small => small,
                };
                var payload = await BytesAsync(length);
                var opcode = head[0] & 0x0f;
                if (opcode == closeOpcode)
                {
                    var status = length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(payload);
                    Add($"CLOSE({status})");
                    await TryAsync(frames!.CloseOutputAsync(
                        WebSocketCloseStatus.NormalClosure, null, default));
                    return;
                }
                if (opcode > closeOpcode)
                    continue;
                isText = opcode == 0 ? isText : opcode == 1;
                message.AddRange(payload);
                if ((head[0] & 0x80) == 0)
                    continue;
                Add(isText
                    ? Encoding.UTF8.GetString([.. message])
                    : $"<bin {Convert.ToHexStringLower([.. message])}>");
                message.Clear();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            Add("CLOSE(1006)");
        }
    }

    async Task<byte[]> BytesAsync(int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    void Add(string text)
    {
        lock (received)
            received.Add(text);
    }

    static async Task TryAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception gone) when (
            gone is WebSocketException or IOException or ObjectDisposedException)
        {
            // The server has closed; the reading side tells how.
        }
    }

    static async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray())
            && await stream.ReadAsync(one) > 0)
            head.Add(one[0]);
        return Encoding.ASCII.GetString([.. head]);
    }

    static string ContentType(string head) =>
        head.Split("\r\n").FirstOrDefault(
            line => line.StartsWith("content-type:", StringComparison.OrdinalIgnoreCase))
            ?[13..].Trim() ?? "-";

    static async Task<string> RestAsync(StreamReader rest, string head)
    {
        if (head.Contains("chunked", StringComparison.OrdinalIgnoreCase))
        {
            var text = new StringBuilder();
            while (Convert.ToInt32(await rest.ReadLineAsync(), 16) is > 0 and var size)
                text.Append(await TextAsync(rest, size + 2)).Length -= 2;
            return text.ToString();
        }
        return await TextAsync(rest, head.Split("\r\n")
            .Where(line => line.StartsWith("content-length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => int.Parse(line[15..], null)).FirstOrDefault());
    }

    static async Task<string> TextAsync(StreamReader rest, int length)
    {
        var text = new char[length];
        return new string(text, 0, await rest.ReadBlockAsync(text));
    }
}
