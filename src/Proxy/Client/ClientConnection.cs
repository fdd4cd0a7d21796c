using Sluice.Config.Model;
using Sluice.Net;
using Sluice.Proxy.Routing;

namespace Sluice.Proxy.Client;

/// <summary>
/// One client's connection, from accept to close. <see cref="ServeAsync"/> is the path of a
/// request, and the table of contents of everything below Proxy.
/// </summary>
sealed partial class ClientConnection : IRostered
{
    readonly Worker worker;
    readonly Wakeup wakeup;
    readonly Action<Exception> onFault;
    Connection connection = null!;
    ListenScope listen = null!;
    Exchange exchange = null!;
    CoreSettings core = null!;
    long openedMs;
    int requestsCount;

    /// <summary>Requests since the connection last waited for one.</summary>
    int requestsInTurn;

    /// <summary>How long the next request is waited for.</summary>
    long waitUntilMs;

    /// <summary>Bytes of the next request that came with the last one; none almost always.</summary>
    byte[]? ahead;
    int aheadCount;
    bool isPipelined;

    internal ClientConnection(Worker worker)
    {
        this.worker = worker;
        wakeup = new Wakeup(worker.Loop);
        onFault = Fault;
    }

    public int RosterIndex { get; set; }

    /// <summary>Between two requests: a drain may close it.</summary>
    internal bool IsIdle { get; private set; }

    /// <summary>Serves a connection that was just accepted; returns when it has to wait.</summary>
    internal void Serve(Connection accepted, ListenScope on)
    {
        connection = accepted;
        connection.Handler = wakeup;
        listen = on;
        requestsCount = 0;
        requestsInTurn = 0;
        openedMs = worker.Loop.NowMs;
        core = on.Current.DefaultServer.Root.Config.Core;
        worker.Clients.Add(this);
        ServeAsync().Forget(onFault);
    }

    /// <summary>
    /// Serves the connection until it closes:
    ///   1 head → 2 route → 3 upstream → 4 relay or tunnel → 5 log
    /// </summary>
    /// <remarks>
    /// It waits for a request itself: an idle connection costs its few objects and this one
    /// suspended method, and no buffer.
    /// </remarks>
    async LoopTask ServeAsync()
    {
        var ending = Ending.KeepAlive;
        while (ending == Ending.KeepAlive)
        {
            var arrival = BeginWaiting();
            while (arrival == Arrival.Awaited)
            {
                await wakeup.NextAsync(waitUntilMs);
                arrival = LookForRequest();
            }
            if (arrival == Arrival.Never)
                break;
            var head = await ReadHeadAsync();                          // 1
            ending = Ending.Close;
            if (head != HeadOutcome.Incomplete)
            {
                var verdict = head == HeadOutcome.Complete ? Route() : Refuse();
                while ((verdict = Follow(exchange, verdict)).Kind == VerdictKind.Content)
                    verdict = await ContentAsync(exchange);            // 3, 4
                ending = await EndAsync(verdict);
            }
            if (ending != Ending.Tunnel)
                worker.Finish(exchange);                               // 5
            EndExchange(isLast: ending != Ending.KeepAlive);
        }
        if (ending == Ending.Linger)
        {
            worker.LingeringCount++;
            await LingerAsync();
            worker.LingeringCount--;
        }
        Close(ending);
    }

    /// <summary>Sheds an idle connection, or tells a busy one to close after its answer.</summary>
    internal void Drain()
    {
        if (IsIdle)
            wakeup.Wake();
    }

    /// <summary>Ends the connection now; whoever waits finds it broken.</summary>
    internal void Abort()
    {
        connection.Close();
        wakeup.Wake();
    }

    void BeginExchange(byte[] buffer, int count)
    {
        requestsCount++;
        exchange = worker.Begin();
        exchange.Client = connection;
        exchange.Wakeup = wakeup;
        exchange.RequestsOnConnection = requestsCount;
        exchange.ConnectionStartMs = openedMs;
        exchange.HeadBuffer = buffer;
        exchange.BufferedEnd = count;
        exchange.IsPipelined = isPipelined;
        exchange.Use(listen.Current);
    }

    /// <summary>What was read behind the request begins the next one.</summary>
    void EndExchange(bool isLast)
    {
        core = exchange.Location.Config.Core;
        aheadCount = isLast ? 0 : exchange.BufferedEnd - exchange.BufferedStart;
        if (aheadCount > 0)
        {
            ahead = exchange.HeadBuffer;
            ahead.AsSpan(exchange.BufferedStart, aheadCount).CopyTo(ahead);
        }
        else
        {
            worker.Buffers.Return(exchange.HeadBuffer);
        }
        worker.Return(exchange);
        exchange = null!;
    }

    /// <summary>
    /// Reads away what the client still sends, so that the answer reaches it: a socket closed
    /// with unread bytes resets (lingering_close; RFC 9112, section 9.6).
    /// </summary>
    async LoopTask LingerAsync()
    {
        connection.ShutdownWrite();
        var endMs = worker.Loop.NowMs + core.LingeringTimeMs;
        while (true)
        {
            var count = connection.Read(worker.Loop.Scratch);
            if (count <= 0 && count != IoResult.Again)
                return;
            if (count > 0 && connection.CanRead)
                connection.Yield();
            await wakeup.NextAsync(Math.Min(endMs, worker.Loop.NowMs + core.LingeringTimeoutMs));
            if (wakeup.IsTimedOut || worker.Loop.NowMs >= endMs)
                return;
        }
    }

    /// <summary>
    /// A defect: this connection ends and its peer is let go. What it had from pools is not used
    /// again, because nobody knows what state it is in.
    /// </summary>
    void Fault(Exception exception)
    {
        wakeup.Cancel();
        connection.Close(reset: true);
        exchange?.Forward?.Abort();
        worker.Fault(this, exchange, exception);
    }

    void Close(Ending ending)
    {
        wakeup.Cancel();
        if (ending != Ending.Tunnel)
            connection.Close(reset: ending == Ending.Reset);
        if (ahead is not null)
            worker.Buffers.Return(ahead);
        ahead = null;
        aheadCount = 0;
        connection = null!;
        listen = null!;
        worker.Clients.Remove(this);
        worker.Return(this);
    }
}

/// <summary>What becomes of a client's connection after an exchange.</summary>
enum Ending
{
    /// <summary>It waits for the next request.</summary>
    KeepAlive,

    /// <summary>It is closed.</summary>
    Close,

    /// <summary>It is closed after what the client still sends was read away.</summary>
    Linger,

    /// <summary>It is closed with a reset (reset_timedout_connection, return 444).</summary>
    Reset,

    /// <summary>It belongs to a tunnel now.</summary>
    Tunnel,
}
