using System.Text;

namespace Sluice.Unit.Simulation;

/// <summary>Messages for tests that speak HTTP by hand.</summary>
static class Http
{
    internal const string Handshake =
        "GET /chat HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    internal const string Switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    /// <summary>One upstream with one peer, and everything leads to it.</summary>
    internal const string OnePeer = """
        upstream pool { server 10.0.0.1:80; }
        server { listen 10.1.0.1:80; location / { proxy_pass http://pool; } }
        """;

    internal const string PeerAddress = "10.0.0.1:80";

    internal static string Get(string path, string headers = "") =>
        $"GET {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n";

    internal static string Post(string path, string body, string headers = "") =>
        $"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {body.Length}\r\n{headers}\r\n"
        + body;

    internal static string Ok(string body) =>
        $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    /// <summary>The end of an answer whose body is this.</summary>
    internal static string Body(string body) => "\r\n\r\n" + body;

    /// <summary>A text in which no two places look alike.</summary>
    internal static string Numbers(int length)
    {
        var text = new StringBuilder(length + 8);
        for (int i = 0; text.Length < length; i++)
            text.Append(i).Append(' ');
        return text.ToString(0, length);
    }

    /// <summary>Everything needed for a tunnel: the client's end, and the peer's.</summary>
    internal static (Wire Client, Wire Peer) OpenTunnel(
        SimulatedGateway gateway, WireServer server)
    {
        var client = gateway.Connect();
        client.Send(Handshake);
        gateway.Settle();
        var peer = server.Last;
        Assert.StartsWith("GET /chat HTTP/1.1\r\n", peer.Take());
        peer.Send(Switching);
        gateway.Settle();
        Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", client.Take());
        return (client, peer);
    }
}
