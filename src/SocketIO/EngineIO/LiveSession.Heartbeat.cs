namespace Sluice.SocketIO.EngineIO;

/// <summary>The heartbeat, which finds out that a client is gone without having said so.</summary>
sealed partial class LiveSession
{
    static readonly EngineMessage ping = new("2"u8.ToArray(), IsBinary: false);
    static readonly EngineMessage pong = new("3"u8.ToArray(), IsBinary: false);

    readonly ITimer timer;
    long dueAt;
    Awaiting awaiting;

    /// <summary>Something has come since the last ping, which counted once.</summary>
    bool isRefreshed;

    enum Awaiting
    {
        /// <summary>The time of the next ping.</summary>
        Interval,

        /// <summary>The answer to a ping.</summary>
        Pong,

        /// <summary>A ping: in version 3 it is the client who asks.</summary>
        Ping,
    }

    /// <summary>A client of version 3 has that long until its next ping.</summary>
    void AwaitPing()
    {
        lock (gate)
        {
            if (state != State.Open)
                return;
            awaiting = Awaiting.Ping;
            dueAt = server.Time.GetTimestamp();
            Arm(server.Options.PingInterval + server.Options.PingTimeout);
        }
    }

    void OnPong()
    {
        lock (gate)
        {
            if (state != State.Open)
                return;
            awaiting = Awaiting.Interval;
            dueAt = server.Time.GetTimestamp();
            Arm(server.Options.PingInterval);
        }
    }

    /// <summary>The first packet that comes instead of a pong shows life, once.</summary>
    void Refresh()
    {
        lock (gate)
        {
            if (state != State.Open || awaiting != Awaiting.Pong || isRefreshed)
                return;
            isRefreshed = true;
            dueAt = server.Time.GetTimestamp();
            Arm(server.Options.PingTimeout);
        }
    }

    void OnTimer()
    {
        var isTimedOut = false;
        lock (gate)
        {
            if (state == State.Closed)
                return;
            if (state == State.Closing || awaiting != Awaiting.Interval)
            {
                isTimedOut = true;
            }
            else
            {
                awaiting = Awaiting.Pong;
                isRefreshed = false;
                // From when the ping was due, not from when the timer fired: delays do not add up.
                Arm(server.Options.PingTimeout);
            }
        }
        if (isTimedOut)
        {
            End(CloseReasons.PingTimeout);
            return;
        }
        Queue(ping);
        Flush();
    }

    /// <summary>Queues a packet of the heartbeat, for which there is always room.</summary>
    void Queue(in EngineMessage message)
    {
        lock (gate)
        {
            if (state != State.Open)
                return;
            queuedBytes += message.Bytes.Length;
            queue.Enqueue(message);
            Volatile.Write(ref queuedCount, queue.Count);
        }
    }

    void Arm(TimeSpan later)
    {
        dueAt += (long)(later.TotalSeconds * server.Time.TimestampFrequency);
        var left = TimeSpan.FromSeconds(
            (dueAt - server.Time.GetTimestamp()) / (double)server.Time.TimestampFrequency);
        timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
