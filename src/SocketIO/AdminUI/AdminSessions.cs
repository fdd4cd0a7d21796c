namespace Sluice.SocketIO.AdminUI;

/// <summary>
/// The sessions of admins who have logged in. Nodes that share them let an admin go from one to
/// the other; each id is a secret, and good for a day.
/// </summary>
public interface IAdminSessions
{
    ValueTask<bool> ExistsAsync(string id);

    ValueTask SaveAsync(string id);
}

/// <summary>Sessions in this process, which end with it.</summary>
public sealed class InMemoryAdminSessions(TimeProvider time) : IAdminSessions
{
    readonly Dictionary<string, DateTimeOffset> ends = new(StringComparer.Ordinal);

    public ValueTask<bool> ExistsAsync(string id)
    {
        lock (ends)
            return ValueTask.FromResult(
                ends.TryGetValue(id, out var end) && end > time.GetUtcNow());
    }

    public ValueTask SaveAsync(string id)
    {
        var now = time.GetUtcNow();
        lock (ends)
        {
            foreach (var (old, end) in ends)
                if (end <= now)
                    ends.Remove(old);
            if (ends.Count >= Limits.SessionsMax)
                ends.Remove(ends.MinBy(session => session.Value).Key);
            ends[id] = now + Limits.SessionLifetime;
        }

        return ValueTask.CompletedTask;
    }
}
