using System.Collections.Concurrent;
using Sluice.Net;

namespace Sluice.Proxy;

/// <summary>
/// The one way off a loop's thread for work that may block: files. The work runs on a thread of
/// its own and wakes its exchange when it is done.
/// </summary>
public abstract class Offload : IDisposable
{
    /// <summary>Runs the work elsewhere, then posts it to <paramref name="home"/>.</summary>
    public abstract void Start(OffloadedWork work, Loop home);

    /// <summary>Lets the threads end when they have nothing more to do.</summary>
    public abstract void Dispose();

    /// <summary>Runs everything at once, on the loop: for simulated runs.</summary>
    public static Offload Inline { get; } = new InlineOffload();

    sealed class InlineOffload : Offload
    {
        public override void Start(OffloadedWork work, Loop home)
        {
            work.Execute();
            home.Post(work);
        }

        public override void Dispose()
        {
        }
    }
}

/// <summary>Work that may block, and the wakeup of whoever waits for it.</summary>
public abstract class OffloadedWork(Wakeup wakeup) : ILoopWork
{
    public bool IsDone { get; private set; }

    /// <summary>The part that may block; it keeps its failure as a value.</summary>
    public abstract void Execute();

    void ILoopWork.Run(Loop loop)
    {
        IsDone = true;
        wakeup.Wake();
    }

    /// <summary>Starts the work and waits for its end.</summary>
    public async LoopTask RunAsync(Worker worker)
    {
        worker.Offload.Start(this, worker.Loop);
        while (!IsDone)
            await wakeup.NextAsync();
    }
}

/// <summary>Threads that do nothing but block.</summary>
public sealed class OffloadThreads : Offload
{
    readonly BlockingCollection<(OffloadedWork Work, Loop Home)> queue = new();

    public OffloadThreads()
    {
        for (var i = 0; i < Limits.OffloadThreads; i++)
        {
            new Thread(RunAll) { IsBackground = true, Name = $"offload {i}" }.Start();
        }
    }

    /// <summary>
    /// The queue needs no bound of its own: an exchange waits for its work, so there is at most
    /// one entry a connection.
    /// </summary>
    public override void Start(OffloadedWork work, Loop home) => queue.Add((work, home));

    public override void Dispose() => queue.CompleteAdding();

    void RunAll()
    {
        foreach (var (work, home) in queue.GetConsumingEnumerable())
        {
            work.Execute();
            home.Post(work);
        }
    }
}
