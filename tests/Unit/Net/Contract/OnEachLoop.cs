using System.Runtime.Versioning;
using Sluice.Net;

namespace Sluice.Unit.Net.Contract;

[SupportedOSPlatform("linux")]
public sealed class ConnectionsOnEpoll() : ConnectionContract(new EpollLoop());

[SupportedOSPlatform("linux")]
public sealed class FlowOnEpoll() : FlowContract(new EpollLoop());

[SupportedOSPlatform("linux")]
public sealed class LoopOnEpoll() : LoopContract(new EpollLoop());

public sealed class ConnectionsSimulated() : ConnectionContract(Simulated.Loop());

public sealed class FlowSimulated() : FlowContract(Simulated.Loop());

public sealed class LoopSimulated() : LoopContract(Simulated.Loop());

public sealed class ConnectionsRough() : ConnectionContract(Simulated.Loop(Simulated.Rough));

public sealed class FlowRough() : FlowContract(Simulated.Loop(Simulated.Rough));

public sealed class LoopRough() : LoopContract(Simulated.Loop(Simulated.Rough));

static class Simulated
{
    /// <summary>A pipe of a byte would take the large transfers days of virtual time.</summary>
    internal static readonly SimulatedFaults Rough =
        SimulatedFaults.Rough with { PipeBytesMin = 500 };

    internal static SimulatedLoop Loop(SimulatedFaults? faults = null) =>
        new(new SimulatedNetwork(seed: 20260101, faults));
}
