namespace Sluice.Unit;

/// <summary>What an action allocates, for the claim that it is nothing.</summary>
static class Allocations
{
    /// <summary>Calls of the action at a time: it may allocate in some of them only.</summary>
    const int Calls = 10;

    /// <summary>
    /// The bytes that this thread allocates in ten calls of an action: the least of several
    /// times, because the runtime allocates something of its own when it happens to compile a
    /// method anew.
    /// </summary>
    public static long Of(Action action)
    {
        action();
        var least = long.MaxValue;
        for (var time = 0; time < 5 && least > 0; time++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < Calls; call++)
                action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
