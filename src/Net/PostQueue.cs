using System.Collections.Concurrent;

namespace Sluice.Net;

/// <summary>Work for a loop from other threads: first in, first out, one wake-up a burst.</summary>
/// <remarks>
/// Has no bound: what is posted is the control plane's (reloads, answers of name lookups), a few
/// items at a time, and none may be lost.
/// </remarks>
sealed class PostQueue
{
    readonly ConcurrentQueue<ILoopWork> queue = new();
    int isSignalled;

    internal bool IsEmpty => queue.IsEmpty;

    /// <summary>
    /// True when the caller has to wake the loop: nobody has since the loop last looked.
    /// </summary>
    internal bool Add(ILoopWork work)
    {
        queue.Enqueue(work);
        return Interlocked.Exchange(ref isSignalled, 1) == 0;
    }

    /// <summary>From the loop's own thread, which looks here before it waits.</summary>
    internal void AddFromLoop(ILoopWork work) => queue.Enqueue(work);

    /// <summary>Runs what is there now; what that posts waits for the next turn.</summary>
    internal void Run(Loop loop)
    {
        // The flag goes first: who adds after this signals again, who added before is seen below.
        if (isSignalled != 0)
            Interlocked.Exchange(ref isSignalled, 0);
        for (int count = queue.Count; count > 0 && queue.TryDequeue(out var work); count--)
            work.Run(loop);
    }
}
