using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sluice.Peers;

/// <summary>The processes of a run: a backend, all proxies, and the load generator again and again.</summary>
sealed class PeersRun : IDisposable
{
    /// <summary>
    /// How long the first, discarded round loads Sluice: the just-in-time compiler takes that
    /// long on a busy core to bring the path to its last tier.
    /// </summary>
    const double WarmSeconds = 10;

    /// <summary>CPU time is counted in ticks; a proxy that hardly ran was not measured.</summary>
    const double LeastShare = 0.05;

    readonly string sluice;
    readonly string folder;
    readonly double seconds;
    readonly Process backend;
    readonly int backendPort = FreePort();
    readonly List<ProxyUnderTest> proxies = [];

    public PeersRun(string sluice, string folder, string[] names, double seconds)
    {
        this.sluice = sluice;
        this.folder = folder;
        this.seconds = seconds;
        backend = Process.Start(
            "setsid", $"taskset -c 1 {sluice} bench --serve 127.0.0.1:{backendPort}");
        ProxyUnderTest.WaitFor(backendPort);
        try
        {
            foreach (var name in names)
                proxies.Add(Start(name));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Every proxy in turn, round after round, so that a noisy minute hits all alike.</summary>
    public IEnumerable<Cell> Measure(Scenario scenario, int rounds)
    {
        if (scenario.IsMemory)
            return proxies.Select(proxy => MeasureMemory(scenario, proxy.Name)).ToList();
        // The first round lets the just-in-time compiler see a scenario's code; it is not kept.
        return Enumerable.Range(-1, rounds + 1)
            .SelectMany(round => proxies
                .Select(proxy => MeasureCpu(scenario, proxy, round))
                .ToList())
            .Where(cell => cell.Round >= 0)
            .ToList();
    }

    public void Dispose()
    {
        foreach (var proxy in proxies)
            proxy.Dispose();
        backend.Kill(entireProcessTree: true);
        backend.Dispose();
    }

    ProxyUnderTest Start(string name) =>
        ProxyUnderTest.Start(name, folder, sluice, FreePort(), backendPort);

    Cell MeasureCpu(Scenario scenario, ProxyUnderTest proxy, int round)
    {
        double cpuBefore = 0;
        var result = RunLoad(
            scenario, proxy.Port, onMeasuring: () => cpuBefore = proxy.CpuUs(),
            round < 0 && proxy.IsSluice ? WarmSeconds : 1);
        var cpuUs = proxy.CpuUs() - cpuBefore;
        var count = result.GetProperty("count").GetInt64();
        var errors = result.GetProperty("errors").GetInt64();
        var measured = result.GetProperty("seconds").GetDouble();
        var share = measured > 0 ? cpuUs / 1e6 / measured : 0;
        return new Cell(
            proxy.Name, scenario.Name, round,
            cpuUs / Math.Max(count, 1), count / Math.Max(measured, 0.001),
            Math.Round(share, 3), 0,
            result.GetProperty("p50Us").GetInt64(), result.GetProperty("p99Us").GetInt64(),
            errors > 0 ? $"{errors} errors: {result.GetProperty("firstError")}"
                : count == 0 ? "nothing was counted"
                : share < LeastShare ? "too little CPU time for the kernel's clock to count"
                : null);
    }

    /// <summary>
    /// A proxy of its own, warmed by a few hundred tunnels that are gone again: then the growth
    /// of its private memory with 8,000 idle ones.
    /// </summary>
    Cell MeasureMemory(Scenario scenario, string name)
    {
        using var proxy = Start(name);
        RunLoad(
            new Scenario("warm", "--kind handshake --connections 20", null),
            proxy.Port,
            () => { });
        Thread.Sleep(500);
        var before = proxy.PrivateBytes();
        var during = 0L;
        var result = RunLoad(scenario, proxy.Port, onMeasuring: () =>
        {
            Thread.Sleep(1500);
            during = proxy.PrivateBytes();
        });
        var connected = result.GetProperty("connected").GetInt32();
        var bytes = (double)(during - before) / Math.Max(connected, 1);
        return new Cell(name, scenario.Name, 0, 0, 0, 0, Math.Round(bytes), 0, 0,
            connected < 8000 ? $"only {connected} connected" : null);
    }

    JsonElement RunLoad(
        Scenario scenario, int port, Action onMeasuring, double warmSeconds = 1)
    {
        var scheme = scenario.IsGet ? "http" : "ws";
        var url = $"{scheme}://127.0.0.1:{port}{scenario.Path}";
        var start = new ProcessStartInfo("taskset", ["-c", "1", sluice, "bench", url, "--json"])
        {
            RedirectStandardOutput = true,
        };
        var arguments = string.Create(CultureInfo.InvariantCulture,
            $"{scenario.Load} --duration {seconds} --warmup {warmSeconds}");
        foreach (var argument in arguments.Split(' '))
            start.ArgumentList.Add(argument);
        foreach (var line in Scenario.BrowserHeaders)
        {
            start.ArgumentList.Add("--header");
            start.ArgumentList.Add(line);
        }
        using var process = Process.Start(start)!;
        JsonElement? last = null;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var element = JsonDocument.Parse(line).RootElement;
            if (element.TryGetProperty("event", out _))
                onMeasuring();
            else
                last = element;
        }
        process.WaitForExit();
        return last ?? throw new InvalidOperationException(
            $"the load generator said nothing at {scenario.Name}");
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
