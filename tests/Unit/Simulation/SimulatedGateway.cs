using System.Collections.Concurrent;
using Sluice.Config.Directives;
using Sluice.Config.Model;
using Sluice.Config.Syntax;
using Sluice.Net;
using Sluice.Net.Simulated;
using Sluice.Proxy;
using Sluice.Proxy.Log;
using Sluice.Proxy.Upstream;
using Sluice.Unit.Config;
using Sluice.Unit.Config.Model;

namespace Sluice.Unit.Simulation;

/// <summary>
/// The whole gateway on a simulated network: a worker, and a configuration that is read from
/// text. Time is virtual, log files are in memory.
/// </summary>
sealed class SimulatedGateway : IDisposable
{
    /// <summary>Where most configurations listen.</summary>
    internal const string Front = "10.1.0.1:80";

    const string AccessPath = "/log/access";
    const string ErrorPath = "/log/error";

    static readonly ConcurrentDictionary<string, MainConfig?> configs = new();

    readonly MemoryLogStorage storage = new();
    readonly LogWriter writer;
    readonly List<Snapshot> snapshots = [];
    readonly List<Endpoint> endpoints = [];

    internal SimulatedGateway(
        string http, int seed = 1, SimulatedFaults? faults = null, LogStorage? logs = null,
        Offload? offload = null)
    {
        Network = new(seed, faults);
        Loop = new(Network);
        writer = LogWriter.Inline(logs ?? storage, new NetworkTime(Network));
        Worker = new(0, Loop, offload ?? Offload.Inline, new Random(seed));
        Assert.Null(Reload(http));
    }

    internal SimulatedNetwork Network { get; }

    internal SimulatedLoop Loop { get; }

    internal Worker Worker { get; }

    internal string ErrorText => storage.Text(ErrorPath);

    internal string LogText(string path) => storage.Text(path);

    internal string[] AccessLines =>
        storage.Text(AccessPath).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// Takes on a configuration as Gateway does: what is within http { }. Null, or what failed;
    /// then nothing has changed.
    /// </summary>
    internal string? Reload(string http)
    {
        if (configs.GetOrAdd(http, Build) is not { } config)
            return "the configuration has errors";
        if (LogFiles.Open(config, writer, out var failure) is not { } files)
            return failure!.Message;
        var next = new Snapshot(config, files, snapshots.LastOrDefault());
        if (Worker.Prepare(next, sharesPorts: false) is { } failed)
        {
            Worker.Abandon();
            files.Release();
            return failed.Message;
        }
        Worker.Use(next);
        files.UseBuffers();
        snapshots.LastOrDefault()?.Logs.Release();
        writer.Reports = next.MainErrors;
        snapshots.Add(next);
        return null;
    }

    internal Wire Connect(string to = Front)
    {
        var wire = NewWire();
        var line = Loop.Connect(Address.Parse(to), ConnectOptions.Default, wire, out int error);
        Assert.True(line is not null, IoResult.Text(error));
        wire.Attach(line);
        return wire;
    }

    internal WireServer Serve(string address) => new(this, address);

    internal Wire NewWire()
    {
        var wire = new Wire(Loop);
        endpoints.Add(wire);
        return wire;
    }

    /// <summary>Lets everything happen that happens without waiting.</summary>
    internal void Settle() => Loop.RunUntilIdle();

    internal void Pass(long ms) => Loop.RunFor(ms);

    /// <summary>Exchanges and tunnels that hold a peer, of all that ever were configured.</summary>
    internal int HoldsCount => Peers().Sum(peer => peer.State.ConnsCount);

    /// <summary>Everybody leaves; then nothing may be left.</summary>
    internal void AssertNothingStays()
    {
        foreach (var endpoint in endpoints)
            endpoint.Close();
        Network.Faults = SimulatedFaults.None;
        Pass(200_000);
        AssertAtRest();
        Worker.Drain(null);
        Settle();
        Assert.True(Network.ConnectionsOpen == 0, Network.DescribeOpen());
        Assert.Equal(0, Loop.Timers.Count);
    }

    /// <summary>Nobody is served: what was rented is home, and every exchange was logged once.</summary>
    internal void AssertAtRest()
    {
        Assert.Equal(0, Worker.ClientsCount);
        Assert.Equal(0, Worker.TunnelsCount);
        Assert.Equal(0, Worker.ExchangesCount);
        Assert.Equal(0, Worker.Buffers.OutCount);
        Assert.Equal(0, HoldsCount);
        Assert.Equal(Worker.Counters.Requests, AccessLines.Length);
        Assert.DoesNotContain("internal error", ErrorText);
    }

    public void Dispose()
    {
        Loop.Dispose();
        writer.Dispose();
    }

    IEnumerable<Peer> Peers() =>
        from snapshot in snapshots
        from upstream in snapshot.Http!.AllUpstreams
        from peer in snapshot.GroupOf(upstream).Peers.ToArray()
        select peer;

    static MainConfig? Build(string http)
    {
        string text = $$"""
            worker_processes 1;
            error_log {{ErrorPath}} info;
            events { worker_connections 1024; }
            http {
            log_format sim "$remote_port|$status|$bytes_sent|$body_bytes_sent|$request_length"
                "|$upstream_addr|$upstream_status|$upstream_bytes_sent|$upstream_bytes_received"
                "|$request_completion|$request";
            access_log {{AccessPath}} sim;
            {{http}}
            }
            """;
        var diagnostics = new DiagnosticList();
        var files = new MemoryFiles { [Sample.Environment.ConfigPath] = text };
        var tree = ConfigChecker.Read(Sample.Environment.ConfigPath, files, diagnostics);
        return ModelBuilder.Build(tree, Sample.Environment, diagnostics);
    }

    /// <summary>The network's wall clock, for the log writer.</summary>
    sealed class NetworkTime(SimulatedNetwork network) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() =>
            DateTimeOffset.FromUnixTimeMilliseconds(network.UnixMs);
    }
}
