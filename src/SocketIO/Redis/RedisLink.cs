using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using TcpSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.Redis;

/// <summary>What a link tells the client that it belongs to.</summary>
interface IRedisLinkOwner
{
    /// <summary>Connected and logged in; commands can be sent.</summary>
    void OnReady(RedisLink link);

    /// <summary>An answer, or what a subscription brought.</summary>
    void OnValue(RedisLink link, RedisValue value);

    /// <summary>It is time for a command that Redis answers at once.</summary>
    void OnPing(RedisLink link);

    /// <summary>The connection is gone; another attempt follows by itself.</summary>
    void OnLost(RedisLink link, RedisException reason);
}

/// <summary>
/// One connection to Redis that comes back by itself. What is sent is collected and written by
/// whoever comes first, so that nobody who sends ever waits.
/// </summary>
sealed class RedisLink : IAsyncDisposable
{
    readonly RedisClientOptions options;
    readonly ILogger log;
    readonly TimeProvider time;
    readonly IRedisLinkOwner owner;
    readonly string purpose;
    readonly CancellationTokenSource stop = new();
    readonly Lock sync = new();
    readonly Task run;
    ArrayBufferWriter<byte> outgoing = new();
    ArrayBufferWriter<byte> writing = new();
    Stream? stream;
    bool isWriting;
    long lastReceived;

    /// <param name="options">They must not change any more.</param>
    /// <param name="purpose">What it is for, for the log.</param>
    /// <param name="owner">Told of everything; never while a lock is held.</param>
    /// <param name="log">Where it tells of failures.</param>
    /// <param name="time">The clock of pauses and timeouts.</param>
    public RedisLink(
        RedisClientOptions options, string purpose, IRedisLinkOwner owner, ILogger log,
        TimeProvider time)
    {
        this.options = options;
        this.purpose = purpose;
        this.owner = owner;
        this.log = log;
        this.time = time;
        // The owner's constructor goes on first.
        run = Task.Run(RunAsync);
    }

    /// <summary>Sends a command; false when there is no connection or too much waits.</summary>
    public bool TrySend(string command, IReadOnlyList<ReadOnlyMemory<byte>> arguments)
    {
        Stream target;
        lock (sync)
        {
            if (stream is null || outgoing.WrittenCount >= Limits.UnsentBytesMax)
                return false;
            RespWriter.Write(outgoing, command, arguments);
            if (isWriting)
                return true;
            isWriting = true;
            target = stream;
        }

        _ = WriteAsync(target);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await run;
        stop.Dispose();
    }

    /// <summary>For as long as the client lives: connect → use → pause.</summary>
    async Task RunAsync()
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            RedisException reason;
            var wasReady = false;
            try
            {
                await using var connected = await ConnectAsync();
                wasReady = true;
                reason = await UseAsync(connected);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                reason = e as RedisException
                    ?? new RedisException($"Redis at {options.Address} cannot be reached.", e);
            }

            lock (sync)
                stream = null;
            owner.OnLost(this, reason);
            if (stop.IsCancellationRequested)
                return;
            failures = wasReady ? 0 : failures + 1;
            if (failures <= 1)
                log.RedisLost(purpose, options.Address.ToString(), reason.Message,
                    reason.InnerException?.Message ?? "");
            await PauseAsync(failures);
        }
    }

    async Task<Stream> ConnectAsync()
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        late.CancelAfter(options.ConnectTimeout);
        var socket = new TcpSocket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? opened = null;
        try
        {
            await socket.ConnectAsync(options.Address.Host, options.Address.Port, late.Token);
            opened = new NetworkStream(socket, ownsSocket: true);
            if (options.Address.UseTls)
            {
                var tls = new SslStream(opened);
                opened = tls;
                await tls.AuthenticateAsClientAsync(
                    options.Tls ?? new SslClientAuthenticationOptions
                    {
                        TargetHost = options.Address.Host,
                    }, late.Token);
            }

            await RedisLogin.RunAsync(opened, options.Address, late.Token);
            return opened;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (opened is not null)
                await opened.DisposeAsync();
            if (e is OperationCanceledException && !stop.IsCancellationRequested)
                throw new RedisException(
                    $"Redis at {options.Address} did not answer within {options.ConnectTimeout}.");
            throw;
        }
    }

    /// <summary>Reads until the connection ends.</summary>
    /// <returns>Why it ended.</returns>
    async Task<RedisException> UseAsync(Stream connected)
    {
        lock (sync)
        {
            stream = connected;
            // Of the connection before, somebody may still be writing what was in these.
            outgoing = new();
            writing = new();
            isWriting = false;
            lastReceived = time.GetTimestamp();
        }

        log.RedisReady(purpose, options.Address.ToString());
        owner.OnReady(this);
        using var pings = time.CreateTimer(
            _ => Ping(connected), null, options.PingInterval, options.PingInterval);
        var reader = new RespReader();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (true)
            {
                var length = await connected.ReadAsync(buffer, stop.Token);
                if (length == 0)
                    return new RedisException(
                        $"Redis at {options.Address} closed the connection.");
                lastReceived = time.GetTimestamp();
                if (!Take(reader, buffer.AsSpan(0, length)))
                    return new RedisException(
                        $"What listens at {options.Address} does not speak as Redis does.");
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return new RedisException($"The connection to Redis at {options.Address} broke.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    bool Take(RespReader reader, ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            switch (reader.Read(ref bytes, out var value))
            {
                case RespStatus.Complete:
                    owner.OnValue(this, value);
                    break;
                case RespStatus.NeedMore:
                    return true;
                default:
                    return false;
            }
        }
    }

    void Ping(Stream connected)
    {
        if (time.GetElapsedTime(lastReceived) > 2 * options.PingInterval)
            // The read fails, and the loop begins anew.
            connected.Dispose();
        else
            owner.OnPing(this);
    }

    async Task WriteAsync(Stream target)
    {
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> bytes;
                lock (sync)
                {
                    if (stream != target)
                        return;
                    Empty(ref writing);
                    if (outgoing.WrittenCount == 0)
                    {
                        isWriting = false;
                        return;
                    }

                    (outgoing, writing) = (writing, outgoing);
                    bytes = writing.WrittenMemory;
                }

                await target.WriteAsync(bytes, stop.Token);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException
            or OperationCanceledException)
        {
            // The reading side ends too and tells why.
            await target.DisposeAsync();
        }
    }

    /// <summary>A buffer that a burst has made large is not kept.</summary>
    static void Empty(ref ArrayBufferWriter<byte> buffer)
    {
        const int keptBytesMax = 256 * 1024;
        if (buffer.Capacity > keptBytesMax)
            buffer = new ArrayBufferWriter<byte>();
        else
            buffer.ResetWrittenCount();
    }

    async Task PauseAsync(int failures)
    {
        var ms = options.ReconnectDelayMin.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 20));
        ms = Math.Min(ms, options.ReconnectDelayMax.TotalMilliseconds);
        // Nodes that lost the same Redis do not all come back in the same moment.
        ms *= RandomNumberGenerator.GetInt32(75, 126) / 100.0;
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(ms), time, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }
}
