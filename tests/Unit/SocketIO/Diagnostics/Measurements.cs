using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sluice.Unit.SocketIO.Diagnostics;

/// <summary>Adds up what the meters of one application measure, by instrument and tag.</summary>
sealed class Measurements : IDisposable
{
    readonly MeterListener listener = new();
    readonly ConcurrentDictionary<string, bool> timed = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, long> sums = new(StringComparer.Ordinal);

    public Measurements(IMeterFactory factory)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            string name = instrument.Name;
            foreach (var tag in tags)
            {
                name += $" {tag.Value}";
            }
            sums.AddOrUpdate(name, value, (_, sum) => sum + value);
        });
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) =>
        {
            string name = instrument.Name;
            foreach (var tag in tags)
            {
                name += $" {tag.Value}";
            }
            timed.TryAdd(name, true);
        });
        listener.Start();
    }

    /// <summary>"instrument tag" and the sum; what came back to zero stands too.</summary>
    public IEnumerable<string> Lines =>
        sums.Select(sum => $"{sum.Key} {sum.Value}").Order(StringComparer.Ordinal);

    /// <summary>"instrument tag" of what was timed.</summary>
    public IEnumerable<string> Timed => timed.Keys.Order(StringComparer.Ordinal);

    /// <summary>Done when it has been timed.</summary>
    public async Task SeenAsync(string line)
    {
        while (!timed.ContainsKey(line))
        {
            await Task.Yield();
        }
    }

    public void Dispose() => listener.Dispose();
}
