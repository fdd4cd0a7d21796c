using Sluice.Config.Model;
using Sluice.Proxy.Upstream;
using static Sluice.Unit.Proxy.Balancing.Groups;

namespace Sluice.Unit.Proxy.Balancing;

public class SharedStateTests
{
    const int Threads = 4;
    const int ExchangesOfEach = 50_000;

    [Fact]
    public void Counters_of_many_workers_come_home_to_zero()
    {
        foreach (var balancer in new[] { Balancer.RoundRobin, Balancer.LeastConn, Consistent })
        {
            var group = Group(balancer, Weights(3, 2, 1));
            Run(worker => Exchanges(group, worker));
            foreach (var peer in group.Peers)
                Assert.Equal(0, peer.State.ConnsCount);
        }
    }

    [Fact]
    public void Turns_of_many_workers_are_one_sequence()
    {
        var group = Group(Weights(5, 2, 1));
        var chosen = new int[Threads][];
        Run(worker =>
        {
            chosen[worker] = new int[3];
            var chooses = new Chooses(group);
            for (var i = 0; i < 50_000; i++)
            {
                chosen[worker][chooses.First()!.Index]++;
                chooses.Succeed();
            }
        });
        // 200,000 choices are 25,000 cycles, whoever made them.
        Assert.Equal(125_000, chosen.Sum(counts => counts[0]));
        Assert.Equal(50_000, chosen.Sum(counts => counts[1]));
        Assert.Equal(25_000, chosen.Sum(counts => counts[2]));
    }

    [Fact]
    public void A_limit_of_connections_holds_for_all_workers_together()
    {
        var group = Group(Server(1) with { MaxConns = 3 }, Server(2) with { MaxConns = 2 });
        var held = 0;
        var heldMost = 0;
        Run(_ =>
        {
            var chooses = new Chooses(group);
            for (var i = 0; i < ExchangesOfEach; i++)
            {
                if (chooses.First() is null)
                    continue;
                var now = Interlocked.Increment(ref held);
                for (var most = heldMost; now > most; most = Volatile.Read(ref heldMost))
                    Interlocked.CompareExchange(ref heldMost, now, most);
                Interlocked.Decrement(ref held);
                chooses.Succeed();
            }
        });
        Assert.InRange(heldMost, 1, 5);
    }

    static void Exchanges(PeerGroup first, int worker)
    {
        var group = first;
        var chooses = new Chooses(group, worker);
        var tunnels = new Queue<Peer>();
        for (var i = 0; i < ExchangesOfEach; i++)
        {
            chooses.Key = [(byte)i];
            chooses.NowSeconds = 1_000 + (i / 1_000 * 11);
            if (chooses.First() is null)
                continue;
            if (i % 5 == 0)
                tunnels.Enqueue(chooses.Selection.Detach());
            else if (i % 7 == 0)
                chooses.Fail();
            else
                chooses.Succeed();
            if (tunnels.Count > 3)
                tunnels.Dequeue().Release();
        }
        foreach (var peer in tunnels)
            peer.Release();
    }

    static void Run(Action<int> work)
    {
        // All begin at once: each has done its work in a few milliseconds.
        using var start = new Barrier(Threads);
        var threads = new Thread[Threads];
        for (var i = 0; i < Threads; i++)
        {
            var worker = i;
            threads[i] = new Thread(() =>
            {
                start.SignalAndWait();
                work(worker);
            });
            threads[i].Start();
        }
        foreach (var thread in threads)
            thread.Join();
    }
}
