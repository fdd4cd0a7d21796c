using Sluice.Proxy.Http1;
using static Sluice.Unit.Proxy.Http1.HeadText;

namespace Sluice.Unit.Proxy.Http1;

public class WebSocketHandshakeTests
{
    const string Handshake =
        "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    [Theory]
    [InlineData("", "")]
    [InlineData("Upgrade: websocket", "upgrade: h2c, WebSocket")]
    [InlineData("Connection: Upgrade", "Connection: keep-alive\r\nConnection: x, upgrade")]
    public void Complete_handshake_is_one(string old, string changed)
    {
        var head = Request(Changed(old, changed));
        Assert.Equal(RequestRejection.None, head.Rejection);
        Assert.True(head.IsWebSocketHandshake);
    }

    [Theory]
    [InlineData("GET", "POST")]
    [InlineData("HTTP/1.1", "HTTP/1.0")]
    [InlineData("Upgrade: websocket", "Upgrade: websockets")]
    [InlineData("Upgrade: websocket", "X: y")]
    [InlineData("Connection: Upgrade", "Connection: close")]
    [InlineData("Connection: Upgrade", "X: y")]
    [InlineData("Version: 13", "Version: 8")]
    [InlineData("Sec-WebSocket-Version", "X")]
    [InlineData("Sec-WebSocket-Key", "X")]
    [InlineData("ZQ==", "ZQ=")]
    [InlineData("b25jZQ==", "b25jZQ===")]
    [InlineData("dGhl", "dGh!")]
    [InlineData("dGhl", "")]
    public void Incomplete_handshake_is_none(string old, string changed)
    {
        var head = Request(Changed(old, changed));
        Assert.Equal(RequestRejection.None, head.Rejection);
        Assert.False(head.IsWebSocketHandshake);
    }

    [Fact]
    public void Any_upgrade_header_counts_as_one()
    {
        Assert.True(Request(Get("Upgrade:\r\n")).HasUpgrade);
        Assert.False(Request(Get("X-Upgrade: websocket\r\n")).HasUpgrade);
    }

    static string Changed(string old, string changed)
    {
        if (old == "") return Handshake;
        Assert.Contains(old, Handshake, StringComparison.Ordinal);
        return Handshake.Replace(old, changed, StringComparison.Ordinal);
    }
}
