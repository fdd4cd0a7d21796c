namespace Sluice.Samples.Dashboard;

/// <summary>The canal: six locks, one below the other. Safe to use from any thread.</summary>
internal sealed class Waterway(Random chance)
{
    /// <summary>Metres that a lock's water rises for a cubic metre a second, in one step.</summary>
    const double Rise = 0.002;

    readonly Lock access = new();
    Station[] stations =
    [
        new("summit", "Summit lock", 3.1, 0, 40),
        new("mill", "Mill lock", 2.7, 0, 45),
        new("chapel", "Chapel lock", 2.9, 0, 40),
        new("weir", "Weir lock", 2.4, 0, 50),
        new("orchard", "Orchard lock", 2.8, 0, 42),
        new("harbour", "Harbour lock", 2.2, 0, 55),
    ];

    public IReadOnlyList<Station> Stations
    {
        get
        {
            lock (access)
            {
                return stations;
            }
        }
    }

    public Station? Find(string id) => Stations.FirstOrDefault(station => station.Id == id);

    /// <summary>Sets a gate; false when there is no such station.</summary>
    public bool SetGate(string id, int percent)
    {
        lock (access)
        {
            int at = Array.FindIndex(stations, station => station.Id == id);
            if (at < 0)
            {
                return false;
            }
            stations = [.. stations];
            stations[at] = stations[at] with { GatePercent = percent };
            return true;
        }
    }

    /// <summary>One second: water flows from lock to lock.</summary>
    public void Step()
    {
        lock (access)
        {
            double inflow = 6 + (2 * chance.NextDouble());
            stations = [.. stations.Select(station =>
            {
                double outflow = station.GatePercent / 100.0 * 5.5 * Math.Max(0, station.LevelM);
                double level = station.LevelM + (Rise * (inflow - outflow));
                inflow = outflow;
                return station with
                {
                    LevelM = Math.Round(Math.Clamp(level, 0, 6), 3),
                    FlowM3S = Math.Round(outflow, 2),
                };
            })];
        }
    }
}
