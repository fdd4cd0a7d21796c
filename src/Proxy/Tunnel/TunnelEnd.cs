namespace Sluice.Proxy.Tunnel;

/// <summary>How a tunnel ended: the log field, the metric's label, the test's expectation.</summary>
public enum TunnelEnd
{
    /// <summary>The client closed its connection in order.</summary>
    ClientClosed,

    /// <summary>The peer closed its connection in order.</summary>
    UpstreamClosed,

    /// <summary>The client's connection broke.</summary>
    ClientGone,

    /// <summary>The peer's connection broke.</summary>
    UpstreamGone,

    /// <summary>proxy_read_timeout passed without a byte in either direction.</summary>
    IdleTimeout,

    /// <summary>The client did not read for send_timeout.</summary>
    ClientStalled,

    /// <summary>The peer did not read for proxy_send_timeout.</summary>
    UpstreamStalled,

    /// <summary>The gateway stopped, or worker_shutdown_timeout ran out.</summary>
    Drained,
}
