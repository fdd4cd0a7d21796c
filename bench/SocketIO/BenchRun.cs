using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sluice.SocketIOBench;

/// <summary>The servers take turns, scenario by scenario and round by round.</summary>
sealed class BenchRun(string[] names, double seconds) : IDisposable
{
    /// <summary>
    /// Rounds that are thrown away when servers are new. Several, for .NET's just-in-time compiler
    /// is at work again after every three thousand handshakes of the first ones.
    /// </summary>
    const int NewServerRounds = 4;

    /// <summary>How long each of these loads the server.</summary>
    const double WarmSeconds = 8;

    /// <summary>The one round that is thrown away of a scenario that is new to warm servers.</summary>
    const double NewScenarioSeconds = 4;

    /// <summary>CPU time is counted in ticks; a server that hardly ran was not measured.</summary>
    const double LeastShare = 0.05;

    /// <summary>Servers that serve all scenarios of one node.</summary>
    readonly Dictionary<string, List<ServerUnderTest>> single = new(StringComparer.Ordinal);

    /// <summary>Every server in turn, round after round, so that a noisy minute hits all alike.</summary>
    public List<Cell> Measure(Scenario scenario, int rounds)
    {
        if (scenario.Kind == ScenarioKind.Idle)
            return [.. Enumerable.Range(0, rounds).SelectMany(
                round => names.Select(name => Guarded(
                    name, scenario, round, () => MeasureMemory(scenario, name, round))))];
        if (scenario.Nodes > 1)
            return MeasureCluster(scenario, rounds);
        var isNew = single.Count == 0;
        foreach (var name in names)
            if (!single.ContainsKey(name))
                single[name] = [ServerUnderTest.Start(name)];
        return Rounds(scenario, rounds, single, isNew);
    }

    public void Dispose() => Stop(single);

    List<Cell> MeasureCluster(Scenario scenario, int rounds)
    {
        using var redis = Redis.Start();
        var nodes = new Dictionary<string, List<ServerUnderTest>>(StringComparer.Ordinal);
        try
        {
            // SignalR's way through Redis is a package that the project does not use otherwise.
            foreach (var name in names.Where(name => name != "signalr"))
                nodes[name] = [.. Enumerable.Range(0, scenario.Nodes)
                    .Select(_ => ServerUnderTest.Start(name, redis.Port))];
            return Rounds(scenario, rounds, nodes, isNew: true);
        }
        finally
        {
            Stop(nodes);
        }
    }

    List<Cell> Rounds(
        Scenario scenario, int rounds, Dictionary<string, List<ServerUnderTest>> servers,
        bool isNew)
    {
        var discarded = isNew ? NewServerRounds : 1;
        var warm = isNew ? WarmSeconds : NewScenarioSeconds;
        return [.. Enumerable.Range(-discarded, rounds + discarded)
            .SelectMany(round => servers.Keys.Select(name => Guarded(
                name, scenario, round, () => MeasureCpu(
                    scenario, servers[name], round, round < 0 ? warm : 1))))
            .Where(cell => cell.Round >= 0)];
    }

    static void Stop(Dictionary<string, List<ServerUnderTest>> servers)
    {
        foreach (var server in servers.Values.SelectMany(all => all))
            server.Dispose();
    }

    Cell MeasureCpu(Scenario scenario, List<ServerUnderTest> nodes, int round, double warm)
    {
        using var load = new Load(
            nodes[0].Dialect, [.. nodes.Select(node => node.Port)], scenario.Clients);
        foreach (var node in nodes)
            node.Settle();
        double before = 0;
        void OnMeasuring() => before = nodes.Sum(node => node.CpuUs());
        var result = scenario.Kind == ScenarioKind.Ack
            ? load.Ask(Scenario.TextBytes, warm, seconds, OnMeasuring)
            : load.Broadcast(
                Scenario.TextBytes, scenario.InFlight, warm, seconds, OnMeasuring);
        var cpuUs = nodes.Sum(node => node.CpuUs()) - before;
        load.CheckComplete();
        load.Dispose();
        foreach (var node in nodes)
            node.Settle();
        var share = cpuUs / 1e6 / result.Seconds;
        return new Cell(
            nodes[0].Name, scenario.Name, round,
            Math.Round(cpuUs / Math.Max(result.Count, 1), 3),
            Math.Round(result.Count / result.Seconds), Math.Round(share, 3), 0, 0,
            result.P50Us, result.P99Us,
            result.Count == 0 ? "nothing was counted"
                : share < LeastShare ? "too little CPU time for the kernel's clock to count"
                : null);
    }

    /// <summary>
    /// A server of its own, warmed by clients that are gone again: then the growth of its memory
    /// with all of them there and nothing to do.
    /// </summary>
    static Cell MeasureMemory(Scenario scenario, string name, int round)
    {
        using var server = ServerUnderTest.Start(name);
        using (var warm = new Load(server.Dialect, [server.Port], 500))
        {
            warm.Broadcast(Scenario.TextBytes, 1, 0.5, 0.5, static () => { });
            warm.CheckComplete();
        }
        server.Settle();
        server.CollectGarbage();
        server.Settle();
        var before = server.ResidentBytes();
        using var load = new Load(server.Dialect, [server.Port], scenario.Clients);
        load.Idle(2);
        var natural = server.ResidentBytes() - before;
        server.CollectGarbage();
        load.Idle(1);
        var collected = server.ResidentBytes() - before;
        return new Cell(
            name, scenario.Name, round, 0, 0, 0,
            Math.Round((double)collected / scenario.Clients),
            Math.Round((double)natural / scenario.Clients), 0, 0, null);
    }

    /// <summary>A server that makes a mistake has no figures in that round.</summary>
    static Cell Guarded(string name, Scenario scenario, int round, Func<Cell> measure)
    {
        Cell cell;
        try
        {
            cell = measure();
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            cell = new Cell(
                name, scenario.Name, round, 0, 0, 0, 0, 0, 0, 0, failure.Message);
        }
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {round,2} {name,-10} {cell.CpuUsPerUnit,7:0.00} us {cell.UnitsPerSecond,8:0}/s "
            + $"share {cell.CpuShare:0.00} {cell.BytesPerConnection / 1024,6:0.0} KB "
            + $"({cell.BytesBeforeGC / 1024:0.0}) p50 {cell.P50Us} p99 {cell.P99Us} "
            + $"{cell.Discarded}"));
        return cell;
    }
}

/// <summary>A Redis that keeps nothing, beside the load.</summary>
sealed class Redis : IDisposable
{
    readonly Process process;

    Redis(Process process, int port)
    {
        this.process = process;
        Port = port;
    }

    public int Port { get; }

    public static Redis Start()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var process = Children.Start(new ProcessStartInfo("redis-server",
        [
            "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--logfile", "/dev/null",
        ]));
        for (var i = 0; i < 100; i++)
        {
            try
            {
                using var answer = new TcpClient("127.0.0.1", port);
                break;
            }
            catch (SocketException)
            {
                Thread.Sleep(50);
            }
        }
        return new Redis(process, port);
    }

    public void Dispose() => Children.Stop(process);
}
