using Sluice.Net;

namespace Sluice.Proxy;

/// <summary>
/// The way to the client: bytes go straight to its socket, and what that does not take is held
/// until it does. Once the client is gone everything is swallowed.
/// </summary>
sealed class ClientOutput
{
    HeldBytes held;
    long blockedSinceMs;

    /// <summary>Bytes the client has not taken yet.</summary>
    public int HeldCount => held.Length;

    /// <summary>A write failed: nobody is there.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The client's socket has taken everything.</summary>
    public bool IsDelivered => held.IsEmpty && !IsBroken;

    /// <summary>When a client that does not read has to be given up; never while nothing is held.</summary>
    public long DueMs(Exchange exchange) =>
        held.IsEmpty ? long.MaxValue : blockedSinceMs + exchange.Location.Config.Core.SendTimeoutMs;

    public void Send(Exchange exchange, ReadOnlySpan<byte> bytes) => Send(exchange, bytes, default);

    /// <summary>Sends both pieces in one system call where it can.</summary>
    public void Send(Exchange exchange, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (IsBroken)
            return;
        var taken = 0;
        if (held.IsEmpty)
        {
            taken = second.IsEmpty
                ? exchange.Client.Write(first)
                : exchange.Client.Write(first, second);
            if (taken == IoResult.Again)
                taken = 0;
            if (taken < 0)
            {
                Break(exchange);
                return;
            }
            exchange.BytesSent += taken;
            blockedSinceMs = exchange.Worker.Loop.NowMs;
        }
        var fromFirst = Math.Min(taken, first.Length);
        held.Add(first[fromFirst..], exchange.Worker.Buffers);
        held.Add(second[(taken - fromFirst)..], exchange.Worker.Buffers);
    }

    /// <summary>Sends a head with a 1xx status, which counts as a part of the answer's head.</summary>
    public void SendInterim(Exchange exchange, ReadOnlySpan<byte> head)
    {
        exchange.HeadBytesSent += head.Length;
        Send(exchange, head);
    }

    /// <summary>Writes what is held, as far as the client takes it.</summary>
    public void Flush(Exchange exchange)
    {
        if (exchange.Client.State == ConnectionState.Closed)
            Break(exchange);
        while (!held.IsEmpty && exchange.Client.CanWrite)
        {
            var taken = exchange.Client.Write(held.Span);
            if (taken == IoResult.Again)
                return;
            if (taken < 0)
            {
                Break(exchange);
                return;
            }
            exchange.BytesSent += taken;
            blockedSinceMs = exchange.Worker.Loop.NowMs;
            held.Remove(taken, exchange.Worker.Buffers);
        }
    }

    /// <summary>Waits until the client has taken everything; false when it did not.</summary>
    public async LoopTask<bool> DrainAsync(Exchange exchange)
    {
        while (true)
        {
            Flush(exchange);
            if (IsBroken)
                return false;
            if (held.IsEmpty)
                return true;
            await exchange.Wakeup.NextAsync(DueMs(exchange));
            if (exchange.Wakeup.IsTimedOut && DueMs(exchange) <= exchange.Worker.Loop.NowMs)
            {
                TimeOut(exchange);
                return false;
            }
        }
    }

    /// <summary>What is held becomes the caller's.</summary>
    public HeldBytes TakeHeld()
    {
        var taken = held;
        held = default;
        return taken;
    }

    /// <summary>The client did not read for send_timeout.</summary>
    public void TimeOut(Exchange exchange)
    {
        exchange.IsClientTimedOut = true;
        Break(exchange);
    }

    public void Reset(BufferPool buffers)
    {
        held.Drop(buffers);
        IsBroken = false;
    }

    void Break(Exchange exchange)
    {
        IsBroken = true;
        exchange.KeepAlive = false;
        held.Drop(exchange.Worker.Buffers);
    }
}
