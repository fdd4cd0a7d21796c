namespace Sluice.Net.Simulated;

/// <summary>A listener of a simulated network, with the queue of those it has yet to accept.</summary>
sealed class SimulatedListener : Listener, ITimed
{
    readonly SimulatedLoop loop;
    readonly IAcceptHandler handler;
    readonly Queue<SimulatedConnection> waiting = new();
    TimerHandle pause;
    bool isPaused;
    bool isClosed;

    internal SimulatedListener(
        SimulatedLoop loop, Address address, ListenOptions options, IAcceptHandler handler)
    {
        this.loop = loop;
        this.handler = handler;
        Options = options;
        LocalAddress = address;
    }

    public override Address LocalAddress { get; }

    internal ListenOptions Options { get; }

    internal bool HasRoom => waiting.Count < Options.Backlog;

    internal bool IsReady => waiting.Count > 0 && !isPaused && !isClosed;

    internal void Add(SimulatedConnection connection)
    {
        waiting.Enqueue(connection);
        loop.AddReady(this);
    }

    internal void OnReady()
    {
        var network = loop.Network;
        for (int accepted = 0; IsReady && accepted < NetLimits.AcceptsPerTurn; accepted++)
        {
            if (!network.HasDescriptor || network.Chance(network.Faults.AcceptFailures))
            {
                isPaused = true;
                long dueMs = loop.NowMs + NetLimits.AcceptPauseMs;
                pause = loop.Timers.Schedule(pause, dueMs, this);
                handler.OnAcceptFailed(this, IoResult.TooManyOpenFiles);
                return;
            }
            var connection = waiting.Dequeue();
            connection.SetAccepted();
            connection.SetAcceptHandler(handler.OnAccept(this, connection));
        }
        loop.AddReady(this);
    }

    public override void Close()
    {
        loop.AssertCurrent();
        if (isClosed)
            return;
        isClosed = true;
        loop.Timers.Cancel(ref pause);
        loop.Network.Remove(this);
        while (waiting.TryDequeue(out var connection))
            connection.Close(reset: true);
    }

    long ITimed.OnTimer(long nowMs)
    {
        isPaused = false;
        loop.AddReady(this);
        return 0;
    }
}
