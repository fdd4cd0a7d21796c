using System.Text.Json;

namespace Sluice.SocketIO.AdminUI;

/// <summary>What happened in each second since it was last asked.</summary>
sealed class AggregatedEvents(TimeProvider time)
{
    readonly Lock sync = new();

    /// <summary>In the order in which they were first seen, as the page draws them.</summary>
    readonly OrderedDictionary<(long Second, string Type, string? SubType), long> counts = [];

    public void Add(string type, string? subType = null, long count = 1)
    {
        var key = (time.GetUtcNow().ToUnixTimeSeconds(), type, subType);
        lock (sync)
        {
            if (counts.TryGetValue(key, out var before)
                || counts.Count < Limits.AggregatedEventsMax)
                counts[key] = before + count;
        }
    }

    /// <summary>Writes them as an array and begins anew.</summary>
    public void WriteAndClear(Utf8JsonWriter writer)
    {
        KeyValuePair<(long Second, string Type, string? SubType), long>[] all;
        lock (sync)
        {
            all = [.. counts];
            counts.Clear();
        }

        writer.WriteStartArray();
        foreach (var ((second, type, subType), count) in all)
        {
            writer.WriteStartObject();
            writer.WriteNumber("timestamp"u8, second * 1000);
            writer.WriteString("type"u8, type);
            if (subType is not null)
                writer.WriteString("subType"u8, subType);
            writer.WriteNumber("count"u8, count);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
