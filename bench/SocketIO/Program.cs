using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.SocketIOBench;

// Measures Sluice.SocketIO, the official socket.io on Node.js and SignalR at the same scenarios in
// one run, interleaved, over WebSockets alone. Core 0 is the servers' alone, core 1 the load's.
// A run of all scenarios puts its table between the markers of the page.
const string usage = """
    options of the benchmark, each with its value:
      --results FOLDER   where the figures go (bench/SocketIO/results)
      --page FILE        whose table a run of all scenarios writes (docs/socketio/benchmark.md)
      --rounds N         rounds that count (5)
      --seconds S        each measures so long (3)
      --only TEXT        scenarios with this in their name
      --servers LIST     of sluice, sluice-kestrel (without UseDetachableSockets), socket.io,
                         signalr, and paths of this benchmark's executable in another build, to
                         compare with
    """;
if (args is ["serve", var kind, .. var rest])
{
    await Servers.ServeAsync(kind, rest.FirstOrDefault());
    return 0;
}
string[] known = ["--results", "--page", "--rounds", "--seconds", "--only", "--servers"];
if (args.Length % 2 != 0 || args.Where((_, i) => i % 2 == 0).Except(known).Any())
{
    Console.Error.WriteLine(usage);
    return 2;
}
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var rounds = int.Parse(options.GetValueOrDefault("--rounds", "5"), CultureInfo.InvariantCulture);
var seconds = double.Parse(
    options.GetValueOrDefault("--seconds", "3"), CultureInfo.InvariantCulture);
var only = options.GetValueOrDefault("--only", "");
var results = options.GetValueOrDefault("--results", "bench/SocketIO/results");
var page = options.GetValueOrDefault("--page", "docs/socketio/benchmark.md");
var names = options
    .GetValueOrDefault("--servers", "sluice,sluice-kestrel,socket.io,signalr").Split(',');

// Inherited by what is started later, but for the servers.
using (var pin = Process.Start(
    new ProcessStartInfo("taskset", ["-apc", "1", $"{Environment.ProcessId}"])
    {
        RedirectStandardOutput = true,
    })!)
{
    await pin.StandardOutput.ReadToEndAsync();
    await pin.WaitForExitAsync();
}
using var run = new BenchRun(names, seconds);
var cells = new List<Cell>();
foreach (var scenario in Scenario.All
    .Where(scenario => scenario.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
{
    Console.Error.WriteLine(scenario.Name);
    cells.AddRange(run.Measure(scenario, rounds));
}
var report = new Report(cells, names);
Console.WriteLine(report.Table());
if (only.Length == 0 && File.Exists(page))
    report.WriteInto(page);
Directory.CreateDirectory(results);
var file = Path.Combine(results, "latest.json");
File.WriteAllText(file, JsonSerializer.Serialize(
    new
    {
        conditions = Conditions.Read(seconds, rounds),
        summary = report.Rows(),
        cells,
    },
    JsonOptions.Indented) + "\n");
Console.Error.WriteLine($"written to {file}");
return report.MissesTarget ? 1 : 0;

/// <summary>How results are written: names as in JSON, one value a line.</summary>
static class JsonOptions
{
    public static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };
}

/// <summary>What the figures depend on.</summary>
static class Conditions
{
    public static object Read(double seconds, int rounds) => new
    {
        date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        commit = FirstLine("git", "rev-parse --short HEAD"),
        kernel = FirstLine("uname", "-sr"),
        cores = Environment.ProcessorCount,
        cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(
            line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1],
        load = File.ReadAllText("/proc/loadavg").Trim(),
        runtime = RuntimeInformation.FrameworkDescription,
        node = FirstLine("node", "--version"),
        socketIO = "4.8.4 with ws, as npm installs it",
        secondsPerCell = seconds,
        rounds,
        layout = "servers on core 0, load and Redis on core 1; CPU of the server's process from "
            + "/proc/PID/stat; texts of 100 bytes; the next broadcast goes out when everybody has "
            + "the one before",
        memory = "growth of VmRSS per connection of a fresh process that had served 500 clients "
            + "before; both figures after full collections (gc() of --expose-gc twice; "
            + "GC.Collect in the mode Aggressive twice), beside it what it was before",
    };

    static string FirstLine(string command, string arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n')[0].Trim();
    }
}
