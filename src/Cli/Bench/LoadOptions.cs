namespace Sluice.Cli.Bench;

/// <summary>What the load consists of.</summary>
enum LoadKind
{
    /// <summary>WebSocket messages that a server echoes.</summary>
    Echo,

    /// <summary>WebSockets that are opened and left alone.</summary>
    Idle,

    /// <summary>WebSockets that are opened and closed again, over and over.</summary>
    Handshake,

    /// <summary>GET requests on kept connections.</summary>
    Get,
}

/// <summary>One run of the load generator.</summary>
sealed record LoadOptions
{
    public required Uri Url { get; init; }

    public LoadKind Kind { get; init; }

    /// <summary>Connections that are open at once.</summary>
    public int Connections { get; init; } = 10;

    /// <summary>Messages of a connection that are on their way at once.</summary>
    public int InFlight { get; init; } = 1;

    /// <summary>Bytes of a message's payload.</summary>
    public int Size { get; init; } = 64;

    /// <summary>Messages a second over all connections; zero sends as fast as answers come.</summary>
    public double Rate { get; init; }

    /// <summary>How long is measured, after everything is connected and warm.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the load runs before it is measured.</summary>
    public TimeSpan Warmup { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Lines for headers of the handshake: "Name: value".</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];
}

/// <summary>What a run came to.</summary>
/// <param name="Connected">Connections that were open when measuring began.</param>
/// <param name="Count">Messages echoed, handshakes made, or answers read while measuring.</param>
/// <param name="Errors">Connections that failed, and answers that were not what was sent.</param>
/// <param name="Seconds">How long was measured.</param>
/// <param name="P50Us">Half of them took no longer, in microseconds.</param>
/// <param name="P99Us">99 of 100 took no longer.</param>
/// <param name="P999Us">999 of 1,000 took no longer.</param>
/// <param name="MaxUs">The longest.</param>
/// <param name="FirstError">What the first failure was; null without one.</param>
sealed record LoadResult(
    int Connected, long Count, long Errors, double Seconds,
    long P50Us, long P99Us, long P999Us, long MaxUs, string? FirstError);
