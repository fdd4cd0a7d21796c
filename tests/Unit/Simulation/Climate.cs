using Sluice.Net.Simulated;

namespace Sluice.Unit.Simulation;

/// <summary>How a run ends for the worker.</summary>
enum Ending
{
    /// <summary>Everybody has left before it ends.</summary>
    None,
    Quit,
    QuitWithTimeout,
    Term,
}

/// <summary>What may happen in a family of runs. Chances are from 0 to 1.</summary>
sealed record Climate(string Name, int FirstSeed, int RunsCount)
{
    internal static readonly Climate Calm = new("calm", 1_000_000, 500)
    {
        Reloads = 0.3,
        Talks = 0.1,
    };

    internal static readonly Climate Talking = new("talking", 2_000_000, 500)
    {
        Reloads = 0.7,
        Talks = 0.9,
    };

    internal static readonly Climate Failing = new("failing", 3_000_000, 400)
    {
        IsStrict = false,
        Misdeeds = 0.3,
        OnlyPeersFail = true,
        Kills = 0.1,
        Talks = 0.2,
    };

    internal static readonly Climate Stalling = new("stalling", 4_000_000, 200)
    {
        IsStrict = false,
        IsImpatient = true,
        Misdeeds = 0.2,
        OnlyMisdeed = Misdeed.NeverAnswer,
        Moods = 0.5,
        Talks = 0.3,
        Reloads = 0.3,
    };

    internal static readonly Climate Hostile = new("hostile", 5_000_000, 500)
    {
        IsStrict = false,
        Network = SimulatedFaults.Hostile,
        Misdeeds = 0.2,
        Kills = 0.3,
        Shortages = 0.2,
        Moods = 0.3,
        Talks = 0.3,
        Reloads = 0.5,
    };

    internal static readonly Climate Draining = new("draining", 6_000_000, 300)
    {
        Talks = 0.4,
        Reloads = 0.2,
        Ends = [Ending.Quit, Ending.Quit, Ending.QuitWithTimeout, Ending.Term],
    };

    /// <summary>Nothing fails: every request is answered as planned.</summary>
    internal bool IsStrict { get; init; } = true;

    /// <summary>
    /// Clients and network behave, so that who asks a peer that behaves is answered.
    /// </summary>
    internal bool OnlyPeersFail { get; init; }

    /// <summary>Short timeouts, which slow sides do not meet.</summary>
    internal bool IsImpatient { get; init; }

    internal SimulatedFaults Network { get; init; } = SimulatedFaults.Rough;
    internal double Misdeeds { get; init; }
    internal Misdeed? OnlyMisdeed { get; init; }

    /// <summary>Peers that are killed and started again.</summary>
    internal double Kills { get; init; }

    /// <summary>Times without a file descriptor.</summary>
    internal double Shortages { get; init; }

    /// <summary>Clients that do not behave.</summary>
    internal double Moods { get; init; }

    /// <summary>Of the requests, the handshakes.</summary>
    internal double Talks { get; init; }
    internal double Reloads { get; init; }
    internal Ending[] Ends { get; init; } = [Ending.None];
}
