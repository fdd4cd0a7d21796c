namespace Sluice.Fuzz;

/// <summary>
/// A small seeded generator (splitmix64), ours so that a seed means the same bytes on every
/// version of the runtime.
/// </summary>
public struct FuzzRandom(ulong seed)
{
    ulong state = seed;

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var word = state;
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
        return word ^ (word >> 31);
    }

    /// <summary>From 0 to below <paramref name="bound"/>.</summary>
    public int Below(int bound) => (int)(Next() % (ulong)bound);

    /// <summary>The generator of one run: runs of a seed do not depend on each other.</summary>
    public static FuzzRandom OfRun(long seed, long run)
    {
        var random = new FuzzRandom((ulong)seed * 0x100000001B3 + (ulong)run);
        random.Next();
        return random;
    }
}
