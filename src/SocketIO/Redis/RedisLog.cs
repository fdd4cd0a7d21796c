using Microsoft.Extensions.Logging;

namespace Sluice.SocketIO.Redis;

/// <summary>What is logged of Redis. Passwords and messages are in none of it.</summary>
static partial class RedisLog
{
    [LoggerMessage(5201, LogLevel.Information, "Redis at {Address} is connected ({Purpose}).")]
    public static partial void RedisReady(this ILogger logger, string purpose, string address);

    [LoggerMessage(
        5202, LogLevel.Warning,
        "The connection to Redis at {Address} ({Purpose}) is lost, other nodes cannot be reached: "
        + "{Reason} {Details} It is tried again until it comes back.")]
    public static partial void RedisLost(
        this ILogger logger, string purpose, string address, string reason, string details);

    [LoggerMessage(5203, LogLevel.Error, "Redis refused a subscription: {Reason}")]
    public static partial void RedisRefused(this ILogger logger, string reason);

    [LoggerMessage(5204, LogLevel.Error, "A message of another node could not be handled.")]
    public static partial void RedisHandlerFailed(this ILogger logger, Exception error);

    [LoggerMessage(
        5205, LogLevel.Warning, "{Namespace}: other nodes were not told of something: {Reason}")]
    public static partial void ClusterUnreachable(
        this ILogger logger, string @namespace, string reason);

    [LoggerMessage(
        5206, LogLevel.Warning,
        "{Namespace}: a message of another node was not understood and is ignored: {Reason}")]
    public static partial void ClusterMessageIgnored(
        this ILogger logger, string @namespace, string reason);

    [LoggerMessage(5207, LogLevel.Error, "The stream {Stream} cannot be read: {Reason}")]
    public static partial void StreamNotRead(this ILogger logger, string stream, string reason);
}
