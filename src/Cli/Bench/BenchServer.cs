using System.Security.Cryptography;
using System.Text;
using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Cli.Bench;

/// <summary>
/// The other end of a benchmark: echoes WebSocket messages and answers GET with a small body,
/// on one loop, with as little work as possible.
/// </summary>
sealed class BenchServer(Loop loop) : IAcceptHandler
{
    static readonly byte[] answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nhello, world\n");

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
        /// Unmasks in place and gives back what came. A frame's header is as long with a key as
        /// the answer's without one and four bytes more, so the answer fits over it.
        /// </summary>
        void Echo(Connection connection, Span<byte> bytes)
        {
            while (bytes.Length > 0)
            {
                if (payloadLeft == 0)
                {
                    var headerLength = Frame.ReadHeader(bytes, out payloadLeft, out mask);
                    if (headerLength == 0)
                    {
                        Keep(bytes);
                        return;
                    }
                    if ((bytes[0] & 0x08) != 0)
                    {
                        connection.Close();
                        return;
                    }
                    maskOffset = 0;
                    var count = (int)Math.Min(payloadLeft, bytes.Length - headerLength);
                    Frame.ApplyMask(bytes.Slice(headerLength, count), mask, 0);
                    var start = headerLength - 4;
                    Frame.WriteServerHeader(bytes[4..], (int)payloadLeft);
                    Send(connection, bytes.Slice(4, start + count));
                    Advance(count);
                    bytes = bytes[(headerLength + count)..];
                }
                else
                {
                    var count = (int)Math.Min(payloadLeft, bytes.Length);
                    Frame.ApplyMask(bytes[..count], mask, maskOffset);
                    Send(connection, bytes[..count]);
                    Advance(count);
                    bytes = bytes[count..];
                }
            }
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
