using System.Globalization;

namespace Sluice.SocketIO.Redis;

/// <summary>Where a Redis is and who asks. What it says of itself has no password in it.</summary>
public sealed record RedisAddress
{
    public const int DefaultPort = 6379;

    public required string Host { get; init; }

    public int Port { get; init; } = DefaultPort;

    /// <summary>The user of Redis 6 and later; null for the default one.</summary>
    public string? User { get; init; }

    /// <summary>A secret; null without one.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// The database of SELECT. Channels are the same in all of them; streams and sessions are not.
    /// </summary>
    public int Database { get; init; }

    /// <summary>TLS, with the host's name checked.</summary>
    public bool UseTls { get; init; }

    /// <summary>
    /// Reads "host", "host:port", "redis://user:password@host:port/database" and the same with
    /// rediss:// for TLS. Special characters of a password are percent-encoded.
    /// </summary>
    /// <exception cref="FormatException">It is none of these; the message says what to do.</exception>
    public static RedisAddress Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (text.Contains(',', StringComparison.Ordinal))
            throw new FormatException(
                "A Redis address is one host:port or one redis:// URI, without options behind a "
                + "comma; several addresses (Cluster, Sentinel) are not supported.");
        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : "redis://" + text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0)
            throw new FormatException(
                "A Redis address looks like localhost:6379 or "
                + "redis://user:password@host:6379/0 (rediss:// for TLS).");
        var database = 0;
        var path = uri.AbsolutePath.Trim('/');
        if (path.Length > 0 && !int.TryParse(
            path, NumberStyles.None, CultureInfo.InvariantCulture, out database))
            throw new FormatException(
                "What follows the host of a Redis address is the number of a database.");
        var login = uri.UserInfo.Split(':', 2);
        return new RedisAddress
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : DefaultPort,
            User = login[0].Length > 0 ? Uri.UnescapeDataString(login[0]) : null,
            Password = login.Length > 1 ? Uri.UnescapeDataString(login[1]) : null,
            Database = database,
            UseTls = uri.Scheme == "rediss",
        };
    }

    /// <summary>The host and the port.</summary>
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
