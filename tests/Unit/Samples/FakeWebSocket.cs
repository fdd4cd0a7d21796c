using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;

namespace Sluice.Unit.Samples;

/// <summary>A WebSocket whose other end is a test.</summary>
sealed class FakeWebSocket : WebSocket
{
    readonly Channel<(string? Text, int Code)> incoming =
        Channel.CreateUnbounded<(string?, int)>();

    readonly Channel<string> sent = Channel.CreateUnbounded<string>();
    WebSocketCloseStatus? closeStatus;

    /// <summary>From now on nothing can be sent, as on a connection that is breaking.</summary>
    public bool IsBroken { get; set; }

    /// <summary>What this side closed with.</summary>
    public WebSocketCloseStatus? ClosedWith { get; private set; }

    public override WebSocketCloseStatus? CloseStatus => closeStatus;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => WebSocketState.Open;

    public override string? SubProtocol => null;

    /// <summary>The other end says something.</summary>
    public void Say(string text) => incoming.Writer.TryWrite((text, 0));

    /// <summary>The other end closes; 1006 is no close frame.</summary>
    public void Drop(int code = 1006) => incoming.Writer.TryWrite((null, code));

    /// <summary>The next message that was sent to the other end.</summary>
    public async Task<string> SentAsync() =>
        await sent.Reader.ReadAsync().AsTask().WaitAsync(FakeTime.Bound);

    public override async Task<WebSocketReceiveResult> ReceiveAsync(
        ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var (text, code) = await incoming.Reader.ReadAsync(cancellationToken);
        if (text is not null)
        {
            int count = Encoding.UTF8.GetBytes(text, buffer);
            return new WebSocketReceiveResult(count, WebSocketMessageType.Text, true);
        }
        if (code == 1006)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }
        closeStatus = (WebSocketCloseStatus)code;
        return new WebSocketReceiveResult(0, WebSocketMessageType.Close, true);
    }

    public override Task SendAsync(
        ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage,
        CancellationToken cancellationToken)
    {
        if (IsBroken)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }
        sent.Writer.TryWrite(Encoding.UTF8.GetString(buffer));
        return Task.CompletedTask;
    }

    public override Task CloseOutputAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription,
        CancellationToken cancellationToken)
    {
        ClosedWith = closeStatus;
        return Task.CompletedTask;
    }

    public override Task CloseAsync(
        WebSocketCloseStatus closeStatus, string? statusDescription,
        CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override void Abort() => Drop();

    public override void Dispose()
    {
    }
}
