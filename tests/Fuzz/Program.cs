using System.Globalization;
using Sluice.Fuzz;

// Runs of one target in a smoke test: all targets together take a few seconds.
const long smokeRuns = 60_000;

const string usage = """
    Sluice.Fuzz list
    Sluice.Fuzz run TARGET [--seed N] [--runs N]
    Sluice.Fuzz smoke [--seed N]
    Sluice.Fuzz replay TARGET FILE
    """;

var seed = Option("--seed", 1);
var runner = new FuzzRunner(Console.Out);
switch (args.FirstOrDefault())
{
    case "list":
        foreach (var each in FuzzTargets.All) Console.WriteLine(each.Name);
        return 0;
    case "run" when Target() is { } target:
        runner.Run(target, seed, Option("--runs", 1_000_000));
        return Result();
    case "smoke":
        foreach (var each in FuzzTargets.All)
        {
            runner.Replay(each, FuzzFiles.Replays(each));
            runner.Run(each, seed, smokeRuns);
        }
        return Result();
    case "replay" when Target() is { } target && args.Length > 2:
        runner.Replay(target, [args[2]]);
        return Result();
    default:
        Console.Error.WriteLine(usage);
        return 2;
}

IFuzzTarget? Target()
{
    var name = args.Length > 1 ? args[1] : "";
    var target = FuzzTargets.Find(name);
    if (target is null) Console.Error.WriteLine($"no target \"{name}\"");
    return target;
}

long Option(string name, long otherwise)
{
    var index = Array.IndexOf(args, name);
    if (index < 0 || index + 1 == args.Length) return otherwise;
    return long.Parse(args[index + 1], CultureInfo.InvariantCulture);
}

int Result()
{
    var passed = runner.RunCount - runner.FailedCount;
    Console.WriteLine($"{passed} passed, {runner.FailedCount} failed, 0 skipped (seed {seed})");
    return runner.FailedCount == 0 ? 0 : 1;
}
