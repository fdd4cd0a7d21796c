using System.Runtime.ExceptionServices;
using Sluice.Net;
using Sluice.Net.Simulated;

namespace Sluice.Unit.Net.Contract;

/// <summary>
/// Runs the body of a contract test as code of the loop, on whichever loop the subclass makes.
/// </summary>
public abstract class ContractFixture : IDisposable
{
    /// <summary>
    /// A test that takes longer waits for what never comes. Virtual time costs nothing.
    /// </summary>
    int GiveUpAfterMs => Loop is SimulatedLoop ? 100_000_000 : 30_000;

    readonly List<Peer> peers = [];
    readonly List<Listener> listeners = [];

    protected ContractFixture(Loop loop) => Loop = loop;

    protected Loop Loop { get; }

    protected static Address Loopback { get; } = Address.Parse("127.0.0.1:0");

    protected Address NewPath()
    {
        string name = $"sluice-{Environment.ProcessId}-{Loop.Name}-{Random.Shared.Next()}";
        return Address.Unix(Path.Combine(Path.GetTempPath(), name));
    }

    protected void Run(Func<LoopTask> body)
    {
        Exception? failure = null;
        var giveUp = new GiveUp();
        var timer = Loop.Timers.Schedule(default, Loop.NowMs + GiveUpAfterMs, giveUp);
        Loop.Post(new Work(() => BodyAsync(body).Forget(error =>
        {
            failure = error;
            Loop.Stop();
        })));
        Loop.Run();
        Loop.Timers.Cancel(ref timer);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    async LoopTask BodyAsync(Func<LoopTask> body)
    {
        await body();
        foreach (var peer in peers)
            peer.Close();
        foreach (var listener in listeners)
            listener.Close();
        Loop.Stop();
    }

    protected Acceptor Listen(Address? address = null, ListenOptions? options = null)
    {
        var acceptor = new Acceptor(Loop, peers);
        var listener = Loop.Listen(
            address ?? Loopback, options ?? new ListenOptions(), acceptor, out int error);
        Assert.True(listener is not null, IoResult.Text(error));
        listeners.Add(listener);
        acceptor.Listener = listener;
        return acceptor;
    }

    /// <summary>Starts a connect; the peer is open, or has failed, when the await returns.</summary>
    protected async LoopTask<Peer> ConnectAsync(Address remote, ConnectOptions? options = null)
    {
        var peer = new Peer(Loop);
        var connection = Loop.Connect(
            remote, options ?? ConnectOptions.Default, peer.Wakeup, out int error);
        Assert.True(connection is not null, IoResult.Text(error));
        peers.Add(peer);
        peer.Connection = connection;
        while (connection.State == ConnectionState.Connecting && !connection.CanRead)
            await peer.Wakeup.NextAsync();
        return peer;
    }

    protected async LoopTask<(Peer Client, Peer Server)> PairAsync(Address? address = null)
    {
        var acceptor = Listen(address);
        var client = await ConnectAsync(acceptor.Listener.LocalAddress);
        return (client, await acceptor.NextAsync());
    }

    /// <summary>Lets the loop run for a while: for claims that something does not happen.</summary>
    protected async LoopTask PassAsync(int ms)
    {
        var wakeup = new Wakeup(Loop);
        long untilMs = Loop.NowMs + ms;
        while (Loop.NowMs < untilMs)
            await wakeup.NextAsync(untilMs);
        wakeup.Cancel();
    }

    protected async LoopTask UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await PassAsync(5);
    }

    public void Dispose()
    {
        Loop.Dispose();
        GC.SuppressFinalize(this);
    }

    sealed class GiveUp : ITimed
    {
        public long OnTimer(long nowMs) => throw new TimeoutException("the test waits for ever");
    }
}

/// <summary>An action as posted work.</summary>
sealed class Work(Action action) : ILoopWork
{
    public void Run(Loop loop) => action();
}

/// <summary>One end of a connection, with waits around its reads and writes.</summary>
public sealed class Peer(Loop loop)
{
    public Wakeup Wakeup { get; } = new(loop);

    public Connection Connection { get; set; } = null!;

    public void Close() => Connection.Close();

    /// <summary>What Read answers when it does not answer Again.</summary>
    public async LoopTask<int> ReadAsync(Memory<byte> buffer)
    {
        while (true)
        {
            int result = Connection.Read(buffer.Span);
            if (result != IoResult.Again)
                return result;
            await Wakeup.NextAsync();
        }
    }

    public async LoopTask<byte[]> ReadExactlyAsync(int count)
    {
        var bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int result = await ReadAsync(bytes.AsMemory(have));
            Assert.True(result > 0, $"{result} after {have} of {count} bytes");
            have += result;
        }
        return bytes;
    }

    public async LoopTask<byte[]> ReadToEndAsync()
    {
        var all = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            int result = await ReadAsync(buffer);
            Assert.True(result >= 0, IoResult.Text(result));
            if (result == 0)
                return all.ToArray();
            all.Write(buffer, 0, result);
        }
    }

    public async LoopTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            int result = Connection.Write(bytes.Span);
            Assert.True(result >= 0, IoResult.Text(result));
            bytes = bytes[result..];
            if (bytes.IsEmpty)
                return;
            Assert.False(Connection.CanWrite, "a write that took less says so");
            await Wakeup.NextAsync();
        }
    }
}

/// <summary>Keeps accepted connections until a test asks for them.</summary>
public sealed class Acceptor(Loop loop, List<Peer> peers) : IAcceptHandler
{
    readonly Queue<Peer> accepted = new();
    readonly Wakeup wakeup = new(loop);

    public Listener Listener { get; set; } = null!;

    public List<(int Error, long AtMs)> Failures { get; } = [];

    public int AcceptedCount { get; private set; }

    public IConnectionHandler OnAccept(Listener listener, Connection connection)
    {
        var peer = new Peer(loop) { Connection = connection };
        peers.Add(peer);
        accepted.Enqueue(peer);
        AcceptedCount++;
        wakeup.Wake();
        return peer.Wakeup;
    }

    public void OnAcceptFailed(Listener listener, int error) =>
        Failures.Add((error, loop.NowMs));

    public async LoopTask<Peer> NextAsync()
    {
        Peer? peer;
        while (!accepted.TryDequeue(out peer))
            await wakeup.NextAsync();
        return peer;
    }
}

/// <summary>Counts what a handler is told, and does what the test wants.</summary>
sealed class Recorder : IConnectionHandler
{
    internal int Readable;
    internal int Writable;
    internal Action<Connection>? WhenReadable;
    internal Action<Connection>? WhenWritable;

    public void OnReadable(Connection connection)
    {
        Readable++;
        WhenReadable?.Invoke(connection);
    }

    public void OnWritable(Connection connection)
    {
        Writable++;
        WhenWritable?.Invoke(connection);
    }
}
