using System.Buffers;
using System.Net.Sockets;
using System.Text;

namespace Sluice.EndToEnd.Servers;

/// <summary>
/// What a socket has sent us: a pump appends, readers wait for what they look for. Used by both
/// ends, the client and the backend.
/// </summary>
public sealed class ReceiveBuffer
{
    readonly Lock gate = new();
    byte[] bytes = [];
    int start;
    int end;
    TaskCompletionSource changed = New();

    /// <summary>True once the other side has closed or reset; <see cref="Reset"/> says which.</summary>
    public bool Ended { get; private set; }

    /// <summary>True when the connection ended with an error (RST) rather than an orderly end.</summary>
    public bool Reset { get; private set; }

    /// <summary>Bytes that have arrived and were not taken.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return end - start;
        }
    }

    /// <summary>Reads the socket until its end. Never throws: an error is an end.</summary>
    public async Task PumpAsync(Socket socket)
    {
        try
        {
            // Thousands of idle connections hold no buffer: it is rented once there are bytes.
            do
                await socket.ReceiveAsync(Memory<byte>.Empty);
            while (await ReadAsync(socket));
            End(reset: false);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            End(reset: true);
        }
    }

    /// <summary>A reader of the bytes that are there: it says how many it takes, or -1: not yet.</summary>
    public delegate int Reader(ReadOnlySpan<byte> bytes, bool ended);

    /// <summary>
    /// Offers the bytes to <paramref name="reader"/> whenever more arrive, until it takes some.
    /// </summary>
    /// <returns>False when the connection ended, or time was up, before the reader took any.</returns>
    public async Task<bool> TakeAsync(Reader reader, TimeSpan bound)
    {
        using var patience = new CancellationTokenSource(bound);
        while (true)
        {
            Task more;
            lock (gate)
            {
                var taken = reader(bytes.AsSpan(start, end - start), Ended);
                if (taken >= 0)
                {
                    start += taken;
                    return true;
                }
                if (Ended)
                    return false;
                more = changed.Task;
            }
            try
            {
                await more.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    /// <summary>Waits until <paramref name="text"/> (Latin-1) has arrived; takes nothing.</summary>
    public Task<bool> HasAsync(string text, TimeSpan bound)
    {
        var pattern = Encoding.Latin1.GetBytes(text);
        return TakeAsync((bytes, _) => bytes.IndexOf(pattern) >= 0 ? 0 : -1, bound);
    }

    /// <summary>Waits until the other side ends the connection; false when it does not.</summary>
    public Task<bool> EndAsync(TimeSpan bound) => TakeAsync((_, ended) => ended ? 0 : -1, bound);

    /// <summary>Takes all that is there.</summary>
    public byte[] TakeRest()
    {
        lock (gate)
        {
            var rest = bytes.AsSpan(start, end - start).ToArray();
            start = end;
            return rest;
        }
    }

    /// <summary>Appends what is there; false at the end of the connection.</summary>
    async Task<bool> ReadAsync(Socket socket)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var read = await socket.ReceiveAsync(chunk.AsMemory());
            Append(chunk.AsSpan(0, read));
            return read > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    void Append(ReadOnlySpan<byte> more)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            if (bytes.Length - end < more.Length)
                Grow(more.Length);
            more.CopyTo(bytes.AsSpan(end));
            end += more.Length;
            signal = changed;
            changed = New();
        }
        signal.SetResult();
    }

    void End(bool reset)
    {
        lock (gate)
        {
            Ended = true;
            Reset = reset;
        }
        changed.TrySetResult();
    }

    void Grow(int more)
    {
        var count = end - start;
        var larger = bytes.Length >= count + more
            ? bytes
            : new byte[Math.Max(bytes.Length * 2, count + more + 256)];
        bytes.AsSpan(start, count).CopyTo(larger);
        (bytes, start, end) = (larger, 0, count);
    }

    static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
