namespace Sluice.Net.Simulated;

/// <summary>
/// What can go wrong in a <see cref="SimulatedNetwork"/>. Chances are from 0 to 1, drawn from
/// the network's seed; times are milliseconds of its virtual clock.
/// </summary>
public sealed record SimulatedFaults
{
    /// <summary>A network that behaves: nothing is late, partial or lost.</summary>
    public static readonly SimulatedFaults None = new();

    /// <summary>
    /// Everything a correct program has to live with, and that no client sees: partial reads and
    /// writes, tiny buffers, delays, spurious events. Nothing fails.
    /// </summary>
    public static readonly SimulatedFaults Rough = new()
    {
        DelayMsMax = 30,
        PartialReads = 0.3,
        PartialWrites = 0.3,
        PipeBytesMin = 1,
        PipeBytesMax = 8 * 1024,
        SlowPipes = 0.1,
        SlowDelayMsMax = 400,
        SpuriousEvents = 0.05,
        PartialBatches = 0.3,
    };

    /// <summary>As Rough, and connections fail too.</summary>
    public static readonly SimulatedFaults Hostile = Rough with
    {
        Resets = 0.01,
        ConnectRefusals = 0.05,
        ConnectTimeouts = 0.02,
        AcceptFailures = 0.05,
        ClockJumps = 0.002,
        ClockJumpMsMax = 5_000,
    };

    /// <summary>Longest way of bytes from one end to the other.</summary>
    public int DelayMsMax { get; init; }

    /// <summary>Chance of a Read that gives fewer bytes than there are.</summary>
    public double PartialReads { get; init; }

    /// <summary>Chance of a Write that takes fewer bytes than there is room for.</summary>
    public double PartialWrites { get; init; }

    /// <summary>Bytes that one direction holds, sent and not yet read: drawn per direction.</summary>
    public int PipeBytesMin { get; init; } = 64 * 1024;
    public int PipeBytesMax { get; init; } = 64 * 1024;

    /// <summary>Chance of a direction in which everything takes up to SlowDelayMsMax.</summary>
    public double SlowPipes { get; init; }
    public int SlowDelayMsMax { get; init; }

    /// <summary>Chance of an event with nothing behind it.</summary>
    public double SpuriousEvents { get; init; }

    /// <summary>Chance of a turn that takes only some of the events that are there.</summary>
    public double PartialBatches { get; init; }

    /// <summary>Chance, per write, that the connection is reset on both sides.</summary>
    public double Resets { get; init; }

    public double ConnectRefusals { get; init; }

    /// <summary>Chance of a connect that ends with ETIMEDOUT after ConnectTimeoutMs.</summary>
    public double ConnectTimeouts { get; init; }

    /// <summary>Linux gives up after 127 seconds (tcp_syn_retries 6).</summary>
    public int ConnectTimeoutMs { get; init; } = 127_000;

    /// <summary>Chance of EMFILE at an accept.</summary>
    public double AcceptFailures { get; init; }

    /// <summary>Chance, per turn, that both clocks jump: the wall clock also backwards.</summary>
    public double ClockJumps { get; init; }
    public int ClockJumpMsMax { get; init; }

    /// <summary>Descriptors of the process: accept and connect answer EMFILE beyond.</summary>
    public int DescriptorsMax { get; init; } = int.MaxValue;
}
