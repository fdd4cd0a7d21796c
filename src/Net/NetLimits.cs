namespace Sluice.Net;

/// <summary>The bounds of this layer: unit, and what happens at the limit.</summary>
public static class NetLimits
{
    /// <summary>Bytes of a loop's one scratch buffer; a single read takes no more.</summary>
    public const int ScratchBytes = 64 * 1024;

    /// <summary>
    /// Bytes one connection may move in one turn before it has to Yield, so that one busy
    /// connection does not starve a thousand.
    /// </summary>
    public const int BytesPerTurn = 4 * ScratchBytes;

    /// <summary>
    /// Two pieces for one system call that have no more bytes than this are copied together on
    /// EpollLoop: cheaper than what the kernel does for a list of pieces.
    /// </summary>
    public const int StagedBytes = 1024;

    /// <summary>Connections accepted in one turn of one listener; the rest wait for the next.</summary>
    public const int AcceptsPerTurn = 64;

    /// <summary>How long a listener pauses when the process has no file descriptor left.</summary>
    public const int AcceptPauseMs = 500;

    /// <summary>Suspended methods of one kind that a thread keeps for reuse.</summary>
    public const int PooledTasks = 4096;

    /// <summary>
    /// The resolution of timers: due times are rounded up to it. nginx's timeouts are counted in
    /// seconds and its own clock in milliseconds; 10 ms keeps the wheel's empty slots few.
    /// </summary>
    public const int TimerTickMs = 10;

    /// <summary>Bytes of a unix socket's path: sun_path has 108 with the closing zero.</summary>
    public const int UnixPathBytesMax = 107;

    /// <summary>
    /// Events a loop takes from the kernel in one turn (nginx: epoll_events, 512); the rest
    /// comes in the next, after timers and posted work have had their say.
    /// </summary>
    public const int EventsPerTurn = 512;

    /// <summary>
    /// Events whose objects a loop reads before it hands out the first of them: as many misses as
    /// a core can wait for at once, and few enough to be near still when their turn comes.
    /// </summary>
    public const int EventsTouchedAhead = 16;

    /// <summary>
    /// Bytes that SocketLoop keeps for one connection when the kernel takes no more; a write
    /// takes no more than these and the kernel's. The scratch buffer fits in.
    /// </summary>
    public const int KeptBytes = ScratchBytes;

    /// <summary>
    /// How long SocketLoop goes on sending what it kept for a connection that was closed; then
    /// the connection is reset.
    /// </summary>
    public const int SendAfterCloseMs = 60_000;

    /// <summary>
    /// How long the end of a SocketLoop may take: then connections that still owe bytes are
    /// reset.
    /// </summary>
    public const int DisposeMsMax = 500;

    /// <summary>
    /// Descriptors below the process's limit that accepted sockets leave free (connects leave
    /// half of them), but never more than a quarter of the limit. At this limit listeners pause,
    /// as after EMFILE.
    /// </summary>
    public const int DescriptorsReserved = 64;
}
