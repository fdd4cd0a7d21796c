namespace Sluice.SocketIO.EngineIO;

/// <summary>A session over a WebSocket: one packet a message.</summary>
sealed class WebSocketTransport : Transport, IWebSocketSource
{
    readonly LiveSession session;
    readonly WebSocketConnection connection;

    /// <summary>The goodbye is the application's, not the answer to the client's.</summary>
    volatile bool isLeaving;

    public WebSocketTransport(LiveSession session, WebSocketConnection connection)
    {
        this.session = session;
        this.connection = connection;
        connection.Source = this;
    }

    public override string Name => "websocket";

    public override bool IsWritable => connection.IsWritable;

    public override void Pump() => connection.Pump();

    public override void CloseWhenSent()
    {
        isLeaving = true;
        connection.Close(WebSocketFrames.EmptyClose, mayOvertake: false);
    }

    // As the official server: the client is told that it is over, whatever the reason.
    public override void Abort() =>
        connection.Close(WebSocketFrames.EmptyClose, mayOvertake: true);

    bool IWebSocketSource.HasQueued => session.HasQueued;

    bool IWebSocketSource.TryTake(out EngineMessage message) => session.TryTake(out message);

    void IWebSocketSource.OnGoodbye()
    {
        if (isLeaving)
            session.End(CloseReasons.ForcedClose);
    }

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
