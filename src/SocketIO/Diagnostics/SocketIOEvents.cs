using Microsoft.Extensions.Logging;

namespace Sluice.SocketIO.Diagnostics;

/// <summary>
/// What is logged, each with its id. Ids of engine sessions, handshakes, arguments and tokens are
/// secrets and in none of them; a socket's id is no secret.
/// </summary>
static partial class SocketIOEvents
{
    [LoggerMessage(
        5001, LogLevel.Debug, "An Engine.IO request was refused: {Code} {Message}")]
    public static partial void EngineRefused(this ILogger logger, int code, string message);

    [LoggerMessage(
        5002, LogLevel.Information,
        "A client takes its packets too slowly; more than {Bytes} bytes wait, the session ends.")]
    public static partial void QueueFull(this ILogger logger, long bytes);

    [LoggerMessage(5003, LogLevel.Error, "The handler of a session's messages threw.")]
    public static partial void EngineHandlerFailed(this ILogger logger, Exception error);

    [LoggerMessage(5101, LogLevel.Debug, "{Namespace}: socket {Socket} connected.")]
    public static partial void SocketConnected(
        this ILogger logger, string @namespace, string socket);

    [LoggerMessage(5102, LogLevel.Debug, "{Namespace}: socket {Socket} disconnected: {Reason}.")]
    public static partial void SocketDisconnected(
        this ILogger logger, string @namespace, string socket, string reason);

    [LoggerMessage(5103, LogLevel.Debug, "{Namespace}: a connection was refused: {Reason}.")]
    public static partial void SocketRefused(
        this ILogger logger, string @namespace, string reason);

    [LoggerMessage(
        5104, LogLevel.Error, "{Namespace}: a handler of \"{Event}\" of socket {Socket} threw.")]
    public static partial void HandlerFailed(
        this ILogger logger, Exception error, string @namespace, string @event, string socket);

    [LoggerMessage(5105, LogLevel.Debug, "A packet was rejected: {Reason}.")]
    public static partial void PacketRejected(this ILogger logger, string reason);

    [LoggerMessage(
        5106, LogLevel.Debug,
        "{Namespace}: \"{Event}\" of socket {Socket} has arguments that its handler cannot take: "
            + "{Reason}")]
    public static partial void BadArguments(
        this ILogger logger, string @namespace, string @event, string socket, string reason);

    [LoggerMessage(
        5107, LogLevel.Error, "{Namespace}: {What} of the application or its adapter threw.")]
    public static partial void CallbackFailed(
        this ILogger logger, Exception error, string @namespace, string what);

    [LoggerMessage(
        5108, LogLevel.Information,
        "{Namespace}: more than {Count} events or {Bytes} bytes of them wait for the handlers of "
            + "socket {Socket}, the connection ends.")]
    public static partial void HandlersTooSlow(
        this ILogger logger, string @namespace, int count, long bytes, string socket);

    [LoggerMessage(
        5109, LogLevel.Debug,
        "{Namespace}: a handler of \"{Event}\" ended, the client of socket {Socket} is gone.")]
    public static partial void ClientGone(
        this ILogger logger, string @namespace, string @event, string socket);
}
