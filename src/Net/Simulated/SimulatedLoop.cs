namespace Sluice.Net.Simulated;

/// <summary>
/// A loop on a <see cref="SimulatedNetwork"/>: one thread, virtual time, everything from a seed.
/// </summary>
/// <remarks>
/// <see cref="Loop.Run"/> behaves as on the real loops, but time jumps to the next thing that
/// happens; when nothing will, it waits for <see cref="Post"/> or <see cref="Stop"/>. Tests
/// rather use <see cref="RunUntilIdle"/> and <see cref="RunFor"/>.
/// </remarks>
public sealed class SimulatedLoop : Loop
{
    const int BusyTurnsPerMs = 20;

    readonly PostQueue posted = new();
    readonly RunQueue<SimulatedConnection> yielded = new();
    readonly List<SimulatedConnection> readyConnections = [];
    readonly List<SimulatedListener> readyListeners = [];
    readonly AutoResetEvent wakeUp = new(initialState: false);
    SimulatedConnection[] batch = new SimulatedConnection[16];
    volatile bool isStopping;

    public SimulatedLoop(SimulatedNetwork network)
    {
        Network = network;
        TakeClocks();
        Timers.Advance(NowMs);
    }

    public override string Name => "simulated";

    public SimulatedNetwork Network { get; }

    public override Listener? Listen(
        Address address, ListenOptions options, IAcceptHandler handler, out int error)
    {
        AssertCurrent();
        var listener = new SimulatedListener(this, Network.WithPort(address), options, handler);
        error = Network.Add(listener);
        return error == 0 ? listener : null;
    }

    public override Connection? Connect(
        Address remote, ConnectOptions options, IConnectionHandler handler, out int error)
    {
        AssertCurrent();
        error = Network.HasDescriptor ? 0 : IoResult.TooManyOpenFiles;
        // A refusal on the same machine is often known at once.
        if (error == 0 && Network.Find(remote) is null && Network.Draw(1) == 0)
            error = IoResult.ConnectionRefused;
        if (error != 0)
            return null;
        var connection = new SimulatedConnection(
            this, handler, Network.ClientAddress(remote, options.Bind), remote);
        connection.StartConnect();
        return connection;
    }

    public override void Post(ILoopWork work)
    {
        if (posted.Add(work))
            wakeUp.Set();
    }

    /// <summary>Stop was called: a real loop would not turn any more.</summary>
    internal bool IsStopping => isStopping;

    public override void Stop()
    {
        isStopping = true;
        wakeUp.Set();
    }

    /// <summary>
    /// Turns until nothing is under way, ready or posted. Timers fire as time passes, but idle
    /// time is not waited out. More turns than <paramref name="turnsMax"/> are an endless loop
    /// and an exception.
    /// </summary>
    public void RunUntilIdle(int turnsMax = 1_000_000)
    {
        while (HasWork || Network.NextHappeningMs != long.MaxValue)
        {
            Count(ref turnsMax);
            Turn(Network.NextHappeningMs);
        }
    }

    /// <summary>Turns until the virtual clock has moved on by <paramref name="ms"/>.</summary>
    public void RunFor(long ms, int turnsMax = 1_000_000)
    {
        long untilMs = NowMs + ms;
        while (HasWork || Math.Min(Network.NextHappeningMs, Timers.NextDueMs) <= untilMs)
        {
            Count(ref turnsMax);
            Turn(untilMs);
        }
        if (Network.NowMs < untilMs)
            Network.MoveTo(untilMs);
        TakeClocks();
        Timers.Advance(NowMs);
    }

    /// <summary>
    /// Turns until the condition holds; false when <paramref name="ms"/> of virtual time have
    /// passed, or nothing more will happen, before it does.
    /// </summary>
    public bool RunUntil(Func<bool> condition, long ms, int turnsMax = 1_000_000)
    {
        long untilMs = NowMs + ms;
        while (!condition())
        {
            long next = Math.Min(Network.NextHappeningMs, Timers.NextDueMs);
            if (!HasWork && (next > untilMs || next == long.MaxValue))
                return false;
            Count(ref turnsMax);
            Turn(untilMs);
        }
        return true;
    }

    internal void AddReady(SimulatedConnection connection)
    {
        if (!connection.IsReady)
            readyConnections.Add(connection);
        connection.IsReady = true;
    }

    internal void AddReady(SimulatedListener listener)
    {
        if (listener.IsReady && !readyListeners.Contains(listener))
            readyListeners.Add(listener);
    }

    internal void AddYielded(SimulatedConnection connection) => yielded.Add(connection);

    protected override void RunTurns()
    {
        while (!isStopping)
        {
            if (HasWork || Math.Min(Network.NextHappeningMs, Timers.NextDueMs) != long.MaxValue)
                Turn(long.MaxValue);
            else
                wakeUp.WaitOne();
        }
    }

    bool HasWork =>
        readyConnections.Count + readyListeners.Count > 0 || !posted.IsEmpty || !yielded.IsEmpty;

    /// <summary>One turn; time moves on when there is nothing to do now, at most until then.</summary>
    void Turn(long untilMs)
    {
        // Work takes time too: otherwise who always has some would stop the clock.
        long next = HasWork
            ? Network.NowMs + (Network.Draw(BusyTurnsPerMs) == 0 ? 1 : 0)
            : Math.Min(Network.NextHappeningMs, Timers.NextDueMs);
        Network.MoveTo(Math.Max(Network.NowMs, Math.Min(next, untilMs)));
        Network.JumpClocks();
        TakeClocks();
        Network.Happen();
        foreach (var connection in TakeBatch())
            connection.OnEvents();
        TakeListeners();
        Timers.Advance(NowMs);
        posted.Run(this);
        foreach (var connection in yielded.TakeAll())
            connection.OnYielded();
    }

    /// <summary>The events of this turn in an order that the seed gives; some may have to wait.</summary>
    Span<SimulatedConnection> TakeBatch()
    {
        int count = readyConnections.Count;
        if (batch.Length < count)
            batch = new SimulatedConnection[count * 2];
        readyConnections.CopyTo(batch);
        readyConnections.Clear();
        var taken = batch.AsSpan(0, count);
        Network.Shuffle(taken);
        if (count > 1 && Network.Chance(Network.Faults.PartialBatches))
        {
            int now = 1 + Network.Draw(count - 1);
            foreach (var late in taken[now..])
                readyConnections.Add(late);
            taken = taken[..now];
        }
        foreach (var connection in taken)
            connection.IsReady = false;
        return taken;
    }

    void TakeListeners()
    {
        foreach (var listener in readyListeners.ToArray())
        {
            readyListeners.Remove(listener);
            listener.OnReady();
        }
    }

    void TakeClocks()
    {
        NowMs = Network.NowMs;
        UnixMs = Network.UnixMs;
    }

    void Count(ref int turnsLeft)
    {
        if (turnsLeft-- <= 0)
        {
            throw new InvalidOperationException(
                $"the simulated loop does not come to rest (seed {Network.Seed})");
        }
    }

    public override void Dispose()
    {
        Network.CloseAll();
        wakeUp.Dispose();
    }
}
