using System.Buffers;
using Microsoft.AspNetCore.Http;
using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The request that a WebSocket began as. What is read comes out of its stream; what is written
/// goes into it, and to the connection's socket itself as soon as that is safe: Kestrel's pipe
/// behind the stream, and the change of threads behind the pipe, cost more than everything else
/// that is not the kernel's.
/// <para>
/// Kestrel does not tell when its pipe is empty, but the client can: a frame goes out with a ping
/// before it, in one write (RFC 6455, section 5.5.2), and when the pong is there and nothing was
/// written since, nothing is left that could be overtaken. A client that does not answer is
/// served through the stream for good. Not the first frame: a client answers that one anyway, and
/// two short answers at once cost some clients a delayed acknowledgement (RFC 896) and Kestrel a
/// buffer that it keeps until the next byte.
/// </para>
/// </summary>
/// <param name="context">The request.</param>
/// <param name="stream">Of the request, after the handshake.</param>
/// <param name="socket">What the stream writes to in the end; null when there is more between.</param>
sealed class RequestWire(HttpContext context, Stream stream, NetSocket? socket) : WebSocketWire
{
    Stage stage = socket is null ? Stage.Piped : Stage.New;

    /// <summary>How often it was asked: also what tells one ping from the next.</summary>
    volatile byte asked;
    bool hasSent;

    enum Stage
    {
        /// <summary>Through the stream, for good.</summary>
        Piped,

        /// <summary>Nothing was written.</summary>
        New,

        /// <summary>The next write takes a ping along.</summary>
        Unasked,

        /// <summary>Nothing was written after the ping and what it came with.</summary>
        Asked,

        /// <summary>More was written: the pong will prove nothing.</summary>
        Overtaken,

        /// <summary>The stream is empty and stays so.</summary>
        Direct,
    }

    public override bool IsDirect => stage == Stage.Direct;

    public override bool IsDetached => false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel) =>
        stream.ReadAsync(buffer, cancel);

    public override void Prefetch()
    {
        if (IsDirect)
            _ = socket!.Blocking;
    }

    public override void Abort() => context.Abort();

    public override void Release()
    {
        // The web server does that when the request has ended.
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        // Either this write is seen by the pong, or the pong by this write.
        Interlocked.CompareExchange(ref stage, Stage.Overtaken, Stage.Asked);
        switch (stage)
        {
            case Stage.Direct:
                return SendDirectAsync(frames);
            case Stage.Unasked:
                return AskAsync(frames);
            case Stage.New:
                stage = Stage.Unasked;
                break;
        }

        return stream.WriteAsync(frames);
    }

    public override void OnPong(ReadOnlySpan<byte> payload)
    {
        if (!IsAnswer(payload))
            return;
        Interlocked.CompareExchange(ref stage, Stage.Direct, Stage.Asked);
        if (asked < EngineLimits.DirectTries)
            Interlocked.CompareExchange(ref stage, Stage.Unasked, Stage.Overtaken);
    }

    async ValueTask AskAsync(ReadOnlyMemory<byte> frames)
    {
        asked++;
        var ping = WebSocketFrames.Write(WebSocketOpcode.Ping, [.. "direct"u8, asked]);
        var whole = ArrayPool<byte>.Shared.Rent(ping.Length + frames.Length);
        ping.CopyTo(whole, 0);
        frames.CopyTo(whole.AsMemory(ping.Length));
        // First, for the answer may come before the write returns.
        stage = Stage.Asked;
        await stream.WriteAsync(whole.AsMemory(0, ping.Length + frames.Length));
        ArrayPool<byte>.Shared.Return(whole);
    }

    bool IsAnswer(ReadOnlySpan<byte> payload) =>
        payload is [.. var text, var number] && text.SequenceEqual("direct"u8) && number == asked;

    ValueTask SendDirectAsync(ReadOnlyMemory<byte> frames) =>
        hasSent ? SendAsync(socket!, frames) : SendFirstAsync(frames);

    /// <summary>Behind whatever Kestrel's last write has not got rid of yet.</summary>
    async ValueTask SendFirstAsync(ReadOnlyMemory<byte> frames)
    {
        await SendAllAsync(socket!, frames);
        // From now on a full socket answers at once; it concerns synchronous calls alone.
        socket!.Blocking = false;
        hasSent = true;
    }
}
