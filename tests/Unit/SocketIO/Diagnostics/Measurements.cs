using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sluice.Unit.SocketIO.Diagnostics;

/// <summary>Adds up what the meters of one application measure, by instrument and tag.</summary>
sealed class Measurements : IDisposable
{
    readonly MeterListener listener = new();
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
        listener.Start();
    }

    /// <summary>"instrument tag" and the sum; what came back to zero stands too.</summary>
    public IEnumerable<string> Lines =>
        sums.Select(sum => $"{sum.Key} {sum.Value}").Order(StringComparer.Ordinal);

    public void Dispose() => listener.Dispose();
}
