namespace Sluice.SocketIO.EngineIO;

/// <summary>A session over a WebSocket: one packet a message.</summary>
sealed class WebSocketTransport : Transport, IWebSocketSource
{
    readonly LiveSession session;
    readonly WebSocketConnection connection;

    /// <summary>Attachments need something in front, or are told in base64.</summary>
    readonly bool isEncoding;
    readonly bool takesBinary;

    /// <summary>The goodbye is the application's, not the answer to the client's.</summary>
    volatile bool isLeaving;

    /// <param name="session">Whose packets they are.</param>
    /// <param name="connection">What carries them.</param>
    /// <param name="takesBinary">False for a client that wants attachments in base64.</param>
    public WebSocketTransport(
        LiveSession session, WebSocketConnection connection, bool takesBinary)
    {
        this.session = session;
        this.takesBinary = takesBinary;
        isEncoding = session.IsOld || !takesBinary;
        this.connection = connection;
        connection.Source = this;
    }

    public override string Name => "websocket";

    public override bool IsWritable => connection.IsWritable;

    public override void Pump() => connection.Pump();

    // What has to be encoded or compressed first takes the longer way.
    public override bool TrySend(in EngineMessage message) =>
        !(isEncoding && message.IsBinary) && connection.Deflater is null
            && connection.TrySend(message.Frame);

    public override void Prefetch() => connection.Prefetch();

    public override void CloseWhenSent()
    {
        isLeaving = true;
        connection.Close(WebSocketFrames.EmptyClose, mayOvertake: false);
    }

    // As the official server: the client is told that it is over, whatever the reason.
    public override void Abort() =>
        connection.Close(WebSocketFrames.EmptyClose, mayOvertake: true);

    bool IWebSocketSource.HasQueued => session.HasQueued;

    bool IWebSocketSource.TryTake(out EngineMessage message)
    {
        if (!session.TryTake(out message))
            return false;
        if (isEncoding && message.IsBinary)
            message = Encode(message.Bytes.Span) with { IsPlain = message.IsPlain };
        if (connection.Deflater is { } deflater)
            message = deflater.Deflate(message);
        return true;
    }

    void IWebSocketSource.OnGoodbye()
    {
        if (isLeaving)
            session.End(CloseReasons.ForcedClose);
    }

    EngineMessage Encode(ReadOnlySpan<byte> attachment) =>
        takesBinary ? new EngineMessage(OldPollingPayload.Typed(attachment), IsBinary: true)
        : session.IsOld
            ? new EngineMessage(OldPollingPayload.Base64Text(attachment), IsBinary: false)
            : new EngineMessage(PollingPayload.Base64Text(attachment), IsBinary: false);

    /// <summary>
    /// Hands in what arrives until the connection ends; after the session's end, until the client
    /// has said goodbye too or has had its time.
    /// </summary>
    public async Task ReceiveAllAsync()
    {
        while (true)
        {
            var received = await connection.ReceiveAsync(CancellationToken.None);
            if (received.Kind is WebSocketEvent.Text or WebSocketEvent.Binary)
            {
                session.Receive(received.Payload.Span, received.Kind == WebSocketEvent.Binary);
                continue;
            }

            session.End(received.Kind == WebSocketEvent.Broken
                ? CloseReasons.TransportError : CloseReasons.TransportClose);
            return;
        }
    }
}
