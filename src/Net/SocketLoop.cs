using System.Net.Sockets;

namespace Sluice.Net;

/// <summary>
/// The loop for macOS and Windows, on System.Net.Sockets: a thread with a queue of what has
/// completed. It behaves as <see cref="EpollLoop"/> does, at about twice the cost.
/// </summary>
/// <remarks>
/// Readiness to read is a receive of no bytes that completes; then the bytes are read without
/// blocking into the caller's buffer. Readiness to write cannot be asked for, so what the kernel
/// does not take at once is kept in a pooled buffer and sent from there. Completions come on
/// other threads, and only queue themselves here.
/// </remarks>
public sealed class SocketLoop : Loop
{
    readonly AutoResetEvent wakeUp = new(initialState: false);
    readonly PostQueue completed = new();
    readonly PostQueue posted = new();
    readonly RunQueue<SocketConnection> yielded = new();
    readonly HashSet<SocketConnection> connections = [];
    readonly HashSet<SocketListener> listeners = [];
    volatile bool isStopping;

    public SocketLoop()
    {
        ReadClocks();
        Timers.Advance(NowMs);
    }

    public override string Name => "sockets";

    /// <summary>Where the two pieces of a write become one. Used within a single call.</summary>
    internal byte[] Staging { get; } = new byte[NetLimits.ScratchBytes];

    public override Listener? Listen(
        Address address, ListenOptions options, IAcceptHandler handler, out int error)
    {
        AssertCurrent();
        var socket = ManagedSocket.Listen(address, options, out error);
        if (socket is null)
            return null;
        var listener = new SocketListener(this, socket, address, options, handler);
        listeners.Add(listener);
        if (!options.BindOnly)
            listener.Start();
        return listener;
    }

    public override Connection? Connect(
        Address remote, ConnectOptions options, IConnectionHandler handler, out int error)
    {
        AssertCurrent();
        var socket = ManagedSocket.ForConnect(
            remote, options, Descriptors.ConnectLimit, out error);
        if (socket is null)
            return null;
        var connection = new SocketConnection(this, handler, socket, remote);
        connections.Add(connection);
        error = connection.StartConnect();
        return error == 0 ? connection : null;
    }

    public override void Post(ILoopWork work)
    {
        if (IsRunningHere)
            posted.AddFromLoop(work);
        else if (posted.Add(work))
            wakeUp.Set();
    }

    public override void Stop()
    {
        isStopping = true;
        wakeUp.Set();
    }

    protected override void RunTurns()
    {
        while (!isStopping)
        {
            Wait();
            ReadClocks();
            completed.Run(this);
            Timers.Advance(NowMs);
            posted.Run(this);
            RunYielded();
        }
    }

    /// <summary>An operation has completed, on whatever thread.</summary>
    internal void Complete(ILoopWork operation)
    {
        if (completed.Add(operation))
            wakeUp.Set();
    }

    /// <summary>An operation completed in the call that started it: its turn is the next.</summary>
    internal void CompleteAtOnce(ILoopWork operation) => completed.AddFromLoop(operation);

    internal void Add(SocketConnection connection) => connections.Add(connection);

    internal void Remove(SocketConnection connection) => connections.Remove(connection);

    internal void Remove(SocketListener listener) => listeners.Remove(listener);

    internal void AddYielded(SocketConnection connection) => yielded.Add(connection);

    void Wait()
    {
        if (isStopping || !completed.IsEmpty || !posted.IsEmpty || !yielded.IsEmpty)
            return;
        long due = Timers.NextDueMs;
        if (due == long.MaxValue)
            wakeUp.WaitOne();
        else if (due > NowMs)
            wakeUp.WaitOne((int)Math.Min(due - NowMs, int.MaxValue));
    }

    void RunYielded()
    {
        var batch = yielded.TakeAll();
        for (int i = 0; i < batch.Length; i++)
        {
            var connection = batch[i];
            batch[i] = null!;
            connection.OnYielded();
        }
    }

    /// <summary>
    /// Closes whatever is still open. Those that were closed just before get a moment for what
    /// they still owe.
    /// </summary>
    public override void Dispose()
    {
        foreach (var listener in listeners.ToArray())
            listener.Close();
        foreach (var connection in connections.ToArray())
            connection.Close();
        long untilMs = Environment.TickCount64 + NetLimits.DisposeMsMax;
        while (connections.Count > 0 && Environment.TickCount64 < untilMs)
        {
            wakeUp.WaitOne(1);
            completed.Run(this);
        }
        foreach (var connection in connections.ToArray())
            connection.Release();
    }
}

/// <summary>
/// One kind of operation of one socket, used again and again; when it has completed it runs on
/// the loop's thread.
/// </summary>
abstract class SocketOperation(SocketLoop loop)
    : SocketAsyncEventArgs(unsafeSuppressExecutionContext), ILoopWork
{
    /// <summary>Nothing here depends on the context of who started it.</summary>
    const bool unsafeSuppressExecutionContext = true;

    /// <summary>The system has it; its buffer must not be touched.</summary>
    internal bool IsUnderWay { get; private set; }

    /// <summary>-errno, or 0.</summary>
    internal int Error => ManagedSocket.ToResult(SocketError);

    /// <summary>Takes the answer of the call that started it: false for completed at once.</summary>
    internal void Started(bool isPending)
    {
        IsUnderWay = true;
        if (!isPending)
            loop.CompleteAtOnce(this);
    }

    protected sealed override void OnCompleted(SocketAsyncEventArgs e) => loop.Complete(this);

    void ILoopWork.Run(Loop loop)
    {
        IsUnderWay = false;
        OnDone();
    }

    protected abstract void OnDone();
}
