using Sluice.Config.Model;
using Sluice.Net;
using Sluice.Proxy.Listen;
using Sluice.Proxy.Log;

namespace Sluice.Proxy;

/// <summary>What a gateway is started with besides its configuration.</summary>
public sealed record GatewayOptions
{
    /// <summary>Makes the loop of one worker.</summary>
    public required Func<Loop> MakeLoop { get; init; }

    /// <summary>Where log lines are written; the gateway stops it at its end.</summary>
    public LogWriter Logs { get; init; } = new(new FileLogStorage());
}

/// <summary>
/// The gateway: its workers, and the configuration they serve. Start, reload, reopen, drain and
/// stop are called from one thread at a time, which is never a worker's.
/// </summary>
public sealed class Gateway : IDisposable
{
    readonly GatewayOptions options;
    readonly Offload offload = new OffloadThreads();
    readonly List<Worker> workers = [];
    readonly List<Thread> threads = [];
    LogFiles? files;

    Gateway(GatewayOptions options) => this.options = options;

    /// <summary>The configuration in force.</summary>
    public Snapshot Snapshot { get; private set; } = null!;

    public IReadOnlyList<Worker> Workers => workers;

    /// <summary>Starts serving: null, and why not in <paramref name="failure"/>, when it cannot.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="options">What the configuration does not say.</param>
    /// <param name="failure">nginx's words for what could not be opened.</param>
    public static Gateway? Start(MainConfig config, GatewayOptions options, out string? failure)
    {
        var gateway = new Gateway(options);
        for (var i = 0; i < config.WorkerProcesses; i++)
            gateway.workers.Add(new Worker(i, options.MakeLoop(), gateway.offload, new Random()));
        foreach (var worker in gateway.workers)
            worker.Siblings = gateway.workers;
        options.Logs.Start();
        failure = gateway.TryUse(config);
        if (failure is not null)
        {
            gateway.Dispose();
            return null;
        }
        foreach (var worker in gateway.workers)
            gateway.StartThread(worker);
        return gateway;
    }

    /// <summary>
    /// Replaces the configuration: null, or why the old one stays in force. Tunnels and
    /// keep-alive connections stay either way; worker_processes is taken on at the next start,
    /// because the sockets of a lone worker cannot be shared afterwards (SO_REUSEPORT).
    /// </summary>
    public string? Reload(MainConfig config)
    {
        var failure = TryUse(config);
        if (failure is null && config.WorkerProcesses != workers.Count)
            Snapshot.MainErrors.Write(
                LogLevel.Warn,
                $"worker_processes is {config.WorkerProcesses} now, "
                    + $"{workers.Count} serve until the next start");
        return failure;
    }

    /// <summary>
    /// Whether the addresses of a configuration can be bound, as `-t` asks: null, or why not.
    /// One that is in use does not count: the gateway that holds it is to be replaced.
    /// </summary>
    public static string? TestAddresses(MainConfig config, Func<Loop> makeLoop)
    {
        using var loop = makeLoop();
        var addresses = config.Listens.Select(listen => new Address(listen.EndPoint)).ToHashSet();
        foreach (var listen in config.Listens)
        {
            if (ListenSocket.IsCovered(new Address(listen.EndPoint), addresses))
                continue;
            var error = Probe(loop, listen);
            if (error is not (0 or IoResult.AddressInUse))
                return new ListenFailure(listen, error).Message;
        }
        return null;
    }

    /// <summary>Has the workers take the process's limit of open files, after it was changed.</summary>
    public void ReadDescriptorLimit() =>
        OnEveryWorker((worker, _) => worker.Loop.ReadDescriptorLimit());

    /// <summary>Opens the log files anew, after they were renamed (USR1).</summary>
    public void ReopenLogs() => options.Logs.Reopen();

    /// <summary>
    /// Takes no new connections and ends when the last one has: at the latest after
    /// worker_shutdown_timeout (QUIT).
    /// </summary>
    public void Drain()
    {
        var timeoutMs = Snapshot.Config.ShutdownTimeoutMs;
        foreach (var worker in workers)
            worker.Loop.Post(new Order(worker, (self, _) => self.Drain(timeoutMs)));
    }

    /// <summary>Ends everything now (TERM, INT).</summary>
    public void Stop()
    {
        foreach (var worker in workers)
            worker.Loop.Post(new Order(worker, (self, _) => self.Stop()));
    }

    /// <summary>Waits until every worker has ended, and the last log line is written.</summary>
    public void Wait()
    {
        foreach (var thread in threads)
            thread.Join();
        options.Logs.Stop();
    }

    public void Dispose()
    {
        foreach (var worker in workers)
            worker.Loop.Dispose();
        offload.Dispose();
    }

    /// <summary>Files, then addresses, then all workers at once: what fails changes nothing.</summary>
    string? TryUse(MainConfig config)
    {
        var opened = LogFiles.Open(config, options.Logs, out var unopened);
        if (opened is null)
            return unopened!.Message;
        var next = new Snapshot(config, opened, Snapshot);
        var failure = Prepare(next);
        if (failure is not null)
        {
            OnEveryWorker((worker, _) => worker.Abandon());
            opened.Release();
            return failure;
        }
        OnEveryWorker((worker, _) => worker.Use(next));
        opened.UseBuffers();
        // Tunnels of the old configuration may still log: a file that was given back is opened
        // again when it has to be.
        files?.Release();
        files = opened;
        options.Logs.Reports = next.MainErrors;
        Snapshot = next;
        ThreadPool.UnsafeQueueUserWorkItem(_ => next.CompileExpressions(), null);
        return null;
    }

    string? Prepare(Snapshot next)
    {
        var sharesPorts = workers.Count > 1;
        if (sharesPorts && ProbeNew(next) is { } taken)
            return taken;
        string? failure = null;
        OnEveryWorker((worker, _) =>
        {
            if (worker.Prepare(next, sharesPorts) is { } failed)
                Interlocked.CompareExchange(ref failure, failed.Message, null);
        });
        return failure;
    }

    /// <summary>
    /// Workers share an address by SO_REUSEPORT, which a second gateway of the same user could
    /// join unnoticed: so each new address is bound once without it first.
    /// </summary>
    string? ProbeNew(Snapshot next)
    {
        using var loop = options.MakeLoop();
        foreach (var (address, socket) in next.Sockets)
        {
            if (Snapshot?.Sockets.ContainsKey(address) == true)
                continue;
            var error = Probe(loop, socket.Table.Config);
            if (error != 0)
                return new ListenFailure(socket.Table.Config, error).Message;
        }
        return null;
    }

    static int Probe(Loop loop, ListenConfig listen)
    {
        var listener = loop.Listen(
            new Address(listen.EndPoint), ListenPoint.ProbeOptions(listen),
            ProbeHandler.Instance, out var error);
        listener?.Close();
        return listener is null ? error : 0;
    }

    void StartThread(Worker worker)
    {
        var thread = new Thread(worker.Loop.Run) { Name = $"worker {worker.Index}" };
        threads.Add(thread);
        thread.Start();
    }

    /// <summary>
    /// Has every worker do something on its own thread, and waits. Before the threads run, the
    /// caller's thread is the owner of all loops.
    /// </summary>
    void OnEveryWorker(Action<Worker, int> work)
    {
        if (threads.Count == 0)
        {
            foreach (var worker in workers)
                work(worker, worker.Index);
            return;
        }
        using var done = new CountdownEvent(workers.Count);
        foreach (var worker in workers)
        {
            worker.Loop.Post(new Order(worker, (self, index) =>
            {
                work(self, index);
                done.Signal();
            }));
        }
        done.Wait();
    }

    /// <summary>Something a worker is told to do from outside.</summary>
    sealed class Order(Worker worker, Action<Worker, int> work) : ILoopWork
    {
        public void Run(Loop loop) => work(worker, worker.Index);
    }

    /// <summary>A socket that is bound only to see whether it can be accepts nobody.</summary>
    sealed class ProbeHandler : IAcceptHandler, IConnectionHandler
    {
        public static readonly ProbeHandler Instance = new();

        public IConnectionHandler OnAccept(Listener listener, Connection connection)
        {
            connection.Close();
            return this;
        }

        public void OnAcceptFailed(Listener listener, int error)
        {
        }

        public void OnReadable(Connection connection)
        {
        }

        public void OnWritable(Connection connection)
        {
        }
    }
}
