using System.Globalization;

namespace Sluice.Unit.Simulation;

/// <summary>
/// Seeded runs of the whole gateway. A failure names its seed: SLUICE_SIM_SEED=1000123 runs that
/// one alone, and tells all of it. SLUICE_SIM_TIMES=10 runs ten times as many.
/// </summary>
public abstract class RandomRuns
{
    static readonly int times = Number("SLUICE_SIM_TIMES") ?? 1;

    private protected static void RunAll(Climate climate)
    {
        int end = climate.FirstSeed + (climate.RunsCount * times);
        if (Number("SLUICE_SIM_SEED") is { } only)
        {
            if (only >= climate.FirstSeed && only < climate.FirstSeed + 1_000_000)
                RunOne(only, climate, tellsAll: true);
            return;
        }
        for (int seed = climate.FirstSeed; seed < end; seed++)
            RunOne(seed, climate, tellsAll: false);
    }

    /// <summary>Two runs of a seed are alike in every event and every line.</summary>
    private protected static void RunTwice(Climate climate)
    {
        for (int seed = climate.FirstSeed; seed < climate.FirstSeed + 5; seed++)
        {
            string first = RunOne(seed, climate, tellsAll: false);
            Assert.Equal(first, RunOne(seed, climate, tellsAll: false));
        }
    }

    static string RunOne(int seed, Climate climate, bool tellsAll)
    {
        using var run = new Run(seed, climate);
        try
        {
            run.Execute();
            return run.Trace;
        }
        catch (Exception failure)
        {
            string told = tellsAll ? $"\n{run}" : "";
            throw new InvalidOperationException(
                $"SLUICE_SIM_SEED={seed} ({climate.Name}): {failure.Message}{told}", failure);
        }
    }

    static int? Number(string variable) =>
        int.TryParse(
            Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture,
            out int number) ? number : null;
}

public sealed class CalmRuns : RandomRuns
{
    [Fact]
    public void On_a_rough_network_every_request_is_answered_as_planned() => RunAll(Climate.Calm);

    [Fact]
    public void Equal_seeds_give_equal_runs() => RunTwice(Climate.Calm);
}

public sealed class TalkingRuns : RandomRuns
{
    [Fact]
    public void Reloads_take_nothing_from_tunnels() => RunAll(Climate.Talking);
}

public sealed class FailingRuns : RandomRuns
{
    [Fact]
    public void Peers_that_fail_mix_nothing_up() => RunAll(Climate.Failing);
}

public sealed class StallingRuns : RandomRuns
{
    [Fact]
    public void Sides_that_stall_are_given_up() => RunAll(Climate.Stalling);
}

public sealed class HostileRuns : RandomRuns
{
    [Fact]
    public void Whatever_happens_nothing_stays_and_nothing_is_mixed_up() => RunAll(Climate.Hostile);

    [Fact]
    public void Equal_seeds_give_equal_runs() => RunTwice(Climate.Hostile);
}

public sealed class DrainingRuns : RandomRuns
{
    [Fact]
    public void A_worker_that_ends_finishes_what_it_began() => RunAll(Climate.Draining);
}
