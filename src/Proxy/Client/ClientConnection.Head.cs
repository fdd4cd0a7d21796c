using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Proxy.Client;

/// <summary>Step 1: the request head.</summary>
sealed partial class ClientConnection
{
    /// <summary>
    /// Reads the head of the request whose first bytes are here into a new exchange. Almost
    /// always they are all of it, and nobody has to wait.
    /// </summary>
    LoopTask<HeadOutcome> ReadHeadAsync()
    {
        BeginExchange(ahead!, aheadCount);
        ahead = null;
        aheadCount = 0;
        return ParseHead() is { } outcome ? new(outcome) : ReadOnAsync();
    }

    /// <summary>Null when the head goes on.</summary>
    HeadOutcome? ParseHead()
    {
        var x = exchange;
        var status = x.Head.Parse(
            x.HeadBuffer.AsSpan(0, x.BufferedEnd), listen.Current.HeadRules);
        x.RequestBytes = x.Head.LineBytes;
        if (status == HeadStatus.NeedMore)
            return null;
        x.BufferedStart = x.Head.Consumed;
        return status == HeadStatus.Complete ? HeadOutcome.Complete : HeadOutcome.Rejected;
    }

    async LoopTask<HeadOutcome> ReadOnAsync()
    {
        var x = exchange;
        var untilMs = worker.Loop.NowMs + listen.Current.DefaultServer.Config.ClientHeaderTimeoutMs;
        while (true)
        {
            if (x.BufferedEnd == x.HeadBuffer.Length)
                GrowHeadBuffer();
            var count = connection.Read(x.HeadBuffer.AsSpan(x.BufferedEnd));
            if (count > 0)
            {
                x.BufferedEnd += count;
                if (ParseHead() is { } outcome)
                    return outcome;
                continue;
            }
            if (count != IoResult.Again)
                return GiveUp(400);
            worker.ReadingCount++;
            await wakeup.NextAsync(untilMs);
            worker.ReadingCount--;
            if (wakeup.IsTimedOut)
                return GiveUp(408);
        }
    }

    /// <summary>
    /// Looks for the first bytes of a request; after many in one turn the others come first.
    /// </summary>
    Arrival BeginWaiting()
    {
        isPipelined = aheadCount > 0;
        if (++requestsInTurn <= Limits.RequestsPerTurn)
            return LookForRequest();
        requestsInTurn = 1;
        connection.Yield();
        waitUntilMs = long.MaxValue;
        return Arrival.Awaited;
    }

    /// <summary>Called when a request may be there, or there will be none.</summary>
    Arrival LookForRequest()
    {
        if (isPipelined)
            return Arrival.Here;
        if (!IsIdle)
        {
            IsIdle = true;
            waitUntilMs = worker.Loop.NowMs + (requestsCount == 0
                ? listen.Current.DefaultServer.Config.ClientHeaderTimeoutMs
                : core.KeepaliveTimeoutMs);
        }
        else if (wakeup.IsTimedOut)
        {
            return NoRequest();
        }
        if (connection.CanRead && ReadFirstBytes() is var count && count != IoResult.Again)
        {
            IsIdle = false;
            return count > 0 ? Arrival.Here : NoRequest();
        }
        var isShed = worker.IsDraining && requestsCount > 0;
        if (isShed || connection.State != ConnectionState.Open)
            return NoRequest();
        requestsInTurn = 1;
        return Arrival.Awaited;
    }

    /// <summary>A client that came and asked nothing is worth a line.</summary>
    Arrival NoRequest()
    {
        IsIdle = false;
        if (requestsCount == 0)
            listen.Current.DefaultServer.Root.Errors.NoRequest(
                connection, listen.Current, isTimedOut: !connection.CanRead);
        return Arrival.Never;
    }

    int ReadFirstBytes()
    {
        var buffer = worker.Buffers.Rent(
            listen.Current.DefaultServer.Config.ClientHeaderBufferSize);
        var count = connection.Read(buffer);
        if (count > 0)
        {
            ahead = buffer;
            aheadCount = count;
        }
        else
        {
            worker.Buffers.Return(buffer);
        }
        return count;
    }

    /// <summary>The next size of nginx's large_client_header_buffers; the parser refuses longer heads.</summary>
    void GrowHeadBuffer()
    {
        var old = exchange.HeadBuffer;
        var larger = worker.Buffers.Rent(Math.Min(
            old.Length * 2, Math.Max(listen.Current.HeadRules.HeadBytesMax, old.Length + 1)));
        old.CopyTo(larger, 0);
        worker.Buffers.Return(old);
        exchange.HeadBuffer = larger;
    }

    /// <summary>The head never came whole: a log line, but no answer.</summary>
    HeadOutcome GiveUp(int status)
    {
        exchange.Status = status;
        exchange.KeepAlive = false;
        TakePathOfLine();
        exchange.BufferedStart = exchange.BufferedEnd;
        exchange.Location.Errors.HeadNotFinished(exchange, isTimedOut: status == 408);
        return HeadOutcome.Incomplete;
    }

    /// <summary>
    /// A head that is not served has a URI all the same, for logs and error pages, if its
    /// request line was sound.
    /// </summary>
    void TakePathOfLine()
    {
        exchange.IsUriUnchanged = exchange.Head.Version != 0 && !exchange.Head.IsPathInvalid;
        if (exchange.IsUriUnchanged)
            exchange.SetPathFromHead();
    }

    /// <summary>Whether a request has come.</summary>
    enum Arrival
    {
        /// <summary>Not yet.</summary>
        Awaited,

        /// <summary>Its first bytes are here.</summary>
        Here,

        /// <summary>The connection is to be closed.</summary>
        Never,
    }

    enum HeadOutcome
    {
        /// <summary>A whole, valid head.</summary>
        Complete,

        /// <summary>A head that is refused; it is answered, and the connection closed.</summary>
        Rejected,

        /// <summary>The client left or was too slow midway.</summary>
        Incomplete,
    }
}
