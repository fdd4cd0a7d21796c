namespace Sluice.Proxy.Tunnel;

/// <summary>
/// One direction of a tunnel: what its source sent that its target has not taken yet, and what
/// went by.
/// </summary>
struct Direction
{
    public HeldBytes Held;

    /// <summary>
    /// When the target last took something of what is held (the loop's clock): its own clock, so
    /// that a side that sends but never reads does not live for ever.
    /// </summary>
    public long BlockedSinceMs;

    /// <summary>Bytes that the target's socket took.</summary>
    public long BytesCount;

    /// <summary>The source has ended; what is held still has to be delivered.</summary>
    public bool IsEnded;

    /// <summary>The target is broken: nothing more goes this way.</summary>
    public bool IsLost;

    public FrameObserver Frames;

    /// <summary>Reads both ends of it: it may lie in two lines of the cache.</summary>
    public readonly int Touch() => Held.Length + (int)Frames.MessageCount;
}
