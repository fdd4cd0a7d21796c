namespace Sluice.SocketIOBench;

/// <summary>What is measured.</summary>
enum ScenarioKind
{
    /// <summary>One tells all.</summary>
    Broadcast,

    /// <summary>Each asks and is answered.</summary>
    Ack,

    /// <summary>Nothing happens: memory.</summary>
    Idle,
}

/// <summary>One thing that every server is measured at.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Clients">How many.</param>
/// <param name="InFlight">Broadcasts at a time.</param>
/// <param name="Nodes">Servers that share a Redis; 1 without one.</param>
/// <param name="Target">The ratio to socket.io that must not be exceeded; null without one.</param>
sealed record Scenario(
    string Name, ScenarioKind Kind, int Clients, int InFlight = 1, int Nodes = 1,
    double? Target = null)
{
    /// <summary>Of a broadcast and of a question.</summary>
    public const int TextBytes = 100;

    public static readonly Scenario[] All =
    [
        new("broadcast to 1,000", ScenarioKind.Broadcast, 1000, Target: 0.6),
        new("broadcast to 3,000", ScenarioKind.Broadcast, 3000, Target: 0.6),
        new("broadcast to 1,000, 4 in flight", ScenarioKind.Broadcast, 1000, InFlight: 4),
        new("ack, 100 clients", ScenarioKind.Ack, 100),
        new("broadcast to 1,000, two nodes", ScenarioKind.Broadcast, 1000, Nodes: 2),
        new("idle connection, 3,000", ScenarioKind.Idle, 3000, Target: 0.7),
    ];
}

/// <summary>What one server needed in one round of one scenario.</summary>
/// <param name="Server">sluice, sluice-kestrel, socket.io or signalr.</param>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Round">The round, from zero.</param>
/// <param name="CpuUsPerUnit">CPU time of its processes per delivery or answer; microseconds.</param>
/// <param name="UnitsPerSecond">Throughput.</param>
/// <param name="CpuShare">How busy core 0 was with it: 1 is all of it.</param>
/// <param name="BytesPerConnection">Growth of its memory per idle connection, after a GC.</param>
/// <param name="BytesBeforeGC">The same as it stood before the GC.</param>
/// <param name="P50Us">Half of the broadcasts (to the last client) or answers took no longer.</param>
/// <param name="P99Us">99 of 100 took no longer.</param>
/// <param name="Discarded">Why the cell does not count; null when it does.</param>
sealed record Cell(
    string Server, string Scenario, int Round, double CpuUsPerUnit, double UnitsPerSecond,
    double CpuShare, double BytesPerConnection, double BytesBeforeGC, long P50Us, long P99Us,
    string? Discarded);
