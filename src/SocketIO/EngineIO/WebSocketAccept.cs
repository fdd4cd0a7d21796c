using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Sluice.SocketIO.Kestrel;

namespace Sluice.SocketIO.EngineIO;

/// <summary>
/// The opening handshake of a WebSocket over HTTP/1.1 (RFC 6455, section 4.2) and over HTTP/2
/// (RFC 8441, section 4). Done here, so that an application needs no middleware for it.
/// </summary>
static class WebSocketAccept
{
    const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static bool IsAsked(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } h2)
            return string.Equals(h2.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && HttpMethods.IsGet(context.Request.Method)
            && string.Equals(
                context.Request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase)
            && context.Request.Headers.SecWebSocketVersion == "13"
            && IsKey(context.Request.Headers.SecWebSocketKey);
    }

    /// <summary>
    /// Agrees on permessage-deflate, when the client offers it in a way that the server can
    /// accept, and says so in the answer.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="options">Null when messages are not compressed.</param>
    /// <param name="deflate">Null when they go out and come in as they are.</param>
    /// <returns>False when the header is malformed, which fails the connection.</returns>
    public static bool TryAgree(
        HttpContext context, PerMessageDeflateOptions? options, out WebSocketDeflate? deflate)
    {
        deflate = null;
        var header = context.Request.Headers.SecWebSocketExtensions;
        if (options is null || header.Count == 0)
            return true;
        if (!WebSocketExtensions.TryParse(header.ToString(), out var offered))
            return false;
        if (DeflateAgreement.Choose(offered, options) is { } agreed)
        {
            context.Response.Headers.SecWebSocketExtensions = agreed.Header;
            deflate = new WebSocketDeflate(agreed, options);
        }

        return true;
    }

    public static async Task<WebSocketConnection> AcceptAsync(
        HttpContext context, int messageBytesMax, TimeProvider time, WebSocketDeflate? deflate)
    {
        var stream = context.Features.Get<IHttpExtendedConnectFeature>() is
        { IsExtendedConnect: true } extended
            ? await extended.AcceptAsync()
            : await UpgradeAsync(context);
        var wire = await WireAsync(context, stream);
        return new WebSocketConnection(wire, messageBytesMax, time, deflate);
    }

    /// <summary>
    /// The connection's own socket, when Kestrel lets go of it and nobody stands between it and
    /// the stream: no TLS, no middleware of the connection or the request, no HTTP/2.
    /// </summary>
    static async Task<WebSocketWire> WireAsync(HttpContext context, Stream stream)
    {
        var features = context.Features;
        if (!HttpProtocol.IsHttp11(context.Request.Protocol)
            || stream.GetType().Assembly != typeof(KestrelServer).Assembly)
            return new RequestWire(context, stream, socket: null);
        if (features.Get<IDetachableSocket>() is { } connection
            && await connection.DetachAsync() is var (socket, unread))
            return new SocketWire(socket, unread);
        var transport = features.Get<IConnectionTransportFeature>()?.Transport;
        // A type of that assembly's own: who wraps the transport has another.
        var isKestrels = transport?.GetType().Assembly == typeof(SocketTransportFactory).Assembly;
        return new RequestWire(
            context, stream,
            isKestrels ? features.Get<IConnectionSocketFeature>()?.Socket : null);
    }

    static Task<Stream> UpgradeAsync(HttpContext context)
    {
        string key = context.Request.Headers.SecWebSocketKey.ToString() + KeySuffix;
        var headers = context.Response.Headers;
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
#pragma warning disable CA5350 // RFC 6455 names SHA-1; it protects nothing here.
        headers.SecWebSocketAccept =
            Convert.ToBase64String(SHA1.HashData(Encoding.Latin1.GetBytes(key)));
#pragma warning restore CA5350
        return context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    /// <summary>16 bytes in base64.</summary>
    static bool IsKey(string? key)
    {
        Span<byte> bytes = stackalloc byte[18];
        return key is { Length: 24 }
            && Convert.TryFromBase64String(key, bytes, out int count) && count == 16;
    }
}
