using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sluice.SocketIOBench;

/// <summary>A WebSocket client in as few system calls as there can be.</summary>
sealed class Client : IDisposable
{
    const byte Text = 1;
    const byte Binary = 2;
    const byte Ping = 9;
    const byte Pong = 10;

    /// <summary>How long a server may take to let a client in.</summary>
    const int GreetingMs = 20_000;

    static readonly byte[] mask = [0x37, 0xfa, 0x21, 0x3d];

    readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>A frame that is not whole yet.</summary>
    byte[] held = [];

    public Client(Dialect dialect, int port)
    {
        socket.NoDelay = true;
        socket.ReceiveTimeout = GreetingMs;
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        socket.Send(Encoding.ASCII.GetBytes(
            $"GET {dialect.Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            + "Chrome/142.0.0.0 Safari/537.36\r\n"
            + "Origin: http://app.example.com\r\nAccept-Language: en-US,en;q=0.9\r\n"
            + "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        ReadAnswer();
        WaitFor(dialect.Opening);
        Send(dialect.Hello);
        WaitFor(dialect.Greeting);
        socket.Blocking = false;
    }

    public Socket Socket => socket;

    /// <summary>When the last question went out, in ticks of Stopwatch.</summary>
    public long AskedAt { get; set; }

    /// <summary>Sends one message; these are short, and the socket's buffer is empty.</summary>
    public void Send(ReadOnlySpan<byte> payload) => Send(Text, payload);

    void Send(byte opcode, ReadOnlySpan<byte> payload)
    {
        Span<byte> frame = stackalloc byte[payload.Length + 8];
        frame[0] = (byte)(0x80 | opcode);
        var head = 2;
        if (payload.Length < 126)
        {
            frame[1] = (byte)(0x80 | payload.Length);
        }
        else
        {
            frame[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)payload.Length);
            head = 4;
        }
        mask.CopyTo(frame[head..]);
        head += 4;
        for (var i = 0; i < payload.Length; i++)
            frame[head + i] = (byte)(payload[i] ^ mask[i & 3]);
        if (socket.Send(frame[..(head + payload.Length)]) != head + payload.Length)
            throw new IOException("a short message did not fit in the socket's buffer");
    }

    /// <summary>Hands over the payloads of the frames that have come.</summary>
    /// <param name="buffer">Any memory, for the time of the call.</param>
    /// <param name="onPayload">Takes them.</param>
    public void Receive(byte[] buffer, Action<Client, ReadOnlyMemory<byte>> onPayload)
    {
        held.CopyTo(buffer, 0);
        var room = buffer.AsSpan(held.Length);
        var length = socket.Receive(room, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (error != SocketError.Success || length == 0)
            throw new IOException($"a connection was lost: {error}");
        HandOver(buffer.AsMemory(0, held.Length + length), onPayload);
    }

    public void Dispose() => socket.Dispose();

    void HandOver(ReadOnlyMemory<byte> bytes, Action<Client, ReadOnlyMemory<byte>> onPayload)
    {
        while (NextFrame(bytes.Span, out var head, out var size))
        {
            var opcode = bytes.Span[0] & 0x0f;
            if (opcode is Text or Binary)
                onPayload(this, bytes.Slice(head, size));
            else if (opcode == Ping)
                Send(Pong, bytes.Span.Slice(head, size));
            else
                throw new IOException($"a frame with opcode {opcode}");
            bytes = bytes[(head + size)..];
        }
        held = bytes.IsEmpty ? [] : bytes.ToArray();
    }

    static bool NextFrame(ReadOnlySpan<byte> bytes, out int head, out int size)
    {
        head = 2;
        size = 0;
        if (bytes.Length < 2)
            return false;
        size = bytes[1] & 0x7f;
        if (size == 127)
            throw new IOException("a frame that is longer than anything asked for");
        if (size == 126)
        {
            head = 4;
            if (bytes.Length < 4)
                return false;
            size = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        return bytes.Length >= head + size;
    }

    /// <summary>Reads what the server says to the handshake; frames may follow at once.</summary>
    void ReadAnswer()
    {
        var bytes = new byte[4096];
        var length = 0;
        int end;
        while ((end = bytes.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var more = socket.Receive(bytes.AsSpan(length));
            if (more == 0)
                throw new IOException(
                    $"refused: {Encoding.Latin1.GetString(bytes, 0, length)}");
            length += more;
        }
        held = bytes[(end + 4)..length];
    }

    /// <summary>Reads messages until one begins so; nothing else is read over.</summary>
    void WaitFor(byte[] text)
    {
        var buffer = new byte[4096];
        var isThere = text.Length == 0;
        HandOver(held, Look);
        while (!isThere)
            Receive(buffer, Look);

        void Look(Client client, ReadOnlyMemory<byte> payload) =>
            isThere |= payload.Span.StartsWith(text);
    }
}
