using System.Diagnostics;

namespace Sluice.SocketIOBench;

/// <summary>What a load measured.</summary>
/// <param name="Count">Deliveries or answers.</param>
/// <param name="Seconds">In this time.</param>
/// <param name="P50Us">Half took no longer: a broadcast to its last client, or an answer.</param>
/// <param name="P99Us">99 of 100 took no longer.</param>
sealed record LoadResult(long Count, double Seconds, long P50Us, long P99Us);

/// <summary>
/// Many clients on one thread, and what they do: one of them tells everybody something as soon
/// as everybody has heard what came before, or each asks as soon as it has its answer.
/// </summary>
sealed class Load : IDisposable
{
    /// <summary>Silence of a server that ends the run.</summary>
    const int SilenceMs = 10_000;

    readonly Dialect dialect;
    readonly List<Client> clients = [];
    readonly Epoll epoll = new();
    readonly int[] ready = new int[512];
    readonly byte[] buffer = new byte[256 * 1024];
    readonly List<long> ticks = new(1 << 20);
    readonly Action<Client, ReadOnlyMemory<byte>> onPayload;
    readonly Dictionary<int, (int Left, long At)> broadcasts = [];
    int textBytes;
    int window;
    int next;
    long count;
    bool isAsking;
    bool isEnding;

    /// <param name="dialect">What the server speaks.</param>
    /// <param name="ports">Its nodes: clients take turns.</param>
    /// <param name="clientsCount">How many.</param>
    public Load(Dialect dialect, IReadOnlyList<int> ports, int clientsCount)
    {
        this.dialect = dialect;
        onPayload = OnPayload;
        try
        {
            for (var i = 0; i < clientsCount; i++)
            {
                clients.Add(new Client(dialect, ports[i % ports.Count]));
                epoll.Watch(clients[i].Socket, i);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Broadcasts of so many bytes, so many at a time.</summary>
    public LoadResult Broadcast(
        int bytes, int inFlight, double warmSeconds, double seconds, Action onMeasuring)
    {
        textBytes = bytes;
        window = inFlight;
        for (var i = 0; i < inFlight; i++)
            Tell();
        return Run(warmSeconds, seconds, onMeasuring);
    }

    /// <summary>Every client asks, one question at a time.</summary>
    public LoadResult Ask(int bytes, double warmSeconds, double seconds, Action onMeasuring)
    {
        textBytes = bytes;
        isAsking = true;
        foreach (var client in clients)
            Ask(client);
        return Run(warmSeconds, seconds, onMeasuring);
    }

    /// <summary>Nothing but answers to pings.</summary>
    public void Idle(double seconds)
    {
        var until = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < until)
            Turn(100);
    }

    public void Dispose()
    {
        foreach (var client in clients)
            client.Dispose();
        epoll.Dispose();
    }

    LoadResult Run(double warmSeconds, double seconds, Action onMeasuring)
    {
        Serve(warmSeconds);
        onMeasuring();
        ticks.Clear();
        var before = count;
        var elapsed = Serve(seconds);
        var result = new LoadResult(count - before, elapsed, Percentile(0.5), Percentile(0.99));
        return result;
    }

    /// <summary>
    /// What was told must have reached everybody, and nobody twice, when nothing is told any more.
    /// </summary>
    public void CheckComplete()
    {
        isEnding = true;
        var until = Stopwatch.GetTimestamp() + 10 * Stopwatch.Frequency;
        while (broadcasts.Count > 0)
        {
            if (Stopwatch.GetTimestamp() > until)
                throw new IOException($"{broadcasts.Count} broadcasts did not reach everybody");
            Turn(100);
        }
    }

    double Serve(double seconds)
    {
        var start = Stopwatch.GetTimestamp();
        var until = start + (long)(seconds * Stopwatch.Frequency);
        var last = start;
        var seen = count;
        while (true)
        {
            Turn(100);
            var now = Stopwatch.GetTimestamp();
            if (now >= until)
                return Stopwatch.GetElapsedTime(start, now).TotalSeconds;
            if (count != seen)
            {
                seen = count;
                last = now;
            }
            else if (Stopwatch.GetElapsedTime(last, now).TotalMilliseconds > SilenceMs)
            {
                throw new IOException("the server fell silent");
            }
        }
    }

    void Turn(int timeoutMs)
    {
        var length = epoll.Wait(timeoutMs, ready);
        for (var i = 0; i < length; i++)
            clients[ready[i]].Receive(buffer, onPayload);
    }

    void OnPayload(Client client, ReadOnlyMemory<byte> payload)
    {
        var left = payload.Span;
        while (!left.IsEmpty)
        {
            switch (dialect.Read(dialect.Take(ref left), out var number))
            {
                case MessageKind.News:
                    OnNews(number);
                    break;
                case MessageKind.Answer when isAsking && number >= 0:
                    count++;
                    ticks.Add(Stopwatch.GetTimestamp() - client.AskedAt);
                    Ask(client);
                    break;
                case MessageKind.Ping:
                    client.Send(dialect.Pong);
                    break;
                case MessageKind.Other when isAsking || broadcasts.Count > 0:
                    // SignalR says that an invocation is done, socket.io nothing.
                    break;
            }
        }
    }

    void OnNews(int number)
    {
        if (!broadcasts.TryGetValue(number, out var state))
            throw new IOException($"broadcast {number} came too often, or was never sent");
        count++;
        if (state.Left > 1)
        {
            broadcasts[number] = state with { Left = state.Left - 1 };
            return;
        }
        broadcasts.Remove(number);
        ticks.Add(Stopwatch.GetTimestamp() - state.At);
        if (!isEnding && broadcasts.Count < window)
            Tell();
    }

    void Tell()
    {
        broadcasts[next] = (clients.Count, Stopwatch.GetTimestamp());
        clients[0].Send(dialect.Tell(Dialect.Text(next, textBytes)));
        next++;
    }

    void Ask(Client client)
    {
        client.AskedAt = Stopwatch.GetTimestamp();
        client.Send(dialect.Ask(next, Dialect.Text(next, textBytes)));
        next = (next + 1) % 100_000_000;
    }

    long Percentile(double share)
    {
        if (ticks.Count == 0)
            return 0;
        ticks.Sort();
        var at = Math.Min(ticks.Count - 1, (int)(ticks.Count * share));
        return ticks[at] * 1_000_000 / Stopwatch.Frequency;
    }
}
