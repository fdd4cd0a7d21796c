using Microsoft.AspNetCore.Http;

namespace Sluice.SocketIO.EngineIO;

/// <summary>Why a request made no session, or does not belong to one.</summary>
/// <param name="Code">The official server's number.</param>
/// <param name="Message">What the client is told.</param>
/// <param name="StatusCode">The status of the answer.</param>
public sealed record EngineConnectionError(
    int Code, string Message, int StatusCode = StatusCodes.Status400BadRequest)
{
    public static readonly EngineConnectionError TransportUnknown = new(0, "Transport unknown");
    public static readonly EngineConnectionError SessionUnknown = new(1, "Session ID unknown");
    public static readonly EngineConnectionError BadMethod = new(2, "Bad handshake method");
    public static readonly EngineConnectionError BadRequest = new(3, "Bad request");
    public static readonly EngineConnectionError BadVersion =
        new(5, "Unsupported protocol version");
    public static readonly EngineConnectionError BadExtensions =
        new(3, "Invalid or unacceptable Sec-WebSocket-Extensions header");

    /// <summary>The application refused.</summary>
    public static EngineConnectionError Forbidden(string message) =>
        new(4, message.Length > 0 ? message : "Forbidden", StatusCodes.Status403Forbidden);
}
