using System.Text;
using Sluice.Net;
using Sluice.Net.Simulated;

namespace Sluice.Unit.Simulation;

/// <summary>
/// One seeded run of the whole gateway: clients, peers, a network, and what happens to them, all
/// drawn from the seed. What is wrong is an exception whose message begins with the seed.
/// </summary>
sealed class Run : IDisposable
{
    /// <summary>More than any timeout of a configuration, lingering included.</summary>
    const int RestMs = 200_000;

    /// <summary>Whoever is not done by then leaves.</summary>
    const int PatienceMs = 3_000_000;

    /// <summary>Bytes of buffers that one exchange, and one tunnel, may have rented.</summary>
    const long ExchangeBytesMax = 256 * 1024;
    const long TunnelBytesMax = 2 * 80 * 1024;

    readonly Climate climate;
    readonly RunPlan plan;
    readonly Dictionary<int, Ask> asks = [];
    readonly List<Visitor> visitors = [];
    readonly List<Backend> backends = [];
    readonly List<Alarm> alarms = [];
    readonly Dictionary<int, long> receivedByPort = [];
    readonly Ending ending;
    readonly bool countsFails;
    bool hasKilled;
    bool isShort;

    internal Run(int seed, Climate climate)
    {
        Seed = seed;
        this.climate = climate;
        Random = new(seed);
        plan = new(Random, climate);
        ending = climate.Ends[Random.Next(climate.Ends.Length)];
        string text = plan.Text();
        countsFails = !text.Contains("max_fails=0");
        Gateway = new(text, seed, plan.Network());
    }

    internal int Seed { get; }

    internal Random Random { get; }

    internal SimulatedGateway Gateway { get; }

    /// <summary>The worker takes nobody any more.</summary>
    internal bool IsEnding { get; private set; }

    /// <summary>It ends what is under way, too.</summary>
    internal bool HasStopped { get; private set; }

    bool IsStrict => climate.IsStrict && !HasStopped;

    /// <summary>Nothing that failed has anything to do with this request.</summary>
    bool IsUntouched(Ask ask) => IsStrict
        || (climate.OnlyPeersFail && !countsFails && !hasKilled && ask.Misdeed == Misdeed.None
            && ask.Talk is null or { Farewell: <= Farewell.PeerFirst });

    /// <summary>A line of the error log that a run without failures has no reason for.</summary>
    static bool IsTrouble(string line) =>
        (line.Contains("[error]") || line.Contains("[crit]") || line.Contains("[alert]"))
        && !line.Contains("client intended to send too large")
        && !line.Contains("while proxying upgraded connection");

    /// <summary>Everything that happened, as a text: equal for equal seeds.</summary>
    internal string Trace =>
        $"{Gateway.Network.Fingerprint}\n{string.Join('\n', Gateway.AccessLines)}";

    internal Pace DrawPace() => plan.Pace();

    internal void Execute()
    {
        Prepare();
        for (int ms = 0; ms < PatienceMs && visitors.Exists(visitor => !visitor.IsDone); ms += 250)
        {
            Gateway.Pass(250);
            AssertBounded();
        }
        foreach (var visitor in visitors)
        {
            if (!visitor.IsDone)
                visitor.Leave();
        }
        foreach (var alarm in alarms)
            alarm.Cancel();
        Gateway.Network.Faults = SimulatedFaults.None;
        Gateway.Pass(RestMs);
        Gateway.AssertAtRest();
        EndWorker();
        foreach (var backend in backends)
            backend.Kill();
        Gateway.Pass(RestMs);
        Assert.True(Gateway.Network.ConnectionsOpen == 0, Gateway.Network.DescribeOpen());
        Assert.Equal(0, Gateway.Loop.Timers.Count);
        new RunCheck(asks, receivedByPort, Gateway.AccessLines, IsUntouched).Check();
        if (IsStrict)
            Assert.DoesNotContain(Gateway.ErrorText.Split('\n'), IsTrouble);
    }

    public override string ToString()
    {
        var text = new StringBuilder($"{climate.Name}, ending {ending}\n");
        foreach (var ask in asks.Values)
            text.Append(ask).Append('\n');
        foreach (string line in Gateway.AccessLines)
            text.Append(line).Append('\n');
        foreach (var visitor in visitors)
            text.Append(visitor).Append('\n');
        return text.Append(Gateway.ErrorText).Append(Gateway.Network.DescribeOpen()).ToString();
    }

    public void Dispose() => Gateway.Dispose();

    // ---- what clients and peers tell ----

    internal Ask AskOf(string path)
    {
        int id = int.Parse(path[(path.LastIndexOf('/') + 1)..]);
        var ask = asks[id];
        Assert.Equal(ask.Path, path);
        return ask;
    }

    /// <summary>A connection that ended in order, with all that its client was sent.</summary>
    internal void CountConnection(int port, long receivedBytes) =>
        receivedByPort[port] = receivedBytes;

    internal void OnUnreachable(string front, int error) => Assert.True(
        IsEnding || !climate.IsStrict || front == RunPlan.SecondFront,
        $"{front}: {IoResult.Text(error)}");

    /// <summary>A request that lost its connection before its answer was whole.</summary>
    internal void OnDropped(Ask ask, bool isBegun, bool isShed, int error)
    {
        if (!IsStrict)
            return;
        Assert.False(isBegun, $"an answer broke off ({error}): {ask}");
        Assert.True(isShed || IsEnding, $"a connection ended without an answer ({error}): {ask}");
        Assert.True(ask.HeadsSeen == 0, $"a request was passed on but not answered: {ask}");
    }

    // ---- what happens ----

    void Prepare()
    {
        foreach (string address in RunPlan.PeerAddresses)
        {
            var backend = new Backend(this, address);
            backend.Open();
            backends.Add(backend);
        }
        Gateway.Serve(RunPlan.TakenAddress);
        int visitorsCount = 1 + Random.Next(6);
        for (int i = 0; i < visitorsCount; i++)
            AddVisitor();
        for (int i = 0; i < 4; i++)
        {
            if (Random.NextDouble() < climate.Reloads)
                At(Random.Next(6_000), Reload);
            if (Random.NextDouble() < climate.Kills)
                At(Random.Next(6_000), Kill);
            if (Random.NextDouble() < climate.Shortages)
                At(Random.Next(6_000), RunShort);
        }
        if (ending != Ending.None)
            At(Random.Next(6_000), EndWorker);
    }

    void AddVisitor()
    {
        var visitor = new Visitor(
            this,
            Random.Next(6) == 0 ? RunPlan.SecondFront : SimulatedGateway.Front,
            plan.Asks(1 + Random.Next(6)))
        {
            Depth = 1 + Random.Next(4),
            PauseMs = Random.Next(2) * Random.Next(3_000),
            Mood = plan.Mood(),
            MoodMs = Random.Next(3_000),
        };
        foreach (var ask in visitor.Asks)
            asks.Add(ask.Id, ask);
        visitors.Add(visitor);
        visitor.Start(Random.Next(3_000));
    }

    void At(int ms, Action action)
    {
        var alarm = new Alarm(Gateway.Loop, action);
        alarms.Add(alarm);
        alarm.Set(ms);
    }

    void Reload()
    {
        if (IsEnding)
            return;
        if (Random.Next(4) == 0)
            Assert.NotNull(Gateway.Reload(plan.BrokenText()));
        else
            Assert.True(Gateway.Reload(plan.Text()) is null || isShort);
    }

    void Kill()
    {
        hasKilled = true;
        var backend = backends[Random.Next(backends.Count)];
        backend.Kill();
        At(Random.Next(3_000), backend.Open);
    }

    /// <summary>The process has no descriptor left, for a while.</summary>
    void RunShort()
    {
        isShort = true;
        SetDescriptors(Gateway.Network.ConnectionsOpen + Random.Next(6));
        At(Random.Next(3_000), () => SetDescriptors(int.MaxValue));
    }

    void SetDescriptors(int most) =>
        Gateway.Network.Faults = Gateway.Network.Faults with { DescriptorsMax = most };

    void EndWorker()
    {
        if (IsEnding)
            return;
        IsEnding = true;
        int timeoutMs = Random.Next(4_000);
        switch (ending)
        {
            case Ending.QuitWithTimeout:
                At(timeoutMs, () => HasStopped = true);
                Gateway.Worker.Drain(timeoutMs);
                break;
            case Ending.Term:
                HasStopped = true;
                Gateway.Worker.Stop();
                Assert.Equal(0, Gateway.Worker.ClientsCount);
                Assert.Equal(0, Gateway.Worker.TunnelsCount);
                break;
            default:
                Gateway.Worker.Drain(null);
                break;
        }
    }

    void AssertBounded()
    {
        var worker = Gateway.Worker;
        Assert.True(worker.ExchangesCount <= worker.ClientsCount);
        Assert.InRange(
            worker.Buffers.OutBytes, 0,
            (worker.ClientsCount * ExchangeBytesMax) + (worker.TunnelsCount * TunnelBytesMax));
    }
}
