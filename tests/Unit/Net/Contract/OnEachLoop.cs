using System.Runtime.Versioning;
using Sluice.Net;
using Sluice.Net.Simulated;

namespace Sluice.Unit.Net.Contract;

[SupportedOSPlatform("linux")]
public sealed class ConnectionsOnEpoll() : ConnectionContract(new EpollLoop());

[SupportedOSPlatform("linux")]
public sealed class FlowOnEpoll() : FlowContract(new EpollLoop());

[SupportedOSPlatform("linux")]
public sealed class LoopOnEpoll() : LoopContract(new EpollLoop());

[SupportedOSPlatform("linux")]
public sealed class DescriptorsOnEpoll() : DescriptorContract(new EpollLoop());

public sealed class DescriptorsOnSockets() : DescriptorContract(new SocketLoop());

public sealed class ConnectionsOnSockets() : ConnectionContract(new SocketLoop());

public sealed class FlowOnSockets() : FlowContract(new SocketLoop());

public sealed class LoopOnSockets() : LoopContract(new SocketLoop());

public sealed class ConnectionsSimulated() : ConnectionContract(SimulatedLoops.Make());

public sealed class FlowSimulated() : FlowContract(SimulatedLoops.Make());

public sealed class LoopSimulated() : LoopContract(SimulatedLoops.Make());

public sealed class ConnectionsRough()
    : ConnectionContract(SimulatedLoops.Make(SimulatedLoops.Rough));

public sealed class FlowRough() : FlowContract(SimulatedLoops.Make(SimulatedLoops.Rough));

public sealed class LoopRough() : LoopContract(SimulatedLoops.Make(SimulatedLoops.Rough));

static class SimulatedLoops
{
    /// <summary>A pipe of a byte would take the large transfers days of virtual time.</summary>
    internal static readonly SimulatedFaults Rough =
        SimulatedFaults.Rough with { PipeBytesMin = 500 };

    internal static SimulatedLoop Make(SimulatedFaults? faults = null) =>
        new(new SimulatedNetwork(seed: 20260101, faults));
}
