using System.Security.Cryptography;
using System.Text;
using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Cli.Bench;

/// <summary>
/// The other end of a benchmark: echoes WebSocket messages and answers GET as a small REST
/// service does, on one loop, with as little work as possible.
/// </summary>
sealed class BenchServer(Loop loop) : IAcceptHandler
{
    const string Body = """
        {"id":7,"title":"write the report","status":"open","assignee":"ada","tags":["work","q4"]}
        """;

    /// <summary>The headers are those of Express, as its res.json() sends them.</summary>
    static readonly byte[] answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\n"
        + "Content-Type: application/json; charset=utf-8\r\n"
        + $"Content-Length: {Body.Length}\r\nETag: W/\"59-9Hn4pVyUW0Yb1q2xR0Lk5cV8xkE\"\r\n"
        + "Date: Sat, 21 Nov 2026 12:00:00 GMT\r\nConnection: keep-alive\r\n"
        + $"Keep-Alive: timeout=5\r\n\r\n{Body}");

    public IConnectionHandler OnAccept(Listener listener, Connection connection) =>
        new Client(loop);

    public void OnAcceptFailed(Listener listener, int error) =>
        Console.Error.WriteLine($"accept: {IoResult.Text(error)}");

    sealed class Client(Loop loop) : IConnectionHandler
    {
        readonly Outbox outbox = new();
        RequestHead? head = new();
        byte[] pending = [];
        int pendingCount;
        long payloadLeft;
        int maskOffset;
        uint mask;

        public void OnReadable(Connection connection)
        {
            var moved = 0;
            while (connection.CanRead)
            {
                if (moved > NetLimits.BytesPerTurn)
                {
                    connection.Yield();
                    return;
                }
                var scratch = loop.Scratch;
                pending.AsSpan(0, pendingCount).CopyTo(scratch);
                var count = connection.Read(scratch.AsSpan(pendingCount));
                if (count == IoResult.Again)
                    return;
                if (count <= 0)
                {
                    connection.Close();
                    return;
                }
                moved += count;
                var bytes = scratch.AsSpan(0, pendingCount + count);
                pendingCount = 0;
                Take(connection, bytes);
            }
        }

        public void OnWritable(Connection connection)
        {
            if (!outbox.Flush(connection))
                connection.Close();
        }

        void Take(Connection connection, Span<byte> bytes)
        {
            while (bytes.Length > 0 && connection.State == ConnectionState.Open)
            {
                if (head is null)
                {
                    Echo(connection, bytes);
                    return;
                }
                if (head.Parse(bytes, RequestHeadRules.Default) == HeadStatus.NeedMore)
                {
                    Keep(bytes);
                    return;
                }
                var consumed = head.Consumed;
                Answer(connection, bytes);
                bytes = bytes[consumed..];
            }
        }

        void Answer(Connection connection, ReadOnlySpan<byte> bytes)
        {
            if (head!.IsWebSocketHandshake)
            {
                var key = head.Value(bytes, KnownHeader.SecWebSocketKey);
                Send(connection, SwitchingProtocols(key));
                head = null;
                return;
            }
            Send(connection, answer);
            head.Reset();
        }

        /// <summary>
        /// Unmasks in place and gives back all that came in one write. A frame's header is as
        /// long with a key as the answer's without one and four bytes more, so the answer fits
        /// over it, and every frame moves down by what those before it have saved.
        /// </summary>
        void Echo(Connection connection, Span<byte> bytes)
        {
            var start = payloadLeft == 0 ? Frame.MaskLength : 0;
            var end = start;
            var at = 0;
            while (at < bytes.Length)
            {
                if (payloadLeft == 0)
                {
                    var headerLength = Frame.ReadHeader(bytes[at..], out payloadLeft, out mask);
                    if (headerLength == 0)
                        break;
                    if ((bytes[at] & 0x08) != 0)
                    {
                        connection.Close();
                        return;
                    }
                    maskOffset = 0;
                    at += headerLength;
                    end += Frame.WriteServerHeader(bytes[end..], (int)payloadLeft);
                }
                var payload = bytes.Slice(at, (int)Math.Min(payloadLeft, bytes.Length - at));
                Frame.ApplyMask(payload, mask, maskOffset);
                payload.CopyTo(bytes[end..]);
                at += payload.Length;
                end += payload.Length;
                Advance(payload.Length);
            }
            if (end > start)
                Send(connection, bytes[start..end]);
            if (at < bytes.Length)
                Keep(bytes[at..]);
        }

        void Advance(int count)
        {
            payloadLeft -= count;
            maskOffset = (maskOffset + count) % 4;
        }

        void Send(Connection connection, ReadOnlySpan<byte> bytes)
        {
            if (!outbox.Send(connection, bytes))
                connection.Close();
        }

        void Keep(ReadOnlySpan<byte> bytes)
        {
            if (pending.Length < bytes.Length)
                pending = new byte[Math.Max(bytes.Length, 1024)];
            bytes.CopyTo(pending);
            pendingCount = bytes.Length;
        }

        static byte[] SwitchingProtocols(ReadOnlySpan<byte> key)
        {
            var accept = Convert.ToBase64String(SHA1.HashData(
                [.. key, .. "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8]));
            return Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                + $"Connection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
        }
    }
}
