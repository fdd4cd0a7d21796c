namespace Sluice.Proxy.Upstream;

/// <summary>
/// One flag that one worker holds at a time, for the few dozen instructions in which it reads
/// and moves the weights and counters of a group.
/// </summary>
/// <remarks>
/// Why not atomics alone: smooth weighted round robin moves the weights of all peers in one
/// step, and nginx's sequence of choices needs one order of these steps. Why not a lock: nobody
/// sleeps here. What runs inside neither allocates, calls out, nor throws, so the flag needs no
/// try and is held for well under a microsecond; uncontended it costs one exchange.
/// </remarks>
sealed class Gate
{
    int taken;

    internal void Enter()
    {
        if (Interlocked.Exchange(ref taken, 1) != 0)
            Spin();
    }

    internal void Leave() => Volatile.Write(ref taken, 0);

    void Spin()
    {
        // The holder may have lost its core to somebody else, so this yields after a while; it
        // never sleeps a whole tick (a negative threshold).
        var spin = new SpinWait();
        do
            spin.SpinOnce(sleep1Threshold: -1);
        while (Volatile.Read(ref taken) != 0 || Interlocked.Exchange(ref taken, 1) != 0);
    }
}
