using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sluice.Peers;

// Measures nginx, HAProxy and both loops of Sluice at the same scenarios in one run, interleaved.
// Core 0 is the proxy's alone, core 1 the load's and the backend's.
//   dotnet run -c Release -- --sluice PATH --results FOLDER
//       [--rounds N] [--seconds S] [--only TEXT]
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var sluice = Path.GetFullPath(options.GetValueOrDefault("--sluice", "artifacts/sluice/sluice"));
var rounds = int.Parse(options.GetValueOrDefault("--rounds", "3"), CultureInfo.InvariantCulture);
var seconds = double.Parse(
    options.GetValueOrDefault("--seconds", "4"), CultureInfo.InvariantCulture);
var only = options.GetValueOrDefault("--only", "");
var results = options.GetValueOrDefault("--results", "bench/Peers/results");
string[] names = options.TryGetValue("--proxies", out var list)
    ? list.Split(',')
    : ["nginx", "haproxy", "sluice-epoll", "sluice-sockets"];

var folder = Directory.CreateTempSubdirectory("sluice-peers-").FullName;
var run = new PeersRun(sluice, folder, names, seconds);
var cells = new List<Cell>();
try
{
    var chosen = Scenario.All
        .Where(scenario => scenario.Name.Contains(only, StringComparison.OrdinalIgnoreCase));
    foreach (var scenario in chosen)
    {
        Console.Error.WriteLine(scenario.Name);
        cells.AddRange(run.Measure(scenario, rounds));
    }
}
finally
{
    run.Dispose();
    Directory.Delete(folder, recursive: true);
}
var report = new Report(cells, names);
Console.WriteLine(report.Table());
Directory.CreateDirectory(results);
var file = Path.Combine(results, "latest.json");
File.WriteAllText(file, JsonSerializer.Serialize(
    new
    {
        conditions = Conditions.Read(sluice, seconds, rounds),
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
    public static object Read(string sluice, double seconds, int rounds) => new
    {
        date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        commit = FirstLine("git", "rev-parse --short HEAD"),
        kernel = FirstLine("uname", "-sr"),
        cores = Environment.ProcessorCount,
        cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(
            line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1],
        runtime = RuntimeInformation.FrameworkDescription,
        nginx = FirstLine("nginx", "-v"),
        haproxy = FirstLine("haproxy", "-v"),
        sluice = FirstLine(sluice, "-v"),
        secondsPerCell = seconds,
        rounds,
        layout = "the proxy on core 0, load and backend on core 1; "
            + "CPU of the proxy's process from /proc/PID/stat",
    };

    static string FirstLine(string command, string arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var text = new StringBuilder(process.StandardOutput.ReadToEnd())
            .Append(process.StandardError.ReadToEnd());
        process.WaitForExit();
        return text.ToString().Split('\n')[0].Trim();
    }
}
