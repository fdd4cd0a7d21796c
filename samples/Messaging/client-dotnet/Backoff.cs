namespace Sluice.Samples.Messaging.Client;

/// <summary>How long to wait before the next attempt to connect.</summary>
/// <param name="Base">The ceiling of the first wait.</param>
/// <param name="Max">No ceiling is higher than this.</param>
/// <param name="Factor">What each ceiling is multiplied with to give the next.</param>
public sealed record Backoff(TimeSpan Base, TimeSpan Max, double Factor)
{
    /// <summary>Half a second, doubled up to half a minute.</summary>
    public static Backoff Default { get; } =
        new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), 2);

    /// <summary>
    /// The wait before an attempt: half of a ceiling that grows exponentially, and a random part
    /// of the other half. Without the random part, all clients of a server that restarts would
    /// come back in the same instant, and again in the next.
    /// </summary>
    /// <param name="attempt">0 is the first after a drop.</param>
    /// <param name="random">From 0 up to, and not including, 1.</param>
    public TimeSpan Wait(int attempt, double random)
    {
        double ceiling = Math.Min(
            Max.TotalMilliseconds, Base.TotalMilliseconds * Math.Pow(Factor, attempt));
        return TimeSpan.FromMilliseconds(Math.Round(ceiling / 2 * (1 + random)));
    }
}
