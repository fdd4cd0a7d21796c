using System.Net;
using System.Net.Sockets;

namespace Sluice.EndToEnd.Servers;

/// <summary>
/// A backend for crowds: it accepts every handshake and sends each frame back, unmasked; other
/// requests get "plain". It holds one small buffer a connection.
/// </summary>
public static class EchoBackend
{
    public static Backend Start(IPEndPoint? endpoint = null) =>
        Backend.Start(connection => ServeAsync(connection.Socket), endpoint);

    static async Task ServeAsync(Socket socket)
    {
        var input = new byte[2048];
        var output = new byte[2048];
        var filled = 0;
        var upgraded = false;
        while (true)
        {
            var read = await socket.ReceiveAsync(input.AsMemory(filled));
            if (read == 0)
                return;
            filled += read;
            if (!upgraded)
            {
                var head = input.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) + 4;
                if (head < 4)
                    continue;
                upgraded = input.AsSpan(0, head).IndexOf("websocket"u8) >= 0;
                await SendAsync(socket, upgraded ? accepted : plain);
                input.AsSpan(head, filled - head).CopyTo(input);
                filled -= head;
            }
            while (upgraded && Echo(input, ref filled, output, out var sent))
                await SendAsync(socket, output.AsMemory(0, sent));
        }
    }

    static readonly byte[] accepted =
        [.. System.Text.Encoding.ASCII.GetBytes(WebSocketFrames.Accepted)];

    static readonly byte[] plain = [.. "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain"u8];

    static bool Echo(byte[] input, ref int filled, byte[] output, out int sent)
    {
        sent = 0;
        if (!WebSocketFrames.TryRead(input.AsSpan(0, filled), out var payload, out var taken))
            return false;
        sent = WebSocketFrames.Write(output, payload, mask: 0);
        input.AsSpan(taken, filled - taken).CopyTo(input);
        filled -= taken;
        return true;
    }

    static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
