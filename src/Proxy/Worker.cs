using System.Diagnostics;
using System.Net;
using Sluice.Config.Model;
using Sluice.Net;
using Sluice.Proxy.Client;
using Sluice.Proxy.Http1;
using Sluice.Proxy.Listen;
using Sluice.Proxy.Log;
using Sluice.Proxy.Tunnel;
using Sluice.Proxy.Upstream;
using Sluice.Proxy.Variables;

namespace Sluice.Proxy;

/// <summary>
/// One core's share of the gateway: a loop and everything it owns. Nothing of a worker is
/// touched by another thread; what comes from outside is posted to its loop.
/// </summary>
public sealed class Worker
{
    readonly Stack<Exchange> exchanges = new();
    readonly Stack<ClientConnection> clients = new();
    readonly Stack<Forward> forwards = new();
    readonly Stack<Relay> relays = new();
    readonly Stack<ResponseHead> heads = new();
    readonly Dictionary<string, IdlePool> idle = [];
    readonly Dictionary<string, PeerGroup> addressGroups = [];
    readonly Dictionary<Address, ListenPoint> listening = [];
    readonly Dictionary<Address, ListenPoint> prepared = [];
    PeerGroup? lastGroup;
    IdlePool lastIdle = null!;
    int loggingCount;
    bool isStopping;

    /// <summary>Makes a worker of a loop that does not run yet.</summary>
    /// <param name="index">The worker's number, from zero.</param>
    /// <param name="loop">The loop, which becomes the worker's own.</param>
    /// <param name="offload">Where work that may block goes.</param>
    /// <param name="random">Chance of the balancing method `random`, and of request ids.</param>
    public Worker(int index, Loop loop, Offload offload, Random random)
    {
        Index = index;
        Loop = loop;
        Offload = offload;
        Random = random;
        Clock = new WorkerClock(loop);
        Siblings = [this];
        RealRoots = new RealRoots(loop, offload);
    }

    public int Index { get; }

    public Loop Loop { get; }

    public Offload Offload { get; }

    public Random Random { get; }

    public BufferPool Buffers { get; } = new();

    public Counters Counters { get; } = new();

    /// <summary>The configuration that new requests begin under.</summary>
    public Snapshot Snapshot { get; private set; } = null!;

    /// <summary>No new connections are taken, and every answer is the last of its connection.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Clients and tunnels are all gone.</summary>
    public bool IsEmpty => Clients.Count == 0 && Tunnels.Count == 0;

    /// <summary>Exchanges under way: their records are rented.</summary>
    public int ExchangesCount { get; private set; }

    /// <summary>Of them, those that wait for the rest of a head.</summary>
    internal int ReadingCount { get; set; }

    /// <summary>Clients whose request is over, and what they still send is read away.</summary>
    internal int LingeringCount { get; set; }

    /// <summary>The workers of the same gateway, this one among them.</summary>
    internal IReadOnlyList<Worker> Siblings { get; set; }

    public int ClientsCount => Clients.Count;

    public int TunnelsCount => Tunnels.Count;

    internal WorkerClock Clock { get; }

    internal RealRoots RealRoots { get; }

    /// <summary>A text under construction that is used up before the next event.</summary>
    internal ByteBuilder Text { get; } = new(4096);

    /// <summary>
    /// Where texts are put together before they are kept or escaped. A stack: who takes from it
    /// remembers the length and releases back to it, so evaluations may nest.
    /// </summary>
    internal ByteBuilder Scratch { get; } = new(1024);

    /// <summary>The key of a balancing method, or an address, under construction.</summary>
    internal ByteBuilder Key { get; } = new(256);

    internal Roster<ClientConnection> Clients { get; } = new();

    internal Roster<Tunnel.Tunnel> Tunnels { get; } = new();

    // ---- configurations ----

    /// <summary>
    /// Opens the addresses that a configuration adds. Null, or what failed: then nothing has
    /// changed.
    /// </summary>
    internal ListenFailure? Prepare(Snapshot next, bool sharesPorts)
    {
        foreach (var (address, socket) in next.Sockets)
        {
            // A unix socket cannot be bound twice; its clients all belong to the first worker.
            if (listening.ContainsKey(address) || (address.IsUnix && Index > 0))
                continue;
            var point = new ListenPoint(this, socket);
            var error = point.Open(sharesPorts && !address.IsUnix);
            if (error != 0)
            {
                Abandon();
                return new ListenFailure(socket.Table.Config, error);
            }
            prepared.Add(address, point);
        }
        return null;
    }

    /// <summary>Closes what was prepared for a configuration that is not taken on.</summary>
    internal void Abandon()
    {
        foreach (var point in prepared.Values)
            point.Close();
        prepared.Clear();
    }

    /// <summary>
    /// Takes on a configuration that was prepared: closes the addresses it does not have, and
    /// leaves every connection alone.
    /// </summary>
    internal void Use(Snapshot next)
    {
        Snapshot = next;
        foreach (var (address, point) in listening)
        {
            if (next.Sockets.TryGetValue(address, out var socket))
                point.Use(socket);
            else
                point.Close();
        }
        var gone = listening.Keys.Where(key => !next.Sockets.ContainsKey(key)).ToList();
        foreach (var address in gone)
            listening.Remove(address);
        foreach (var (address, point) in prepared)
            listening.Add(address, point);
        prepared.Clear();
    }

    // ---- clients ----

    internal IConnectionHandler Accept(Connection connection, ListenScope scope)
    {
        Counters.Accepted++;
        if (Clients.Count + (2 * Tunnels.Count) >= Snapshot.Config.WorkerConnections)
        {
            scope.Current.DefaultServer.Root.Errors.TooFewConnections(
                Snapshot.Config.WorkerConnections);
            connection.Close();
            return connection.Handler;
        }
        Counters.Handled++;
        var client = clients.TryPop(out var pooled) ? pooled : new ClientConnection(this);
        client.Serve(connection, scope);
        return connection.Handler;
    }

    internal void Return(ClientConnection client)
    {
        if (clients.Count < Limits.PooledObjects)
            clients.Push(client);
        StopWhenEmpty();
    }

    /// <summary>
    /// The connections of all workers. The others go on meanwhile, so the numbers may be of
    /// slightly different moments.
    /// </summary>
    internal ConnectionCounts CountConnections()
    {
        var all = default(ConnectionCounts);
        for (var i = 0; i < Siblings.Count; i++)
            all += Siblings[i].CountOwnConnections();
        return all;
    }

    ConnectionCounts CountOwnConnections()
    {
        var (clientsNow, tunnels) = (Clients.Count, Tunnels.Count);
        var busy = ExchangesCount + LingeringCount;
        var writing = busy + tunnels - ReadingCount - loggingCount;
        return new(
            clientsNow + tunnels, ReadingCount, Math.Max(writing, 0),
            Math.Max(clientsNow - busy, 0));
    }

    // ---- exchanges ----

    internal Exchange Begin()
    {
        ExchangesCount++;
        Counters.Requests++;
        return exchanges.TryPop(out var exchange) ? exchange : new Exchange(this);
    }

    /// <summary>Every exchange ends here: its log lines.</summary>
    internal void Finish(Exchange exchange) => Log(exchange);

    /// <summary>In its own log line a request is over, as in nginx.</summary>
    void Log(Exchange exchange)
    {
        loggingCount = 1;
        exchange.Location.AccessLog.Write(exchange);
        loggingCount = 0;
    }

    internal void Return(Exchange exchange)
    {
        ExchangesCount--;
        if (exchange.Forward is { } forward)
        {
            forward.Release();
            forwards.Push(forward);
            exchange.Forward = null;
        }
        if (exchange.Relay is { } relay)
        {
            relays.Push(relay);
            exchange.Relay = null;
        }
        exchange.Reset();
        if (exchanges.Count < Limits.PooledObjects)
            exchanges.Push(exchange);
    }

    internal Forward ForwardOf(Exchange exchange)
    {
        exchange.Forward?.Release();
        return exchange.Forward ??= forwards.TryPop(out var pooled) ? pooled : new Forward(this);
    }

    internal Relay RelayOf(Exchange exchange) =>
        exchange.Relay ??= relays.TryPop(out var pooled) ? pooled : new Relay(this);

    internal ResponseHead RentHead() => heads.TryPop(out var pooled) ? pooled : new ResponseHead();

    internal void Return(ResponseHead head)
    {
        head.Reset();
        heads.Push(head);
    }

    internal IdlePool IdleOf(PeerGroup group)
    {
        // Mostly the same as the last time; a reload makes new groups of the same names.
        if (group != lastGroup)
            (lastGroup, lastIdle) = (group, FindIdle(group.Config.Name));
        return lastIdle;
    }

    IdlePool FindIdle(string name) =>
        idle.TryGetValue(name, out var pool) ? pool : idle[name] = new IdlePool();

    /// <summary>
    /// The group of an address that a proxy_pass with variables names by its numbers; null when
    /// it is a name, which would need a resolver.
    /// </summary>
    internal PeerGroup? GroupOfAddress(string host)
    {
        if (addressGroups.TryGetValue(host, out var group))
            return group;
        if (!Address.TryParse(host, out var address, defaultPort: 80)
            || address.EndPoint is IPEndPoint { Port: 0 })
            return null;
        if (addressGroups.Count >= Limits.AddressGroups)
            ForgetAddressGroups();
        group = new PeerGroup(
            UpstreamConfig.OfAddress(host, address.EndPoint, address.ToString()));
        return addressGroups[host] = group;
    }

    void ForgetAddressGroups()
    {
        foreach (var host in addressGroups.Keys)
        {
            if (Snapshot.FindGroupByHost(host) is null && idle.Remove(host, out var pool))
                pool.CloseAll();
        }
        addressGroups.Clear();
        lastGroup = null;
    }

    // ---- tunnels ----

    internal void Begin(Tunnel.Tunnel tunnel)
    {
        Tunnels.Add(tunnel);
        Counters.TunnelsOpened++;
    }

    /// <summary>The exchange of an ended tunnel is made again, for its log line.</summary>
    internal void End(Tunnel.Tunnel tunnel, TunnelRecord record, Connection client, TunnelEnd end)
    {
        Counters.CountTunnelEnd((int)end);
        var exchange = exchanges.TryPop(out var pooled) ? pooled : new Exchange(this);
        exchange.Client = client;
        record.Restore(exchange, tunnel);
        exchange.Location.Errors.TunnelEnded(exchange, end);
        Log(exchange);
        exchange.Reset();
        exchanges.Push(exchange);
    }

    /// <summary>Both connections of an ended tunnel are closed: nothing of it is under way.</summary>
    internal void Remove(Tunnel.Tunnel tunnel)
    {
        Tunnels.Remove(tunnel);
        StopWhenEmpty();
    }

    // ---- the end ----

    /// <summary>
    /// Closes listeners and idle connections; what is under way goes on, for as long as
    /// worker_shutdown_timeout allows (QUIT). The loop ends with the last connection.
    /// </summary>
    internal void Drain(long? timeoutMs)
    {
        BeginDrain();
        if (timeoutMs is { } most)
            Loop.Timers.Schedule(default, Loop.NowMs + most, new ShutdownTimer(this));
        StopWhenEmpty();
    }

    /// <summary>
    /// Ends every tunnel, every connection and the loop now (TERM). What is left then waits for
    /// a file: it gets a moment, since its exchange is to be logged and its buffer is in use.
    /// </summary>
    internal void Stop()
    {
        BeginDrain();
        for (var i = Tunnels.Count - 1; i >= 0; i--)
            Tunnels[i].Drain();
        for (var i = Clients.Count - 1; i >= 0; i--)
            Clients[i].Abort();
        if (IsEmpty || isStopping)
            Loop.Stop();
        else
            Loop.Timers.Schedule(default, Loop.NowMs + Limits.StopMs, new ShutdownTimer(this));
        isStopping = true;
    }

    void BeginDrain()
    {
        IsDraining = true;
        foreach (var point in listening.Values)
            point.Close();
        listening.Clear();
        foreach (var pool in idle.Values)
            pool.CloseAll();
        for (var i = Clients.Count - 1; i >= 0; i--)
            Clients[i].Drain();
    }

    void StopWhenEmpty()
    {
        if (IsDraining && IsEmpty)
            Loop.Stop();
    }

    sealed class ShutdownTimer(Worker worker) : ITimed
    {
        public long OnTimer(long nowMs)
        {
            worker.Stop();
            return 0;
        }
    }

    /// <summary>A defect ended the service of one client: it is closed, the others go on.</summary>
    internal void Fault(ClientConnection client, Exchange? exchange, Exception exception)
    {
        Clients.Remove(client);
        if (exchange is not null)
            ExchangesCount--;
        StopWhenEmpty();
        Snapshot.MainErrors.Defect(exception);
        Debug.Fail(exception.ToString());
    }
}

/// <summary>An address that could not be listened on.</summary>
public sealed record ListenFailure(Config.Model.ListenConfig Listen, int Error)
{
    /// <summary>nginx's words: <c>bind() to 0.0.0.0:80 failed (13: Permission denied)</c>.</summary>
    public string Message =>
        $"bind() to {Listen.Address} failed ({-Error}: {IoResult.Text(Error)})";
}
