using System.Net.Security;

namespace Sluice.SocketIO.Redis;

/// <summary>The options of a <see cref="RedisClient"/>.</summary>
public sealed class RedisClientOptions
{
    public RedisAddress Address { get; set; } = new() { Host = "localhost" };

    /// <summary>How long connecting, TLS and AUTH together may take.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a command waits for its answer, or for the connection to come back.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often Redis is asked for a sign of life. One that gives none for twice as long counts
    /// as dead.
    /// </summary>
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause before the first attempt to connect again; it doubles with each.</summary>
    public TimeSpan ReconnectDelayMin { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause between attempts to connect. Pauses vary by a quarter.</summary>
    public TimeSpan ReconnectDelayMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>For TLS with a certificate authority of one's own, or a client certificate.</summary>
    public SslClientAuthenticationOptions? Tls { get; set; }
}
