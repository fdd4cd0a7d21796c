namespace Sluice.Net;

/// <summary>Something that is told when its time has come.</summary>
public interface ITimed
{
    /// <summary>The time has come: answers the next due time, or 0 for none.</summary>
    long OnTimer(long nowMs);
}

/// <summary>Names an entry of a <see cref="TimerWheel"/>; the default names none.</summary>
public readonly record struct TimerHandle(int Index, int Generation);

/// <summary>The timers of one loop: no system calls, no allocation per timer.</summary>
public sealed class TimerWheel
{
    /// <summary>
    /// Asks for OnTimer at <paramref name="dueMs"/>. An <paramref name="existing"/> entry that is
    /// due earlier or equally early is left as it is (its owner re-arms when it fires), a later
    /// one is moved.
    /// </summary>
    public TimerHandle Schedule(TimerHandle existing, long dueMs, ITimed target) =>
        throw new NotSupportedException();

    /// <summary>Forgets the entry; the default handle and a fired one are ignored.</summary>
    public void Cancel(ref TimerHandle handle) => throw new NotSupportedException();
}
