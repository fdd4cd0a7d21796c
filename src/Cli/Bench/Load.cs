using System.Diagnostics;
using System.Net;
using System.Text;
using Sluice.Net;

namespace Sluice.Cli.Bench;

/// <summary>
/// A run of the load generator on one loop: connects everybody, warms up, measures, stops.
/// </summary>
sealed class Load : ITimed
{
    /// <summary>Connects that are under way at once: more would overflow a listener's backlog.</summary>
    const int ConnectsAtOnce = 200;

    /// <summary>Messages that leave together are one write up to this; of longer ones, each is.</summary>
    const int WriteBytesMax = 64 * 1024;

    /// <summary>How often an open-loop run sends what has come due.</summary>
    const int PaceMs = 10;

    readonly LoadConnection[] connections;
    readonly LatencyHistogram latencies = new();
    readonly Action onMeasuring;
    Phase phase = Phase.Connecting;
    int started;
    int openCount;
    int openAtStart;
    int nextToSend;
    long count;
    long errors;
    long sent;
    long phaseBeganAt;
    double measuredSeconds;
    string? firstError;

    enum Phase
    {
        Connecting,
        Warming,
        Measuring,
        Done,
    }

    /// <param name="options">The run.</param>
    /// <param name="loop">The loop it runs on, which the run stops at its end.</param>
    /// <param name="onMeasuring">Told when measuring begins.</param>
    public Load(LoadOptions options, Loop loop, Action onMeasuring)
    {
        Options = options;
        Loop = loop;
        this.onMeasuring = onMeasuring;
        Address = new Address(Resolve(options.Url));
        Payload = new byte[options.Size];
        for (var i = 0; i < Payload.Length; i++)
            Payload[i] = (byte)((i * 31) + 7);
        MessageBytes = options.Kind == LoadKind.Get ? RequestBytes() : Frame.Masked(Payload);
        MessagesBytes = Repeat(
            MessageBytes, Math.Clamp(WriteBytesMax / MessageBytes.Length, 1, options.InFlight));
        HandshakeBytes = MakeHandshake();
        connections = new LoadConnection[options.Connections];
        for (var i = 0; i < connections.Length; i++)
            connections[i] = new LoadConnection(this);
    }

    public LoadOptions Options { get; }

    public Loop Loop { get; }

    public Address Address { get; }

    public byte[] Payload { get; }

    /// <summary>What one message is on the wire: a masked frame, or a request.</summary>
    public byte[] MessageBytes { get; }

    /// <summary>As many messages as fit one write, one behind the other.</summary>
    public byte[] MessagesBytes { get; }

    public byte[] HandshakeBytes { get; }

    public LoadResult Run()
    {
        ConnectMore();
        Loop.Run();
        foreach (var connection in connections)
            connection.Close();
        return new LoadResult(
            openAtStart, count, errors, measuredSeconds,
            latencies.Percentile(0.5), latencies.Percentile(0.99), latencies.Percentile(0.999),
            latencies.MaxUs, firstError);
    }

    /// <summary>A connection is ready to send.</summary>
    public void Opened(LoadConnection connection)
    {
        openCount++;
        ConnectMore();
        if (Options is { Rate: 0, Kind: LoadKind.Echo or LoadKind.Get })
            connection.SendMany(Options.InFlight);
        BeginWhenAllAreThere();
    }

    /// <summary>A message came back, an answer was read, or a handshake was made.</summary>
    public void Finished(LoadConnection connection, long sinceAt)
    {
        if (phase == Phase.Measuring)
        {
            count++;
            latencies.Record((long)Stopwatch.GetElapsedTime(sinceAt).TotalMicroseconds);
        }
        if (phase == Phase.Done)
            return;
        if (Options.Kind == LoadKind.Handshake)
        {
            openCount = Math.Min(openCount + 1, connections.Length);
            ConnectMore();
            BeginWhenAllAreThere();
            connection.Connect();
        }
        else if (Options.Rate == 0)
        {
            connection.OweOne();
        }
    }

    public void Failed(LoadConnection connection, bool wasOpen, string reason)
    {
        errors++;
        firstError ??= reason;
        if (wasOpen)
            openCount--;
        // A server that is not there ends the run; one that fails now and then does not.
        bool cannotConnect = phase == Phase.Connecting && openCount == 0 && errors >= started;
        if (errors > 10 + (10 * connections.Length) || cannotConnect)
        {
            Loop.Stop();
            phase = Phase.Done;
        }
        else if (phase != Phase.Done)
        {
            connection.Connect();
        }
    }

    void ConnectMore()
    {
        while (started < connections.Length && started - openCount < ConnectsAtOnce)
            connections[started++].Connect();
    }

    void BeginWhenAllAreThere()
    {
        if (phase != Phase.Connecting || openCount < connections.Length)
            return;
        phase = Phase.Warming;
        phaseBeganAt = Stopwatch.GetTimestamp();
        Loop.Timers.Schedule(default, Loop.NowMs + 1, this);
    }

    long ITimed.OnTimer(long nowMs)
    {
        var elapsed = Stopwatch.GetElapsedTime(phaseBeganAt);
        if (phase == Phase.Warming && elapsed >= Options.Warmup)
        {
            phase = Phase.Measuring;
            openAtStart = openCount;
            errors = 0;
            sent = 0;
            phaseBeganAt = Stopwatch.GetTimestamp();
            onMeasuring();
        }
        else if (phase == Phase.Measuring && elapsed >= Options.Duration)
        {
            measuredSeconds = elapsed.TotalSeconds;
            phase = Phase.Done;
            Loop.Stop();
            return 0;
        }
        if (Options.Rate > 0)
            SendWhatIsDue();
        return nowMs + PaceMs;
    }

    /// <summary>
    /// An open loop: messages leave when they are due, whether answers have come or not, and
    /// their latency counts from then.
    /// </summary>
    void SendWhatIsDue()
    {
        var elapsed = Stopwatch.GetElapsedTime(phaseBeganAt).TotalSeconds;
        var due = (long)(elapsed * Options.Rate);
        for (; sent < due; sent++)
        {
            var at = phaseBeganAt + (long)(sent / Options.Rate * Stopwatch.Frequency);
            connections[nextToSend].SendOne(at);
            nextToSend = (nextToSend + 1) % connections.Length;
        }
    }

    byte[] RequestBytes() => Encoding.Latin1.GetBytes(
        $"GET {Options.Url.PathAndQuery} HTTP/1.1\r\nHost: {Options.Url.Authority}\r\n"
        + $"{Unless("User-Agent", "sluice-bench")}{Unless("Accept", "*/*")}{ExtraHeaders()}\r\n");

    byte[] MakeHandshake() => Encoding.Latin1.GetBytes(
        $"GET {Options.Url.PathAndQuery} HTTP/1.1\r\nHost: {Options.Url.Authority}\r\n"
        + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{ExtraHeaders()}\r\n");

    static byte[] Repeat(ReadOnlySpan<byte> message, int times)
    {
        var all = new byte[message.Length * times];
        for (var i = 0; i < times; i++)
            message.CopyTo(all.AsSpan(i * message.Length));
        return all;
    }

    /// <summary>A header that is sent unless the run has one of its own by that name.</summary>
    string Unless(string name, string value) =>
        Options.Headers.Any(line =>
            line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase))
            ? ""
            : $"{name}: {value}\r\n";

    string ExtraHeaders() => string.Concat(Options.Headers.Select(line => line + "\r\n"));

    static IPEndPoint Resolve(Uri url)
    {
        var addresses = Dns.GetHostAddresses(url.Host.Trim('[', ']'));
        return new IPEndPoint(addresses[0], url.Port);
    }
}
