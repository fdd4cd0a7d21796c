using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.Kestrel;

/// <summary>
/// A connection of Kestrel's: two pipes, and one loop each between them and the socket, which can
/// be taken away from both.
/// </summary>
sealed class DetachableConnection : DefaultConnectionContext,
    IConnectionSocketFeature, IMemoryPoolFeature, IDetachableSocket
{
    readonly NetSocket socket;
    readonly Pipe input;
    readonly Pipe output;

    /// <summary>What Kestrel got; who has put something else there stands in between.</summary>
    readonly IDuplexPipe ends;
    readonly DetachedSockets detached;
    readonly CancellationTokenSource detaching = new();
    readonly CancellationTokenSource closed = new();
    readonly Lock gate = new();
    List<ArraySegment<byte>>? segments;
    Task receiving = Task.CompletedTask;
    Task sending = Task.CompletedTask;
    Exception? reason;
    State state;

    enum State
    {
        Open,

        /// <summary>The socket is somebody else's.</summary>
        Detached,

        /// <summary>The socket is shut down and closed.</summary>
        Closed,
    }

    /// <param name="id">Of the connection, in logs.</param>
    /// <param name="socket">Of an accepted connection.</param>
    /// <param name="pool">Of the pipes' memory.</param>
    /// <param name="pipes">How much they may hold, and on which thread they go on.</param>
    /// <param name="detached">Where the socket stands when it has been taken away.</param>
    public DetachableConnection(
        string id, NetSocket socket, MemoryPool<byte> pool, DetachablePipes pipes,
        DetachedSockets detached)
        : this(id, socket, pool, new Pipe(pipes.Input), new Pipe(pipes.Output), detached)
    {
    }

    DetachableConnection(
        string id, NetSocket socket, MemoryPool<byte> pool, Pipe input, Pipe output,
        DetachedSockets detached)
        : base(
            id, new DuplexPipe(input.Reader, output.Writer),
            new DuplexPipe(output.Reader, input.Writer))
    {
        this.socket = socket;
        this.input = input;
        this.output = output;
        this.detached = detached;
        ends = Transport;
        MemoryPool = pool;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = closed.Token;
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IDetachableSocket>(this);
    }

    public NetSocket Socket => socket;

    public MemoryPool<byte> MemoryPool { get; }

    public void Start()
    {
        receiving = ReceiveAllAsync();
        sending = SendAllAsync();
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        Close(abortReason);
        output.Reader.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        await ends.Input.CompleteAsync();
        // What is still in the pipe leaves before the socket is closed.
        await ends.Output.CompleteAsync();
        await sending;
        await receiving;
        if (!closed.IsCancellationRequested)
            await TellAsync();
        await base.DisposeAsync();
    }

    public async Task<(DetachedSocket Socket, byte[] Unread)?> DetachAsync()
    {
        if (!ReferenceEquals(Transport, ends))
            return null;
        await detaching.CancelAsync();
        input.Writer.CancelPendingFlush();
        output.Reader.CancelPendingRead();
        await receiving;
        await sending;
        var rest = await RestAsync();
        if (rest is null)
            Close(reason: null);
        lock (gate)
        {
            if (state != State.Open)
                return null;
            state = State.Detached;
            // A full socket answers at once; it concerns synchronous calls alone.
            socket.Blocking = false;
            return (detached.Add(socket), rest!);
        }
    }

    /// <summary>What has come and nobody has read; null when it ends with an error.</summary>
    async Task<byte[]?> RestAsync()
    {
        try
        {
            // Nothing more comes in: one read has all of it.
            var read = await ends.Input.ReadAsync();
            var rest = read.Buffer.ToArray();
            ends.Input.AdvanceTo(read.Buffer.End);
            return rest;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return null;
        }
    }

    async Task ReceiveAllAsync()
    {
        Exception? error = null;
        try
        {
            await ReceiveIntoAsync(input.Writer);
        }
        catch (OperationCanceledException) when (detaching.IsCancellationRequested)
        {
            // What has come so far is the end.
        }
        catch (SocketException failure) when (failure.SocketErrorCode is
            SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            error = new ConnectionResetException(failure.Message, failure);
        }
        catch (Exception failure)
        {
            // Whatever it is, the request must not wait for more.
            error = failure;
        }

        await input.Writer.CompleteAsync(error is null ? null : reason ?? error);
        if (!detaching.IsCancellationRequested)
            await TellAsync();
    }

    /// <summary>Tells of the end; who fails over it keeps nothing from being closed.</summary>
    async Task TellAsync() =>
        await closed.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits for bytes with no memory in hand, then takes what there is.</summary>
    async Task ReceiveIntoAsync(PipeWriter writer)
    {
        while (true)
        {
            _ = await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, detaching.Token);
            var length = await socket.ReceiveAsync(
                writer.GetMemory(), SocketFlags.None, detaching.Token);
            if (length == 0)
                return;
            writer.Advance(length);
            var flush = await writer.FlushAsync(CancellationToken.None);
            if (flush.IsCompleted || flush.IsCanceled)
                return;
        }
    }

    async Task SendAllAsync()
    {
        try
        {
            while (true)
            {
                var read = await output.Reader.ReadAsync();
                if (!read.Buffer.IsEmpty)
                    await SendAsync(read.Buffer);
                output.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                    break;
            }
        }
        catch (Exception)
        {
            // The receiving side says so.
        }

        if (!detaching.IsCancellationRequested)
            Close(reason: null);
        await output.Reader.CompleteAsync();
        // Kestrel's end may have been waited for, with nobody there to read.
        input.Writer.CancelPendingFlush();
    }

    async Task SendAsync(ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsSingleSegment)
        {
            await socket.SendAsync(buffer.First, SocketFlags.None);
            return;
        }

        segments ??= [];
        segments.Clear();
        foreach (var memory in buffer)
            segments.Add(MemoryMarshal.TryGetArray(memory, out var segment)
                ? segment : memory.ToArray());
        await socket.SendAsync(segments, SocketFlags.None);
    }

    void Close(Exception? reason)
    {
        lock (gate)
        {
            if (state != State.Open)
                return;
            state = State.Closed;
            this.reason = reason ?? new ConnectionAbortedException();
            DetachedSocket.Shut(socket);
        }
    }

    sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
