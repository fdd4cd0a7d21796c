using System.Buffers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The way out of a WebSocket: the stream of its request, and the connection's socket itself as
/// soon as that is safe. Kestrel's pipe behind the stream, and the change of threads behind the
/// pipe, cost more than everything else that is not the kernel's.
/// <para>
/// Kestrel does not tell when its pipe is empty, but the client can: a frame goes out with a ping
/// before it, in one write (RFC 6455, section 5.5.2), and when the pong is there and nothing was
/// written since, nothing is left that could be overtaken. A client that does not answer is
/// served through the stream for good. Not the first frame: a client answers that one anyway, and
/// two short answers at once cost some clients a delayed acknowledgement (RFC 896) and Kestrel a
/// buffer that it keeps until the next byte.
/// </para>
/// </summary>
/// <param name="stream">Of the request, after the handshake.</param>
/// <param name="socket">What the stream writes to in the end; null when there is more between.</param>
sealed class WebSocketOutput(Stream stream, NetSocket? socket)
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

    /// <summary>Reads what <see cref="WriteAsync"/> is going to read.</summary>
    public void Prefetch()
    {
        if (IsDirect)
            _ = socket!.Blocking;
    }

    /// <summary>It writes to the socket itself.</summary>
    public bool IsDirect => stage == Stage.Direct;

    /// <summary>The way out of a request's stream.</summary>
    public static WebSocketOutput Of(HttpContext context, Stream stream) =>
        new(stream, SocketOf(context, stream));

    /// <summary>
    /// Writes whole frames. One call at a time. Fails with what streams and sockets throw when
    /// the connection is gone: <see cref="IOException"/>, <see cref="SocketException"/>,
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        // Either this write is seen by the pong, or the pong by this write.
        Interlocked.CompareExchange(ref stage, Stage.Overtaken, Stage.Asked);
        switch (stage)
        {
            case Stage.Direct:
                return SendAsync(frames);
            case Stage.Unasked:
                return AskAsync(frames);
            case Stage.New:
                stage = Stage.Unasked;
                break;
        }

        return stream.WriteAsync(frames);
    }

    /// <summary>A pong has come, maybe somebody else's.</summary>
    public void OnPong(ReadOnlySpan<byte> payload)
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

    ValueTask SendAsync(ReadOnlyMemory<byte> frames)
    {
        if (!hasSent)
            return SendFirstAsync(frames);
        int sent;
        SocketError error;
        try
        {
            sent = socket!.Send(frames.Span, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException closed)
        {
            return ValueTask.FromException(closed);
        }

        if (error == SocketError.WouldBlock)
            return SendAllAsync(frames);
        if (error != SocketError.Success)
            return ValueTask.FromException(new SocketException((int)error));
        return sent == frames.Length
            ? ValueTask.CompletedTask : SendAllAsync(frames[sent..]);
    }

    /// <summary>Behind whatever Kestrel's last write has not got rid of yet.</summary>
    async ValueTask SendFirstAsync(ReadOnlyMemory<byte> frames)
    {
        await SendAllAsync(frames);
        // From now on a full socket answers at once; it concerns synchronous calls alone.
        socket!.Blocking = false;
        hasSent = true;
    }

    /// <summary>Waits for the client's window.</summary>
    async ValueTask SendAllAsync(ReadOnlyMemory<byte> frames)
    {
        while (frames.Length > 0)
            frames = frames[await socket!.SendAsync(frames)..];
    }

    /// <summary>
    /// The socket, when there is nothing between it and the stream: no TLS, no middleware of the
    /// connection or the request that has put itself there, no HTTP/2.
    /// </summary>
    static NetSocket? SocketOf(HttpContext context, Stream stream)
    {
        var features = context.Features;
        var transport = features.Get<IConnectionTransportFeature>()?.Transport;
        return HttpProtocol.IsHttp11(context.Request.Protocol)
            && stream.GetType().Assembly == typeof(KestrelServer).Assembly
            // A type of that assembly's own: who wraps the transport has another.
            && transport?.GetType().Assembly == typeof(SocketTransportFactory).Assembly
                ? features.Get<IConnectionSocketFeature>()?.Socket : null;
    }
}
