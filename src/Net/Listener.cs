namespace Sluice.Net;

/// <summary>A bound, listening socket of a loop.</summary>
public abstract class Listener
{
    public abstract Address LocalAddress { get; }

    /// <summary>Stops accepting and closes the socket. Accepted connections stay. Idempotent.</summary>
    public abstract void Close();
}

public interface IAcceptHandler
{
    /// <summary>
    /// A client has connected: gives the handler that serves it. CanRead is true already when
    /// the loop knows of bytes.
    /// </summary>
    IConnectionHandler OnAccept(Listener listener, Connection connection);

    /// <summary>
    /// accept failed with <paramref name="error"/> (-errno). After EMFILE, ENFILE, ENOBUFS and
    /// ENOMEM the loop has paused the listener and tries again by itself
    /// after <see cref="NetLimits.AcceptPauseMs"/>.
    /// </summary>
    void OnAcceptFailed(Listener listener, int error);
}

/// <summary>What nginx's listen directive can ask of a socket.</summary>
public sealed record ListenOptions
{
    public int Backlog { get; init; } = 511;

    /// <summary>SO_REUSEPORT: every worker has a socket of its own on the address.</summary>
    public bool ReusePort { get; init; }

    /// <summary>
    /// Binds and does not listen: asks whether an address can be had, and lets nobody connect to
    /// a socket that is about to be closed.
    /// </summary>
    public bool BindOnly { get; init; }

    /// <summary>TCP_NODELAY, inherited by the connections that are accepted.</summary>
    public bool NoDelay { get; init; } = true;

    /// <summary>IPV6_V6ONLY; nginx's default is on.</summary>
    public bool Ipv6Only { get; init; } = true;

    public bool KeepAlive { get; init; }
    public int KeepAliveIdleSeconds { get; init; }
    public int KeepAliveIntervalSeconds { get; init; }
    public int KeepAliveCount { get; init; }

    /// <summary>Zero leaves the system's setting.</summary>
    public int ReceiveBufferBytes { get; init; }
    public int SendBufferBytes { get; init; }
}

public sealed record ConnectOptions
{
    public static readonly ConnectOptions Default = new();

    /// <summary>proxy_bind: the local address to connect from.</summary>
    public Address? Bind { get; init; }

    public bool NoDelay { get; init; } = true;

    /// <summary>proxy_socket_keepalive.</summary>
    public bool KeepAlive { get; init; }
}
