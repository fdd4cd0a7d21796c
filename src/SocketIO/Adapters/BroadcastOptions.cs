namespace Sluice.SocketIO.Adapters;

/// <summary>Whom a broadcast is for, and how it is sent.</summary>
public sealed record BroadcastOptions
{
    /// <summary>Sockets in any of these rooms; all of the namespace when there is none.</summary>
    public IReadOnlyCollection<string> Rooms { get; init; } = [];

    /// <summary>Sockets in any of these rooms are left out.</summary>
    public IReadOnlyCollection<string> Except { get; init; } = [];

    /// <summary>Dropped for a client that cannot take it now.</summary>
    public bool IsVolatile { get; init; }

    /// <summary>This node's sockets alone.</summary>
    public bool IsLocal { get; init; }

    /// <summary>Null leaves compression to the transport; false asks for none.</summary>
    public bool? Compress { get; init; }

    /// <summary>How long acknowledgements are waited for; null without any.</summary>
    public TimeSpan? Timeout { get; init; }
}
