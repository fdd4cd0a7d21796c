using System.Diagnostics;

namespace Sluice.Net;

/// <summary>
/// One thread and everything it owns: connections, listeners, timers. The three loops
/// (EpollLoop, SocketLoop, SimulatedLoop) behave alike; the contract tests in
/// tests/Unit/Net/Contract say how.
/// </summary>
/// <remarks>
/// Handlers are only ever called from the loop's own turn, never from inside a call that a
/// handler made (Read, Write, Close, Connect and Listen do not call back), so no handler is
/// re-entered. Everything but <see cref="Post"/> and <see cref="Stop"/> belongs to the loop's
/// thread, and says so with <see cref="AssertCurrent"/>.
/// </remarks>
public abstract class Loop : IDisposable
{
    static readonly long stampsPerMs = Stopwatch.Frequency / 1000;

    Thread? owner;

    protected Loop() => Timers = new TimerWheel();

    /// <summary>Sets both clocks to the system's, once a turn.</summary>
    private protected void ReadClocks()
    {
        NowMs = Stopwatch.GetTimestamp() / stampsPerMs;
        UnixMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
    }

    /// <summary>"epoll", "sockets" or "simulated": the word in logs and in SLUICE_LOOP.</summary>
    public abstract string Name { get; }

    /// <summary>Monotonic milliseconds, read once a turn.</summary>
    public long NowMs { get; protected set; }

    /// <summary>Wall clock in milliseconds since 1970-01-01 UTC, read once a turn.</summary>
    public long UnixMs { get; protected set; }

    public TimerWheel Timers { get; }

    /// <summary>How many descriptors are for sockets. The simulated loop has its own bound.</summary>
    internal DescriptorReserve Descriptors { get; } = new();

    /// <summary>Takes the process's limit of open files as it is now, after it was changed.</summary>
    public void ReadDescriptorLimit()
    {
        AssertCurrent();
        Descriptors.Read();
    }

    /// <summary>
    /// The loop's one buffer for bytes on their way through. Whatever a handler leaves in it is
    /// gone at the next event. 64 KB: measured worth a factor of two at 64 KB messages.
    /// </summary>
    public byte[] Scratch { get; } = GC.AllocateArray<byte>(NetLimits.ScratchBytes, pinned: true);

    /// <summary>
    /// Binds and listens; connections go to <paramref name="handler"/>. Failure is a value:
    /// null, with a <c>-errno</c> in <paramref name="error"/>.
    /// </summary>
    public abstract Listener? Listen(
        Address address, ListenOptions options, IAcceptHandler handler, out int error);

    /// <summary>
    /// Starts a connection. It is in state Connecting (or Open, when the kernel is that quick)
    /// and the handler's OnWritable is called when it is open, OnReadable when it failed:
    /// <see cref="Connection.Read"/> then gives the <c>-errno</c>. An immediate refusal is null
    /// with the <c>-errno</c> in <paramref name="error"/>.
    /// </summary>
    public abstract Connection? Connect(
        Address remote, ConnectOptions options, IConnectionHandler handler, out int error);

    /// <summary>Runs <paramref name="work"/> in a later turn of this loop. From any thread.</summary>
    public abstract void Post(ILoopWork work);

    /// <summary>Turns until <see cref="Stop"/>; what throws in a handler ends the process loudly.</summary>
    public void Run()
    {
        owner = Thread.CurrentThread;
        try
        {
            RunTurns();
        }
        finally
        {
            owner = null;
        }
    }

    protected abstract void RunTurns();

    /// <summary>Ends <see cref="Run"/> after the current turn. From any thread.</summary>
    public abstract void Stop();

    /// <summary>True on the loop's own thread, and before Run gave it one.</summary>
    public bool IsCurrent => owner is null || owner == Thread.CurrentThread;

    /// <summary>True on the thread that is inside <see cref="Run"/>.</summary>
    private protected bool IsRunningHere => owner == Thread.CurrentThread;

    [Conditional("DEBUG")]
    public void AssertCurrent() =>
        Debug.Assert(IsCurrent, "loop state touched from another thread");

    public abstract void Dispose();
}

/// <summary>Something to do on a loop's thread; an object that can be posted again and again.</summary>
public interface ILoopWork
{
    void Run(Loop loop);
}
