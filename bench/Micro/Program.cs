using System.Globalization;
using System.Text.Json;
using BenchmarkDotNet.Running;
using Sluice.Micro;

// No arguments: measures the bytes that each operation allocates, and compares them with
// budgets.json; fails when one is above its budget. `time` runs BenchmarkDotNet.
if (args is ["time", ..])
{
    BenchmarkSwitcher.FromTypes([typeof(CodecBenchmarks)]).Run(args[1..]);
    return 0;
}
var budgets = JsonSerializer.Deserialize<Dictionary<string, double>>(
    File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "budgets.json")))!;
var failures = 0;
foreach (var (name, bytes) in CodecAllocations.Measure().Concat(GatewayAllocations.Measure()))
{
    var isWithin = budgets.TryGetValue(name, out var budget) && bytes <= budget;
    failures += isWithin ? 0 : 1;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{(isWithin ? "ok  " : "OVER")} {name}: "
        + $"{bytes:0.###} bytes an operation, budget {budget}"));
}
return failures == 0 ? 0 : 1;
