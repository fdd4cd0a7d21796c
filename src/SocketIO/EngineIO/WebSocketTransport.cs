using System.Buffers;
using System.Net.WebSockets;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// A WebSocket: one packet a message. Whoever queues a packet sends it, unless somebody is
/// sending already; an idle connection has no buffer.
/// </summary>
sealed class WebSocketTransport(LiveSession session, AcceptedSocket accepted) : Transport
{
    /// <summary>A close frame without a status, which WebSocket itself does not send.</summary>
    static readonly byte[] emptyClose = [0x88, 0];

    readonly WebSocket socket = accepted.Socket;
    int isSending;
    volatile bool isClosing;

    public override string Name => "websocket";

    public override bool IsWritable =>
        Volatile.Read(ref isSending) == 0 && socket.State == WebSocketState.Open;

    public override void Pump() => _ = SendAllAsync();

    public override void CloseWhenSent()
    {
        isClosing = true;
        Pump();
    }

    public override void Abort()
    {
        // A closing handshake that is under way ends by itself.
        if (!isClosing)
            socket.Abort();
    }

    /// <summary>Sends what is queued; returns when there is nothing left, or it is broken.</summary>
    async Task SendAllAsync()
    {
        while (Interlocked.CompareExchange(ref isSending, 1, 0) == 0)
        {
            try
            {
                while (session.TryTake(out var message))
                {
                    await socket.SendAsync(
                        message.Bytes,
                        message.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text,
                        endOfMessage: true,
                        CancellationToken.None);
                }
                if (isClosing && socket.State == WebSocketState.Open)
                    await SayGoodbyeAsync();
            }
            catch (Exception failure) when (IsBroken(failure))
            {
                session.End(CloseReasons.TransportError);
                return;
            }
            finally
            {
                Volatile.Write(ref isSending, 0);
            }
            // What was queued between the last look and the release has nobody else.
            if (!session.HasQueued)
                return;
        }
    }

    /// <summary>As the official server does it; nobody else writes meanwhile.</summary>
    async Task SayGoodbyeAsync()
    {
        await accepted.Stream.WriteAsync(emptyClose);
        await accepted.Stream.FlushAsync();
        session.End(CloseReasons.ForcedClose);
        await Task.Delay(EngineLimits.Goodbye, session.Server.Time);
        socket.Abort();
    }

    /// <summary>Hands in what arrives until the connection ends.</summary>
    public async Task ReceiveAllAsync()
    {
        try
        {
            while (await ReceiveOneAsync())
            {
            }
        }
        catch (Exception failure) when (IsBroken(failure))
        {
            session.End(failure is WebSocketException
            {
                WebSocketErrorCode: WebSocketError.ConnectionClosedPrematurely,
            }
                ? CloseReasons.TransportClose
                : CloseReasons.TransportError);
        }
        finally
        {
            session.End(CloseReasons.TransportError);
        }
    }

    /// <summary>One message; false at the end.</summary>
    async Task<bool> ReceiveOneAsync()
    {
        // Waits with no buffer in hand.
        var first = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        if (first.MessageType == WebSocketMessageType.Close)
            return await LeaveAsync();
        if (first.EndOfMessage)
            return session.Receive([], first.MessageType == WebSocketMessageType.Binary);
        int most = session.Server.Options.MaxHttpBufferSize;
        var buffer = ArrayPool<byte>.Shared.Rent(EngineLimits.ReceiveBytes);
        try
        {
            int length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                if (length == buffer.Length)
                    buffer = Grow(buffer);
                result = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (result.MessageType == WebSocketMessageType.Close)
                    return await LeaveAsync();
                length += result.Count;
                if (length > most)
                    return await RefuseLongAsync();
            }
            while (!result.EndOfMessage);
            return session.Receive(
                buffer.AsSpan(0, length), result.MessageType == WebSocketMessageType.Binary);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    async Task<bool> LeaveAsync()
    {
        // Answered, unless it answers ours.
        if (!isClosing)
            await socket.CloseOutputAsync(
                socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure,
                statusDescription: null, CancellationToken.None);
        session.End(CloseReasons.TransportClose);
        return false;
    }

    async Task<bool> RefuseLongAsync()
    {
        isClosing = true;
        await socket.CloseOutputAsync(
            WebSocketCloseStatus.MessageTooBig, statusDescription: null, CancellationToken.None);
        session.End(CloseReasons.TransportError);
        return false;
    }

    static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    static bool IsBroken(Exception failure) => failure is WebSocketException or IOException
        or OperationCanceledException or ObjectDisposedException or InvalidOperationException;
}
