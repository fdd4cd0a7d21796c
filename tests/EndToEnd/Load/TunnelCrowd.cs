using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Load;

/// <summary>
/// Thousands of WebSocket tunnels, each of which sends its own marker and a number, and accepts
/// nothing but that back, again and again until it is told to stop.
/// </summary>
sealed class TunnelCrowd : IAsyncDisposable
{
    /// <summary>Handshakes under way at once, so that no listen queue overflows.</summary>
    const int OpeningAtOnce = 64;

    /// <summary>Tunnels of one source address: far below the ports an address has.</summary>
    const int TunnelsPerAddress = 2000;

    readonly IPEndPoint target;
    readonly TimeSpan pause;
    readonly ConcurrentQueue<string> failures = new();
    readonly ConcurrentBag<Socket> sockets = [];
    readonly List<Task> tunnels = [];
    int[] rounds = [];
    volatile bool stopping;

    TunnelCrowd(IPEndPoint target, TimeSpan pause)
    {
        this.target = target;
        this.pause = pause;
    }

    /// <summary>What went wrong in any tunnel.</summary>
    public IReadOnlyCollection<string> Failures => failures;

    public int Count => rounds.Length;

    /// <summary>Echoes so far, all tunnels together.</summary>
    public long Echoes => rounds.Sum(round => (long)Volatile.Read(ref round));

    /// <summary>Opens all tunnels and lets them echo.</summary>
    /// <param name="target">Where the proxy listens.</param>
    /// <param name="count">How many.</param>
    /// <param name="pause">How long each tunnel is quiet between two echoes.</param>
    public static async Task<TunnelCrowd> OpenAsync(IPEndPoint target, int count, TimeSpan pause)
    {
        var crowd = new TunnelCrowd(target, pause) { rounds = new int[count] };
        var opened = new Socket[count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = OpeningAtOnce },
            async (at, _) => opened[at] = await crowd.OpenAsync(at));
        for (var at = 0; at < count; at++)
            crowd.tunnels.Add(crowd.EchoAsync(at, opened[at]));
        return crowd;
    }

    /// <summary>Waits until every tunnel has echoed once more than now.</summary>
    public async Task RoundAsync()
    {
        var before = (int[])rounds.Clone();
        await Patience.ForAsync(
            () => !failures.IsEmpty
                || rounds.Index().All(
                    one => Volatile.Read(ref rounds[one.Index]) > before[one.Index]),
            () => $"an echo of each tunnel; {Count} tunnels, {Echoes} echoes",
            Patience.Crowd);
    }

    /// <summary>Lets every tunnel finish its echo; what went wrong in any of them.</summary>
    public async Task<string[]> StopAsync()
    {
        stopping = true;
        await Task.WhenAll(tunnels).WaitAsync(Patience.Crowd);
        return [.. failures];
    }

    public ValueTask DisposeAsync()
    {
        stopping = true;
        foreach (var socket in sockets)
            socket.Dispose();
        return ValueTask.CompletedTask;
    }

    async Task<Socket> OpenAsync(int at)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        sockets.Add(socket);
        socket.NoDelay = true;
        var source = new IPAddress([127, 0, 0, (byte)(1 + at / TunnelsPerAddress)]);
        socket.Bind(new IPEndPoint(source, 0));
        await socket.ConnectAsync(target);
        await SendAsync(socket, Encoding.ASCII.GetBytes(WebSocketFrames.Handshake($"/ws/{at}")));
        var head = new byte[512];
        var filled = 0;
        while (head.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = await socket.ReceiveAsync(head.AsMemory(filled));
            filled += read > 0 ? read : throw new IOException($"tunnel {at} was not opened");
        }
        return head.AsSpan().StartsWith("HTTP/1.1 101 "u8)
            ? socket
            : throw new IOException($"tunnel {at}: {Encoding.ASCII.GetString(head, 0, filled)}");
    }

    async Task EchoAsync(int at, Socket socket)
    {
        var frame = new byte[512];
        var received = new byte[512];
        try
        {
            while (!stopping)
            {
                var marker = Marker(at, rounds[at]);
                var size = WebSocketFrames.Write(frame, marker, mask: 0x1234567u + (uint)at);
                await SendAsync(socket, frame.AsMemory(0, size));
                await ReceiveAsync(socket, received, marker);
                Interlocked.Increment(ref rounds[at]);
                await Task.Delay(pause);
            }
        }
        catch (Exception broken) when (broken is IOException or SocketException
            or ObjectDisposedException)
        {
            if (!stopping)
                failures.Enqueue($"tunnel {at}, round {rounds[at]}: {broken.Message}");
        }
    }

    static async Task ReceiveAsync(Socket socket, byte[] received, byte[] marker)
    {
        var filled = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(received.AsMemory(filled));
            if (read == 0)
                throw new IOException("the tunnel was closed");
            filled += read;
            if (!WebSocketFrames.TryRead(
                received.AsSpan(0, filled), out var payload, out var taken))
                continue;
            if (taken != filled || !payload.SequenceEqual(marker))
                throw new IOException(
                    $"{Encoding.ASCII.GetString(marker)} came back as "
                    + Encoding.ASCII.GetString(payload));
            return;
        }
    }

    /// <summary>Its number, the round, and letters so that messages have different lengths.</summary>
    static byte[] Marker(int at, int round) =>
        Encoding.ASCII.GetBytes(
            $"{at}:{round}:{new string((char)('a' + at % 26), (at + round) % 200)}");

    static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
