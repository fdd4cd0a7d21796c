using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;

namespace Sluice.Net;

/// <summary>A socket of a <see cref="SocketLoop"/>.</summary>
sealed class SocketConnection : Connection, ITimed, IDisposable
{
    readonly SocketLoop loop;
    readonly Socket socket;
    readonly ReceiveOperation receive;
    SendOperation? send;
    TimerHandle lingerTimer;
    Address? remote;
    Address? local;

    /// <summary>What the socket failed with; the system tells it once.</summary>
    int error;

    bool isYielded;
    bool isEndOwed;
    bool isReleased;

    /// <summary>An accepted connection; the listener sets its handler.</summary>
    internal SocketConnection(SocketLoop loop, Socket socket)
        : base(loop, NoHandler.Instance)
    {
        this.loop = loop;
        this.socket = socket;
        receive = new(loop, this);
        Serial = NextSerial();
        State = ConnectionState.Open;
        CanWrite = true;
    }

    internal SocketConnection(
        SocketLoop loop, IConnectionHandler handler, Socket socket, Address remote)
        : base(loop, handler)
    {
        this.loop = loop;
        this.socket = socket;
        this.remote = remote;
        receive = new(loop, this);
        Serial = NextSerial();
        State = ConnectionState.Connecting;
    }

    public override Address RemoteAddress => remote ??= ManagedSocket.RemoteAddress(socket);

    public override Address LocalAddress => local ??= ManagedSocket.LocalAddress(socket);

    public override int Read(Span<byte> buffer)
    {
        loop.AssertCurrent();
        Debug.Assert(!buffer.IsEmpty, "a read of nothing looks like the end");
        if (!CanRead)
            return State == ConnectionState.Closed ? Native.BadDescriptor : IoResult.Again;
        if (error != 0)
            return error;
        int count = socket.Receive(buffer, SocketFlags.None, out var failure);
        if (failure == SocketError.WouldBlock)
        {
            AwaitBytes();
            return IoResult.Again;
        }
        if (failure != SocketError.Success)
        {
            error = ManagedSocket.ToResult(failure);
            IsPeerGone = true;
            return error;
        }
        if (count == 0)
            IsPeerGone = true;
        else if (count < buffer.Length && !IsPeerGone)
            AwaitBytes();
        return count;
    }

    public override int Write(ReadOnlySpan<byte> bytes)
    {
        loop.AssertCurrent();
        if (!CanWrite || bytes.IsEmpty)
            return State == ConnectionState.Closed ? Native.BadDescriptor : 0;
        if (isEndOwed)
            return IoResult.BrokenPipe;
        int count = socket.Send(bytes, SocketFlags.None, out var failure);
        if (failure is not SocketError.Success and not SocketError.WouldBlock)
        {
            int result = ManagedSocket.ToResult(failure);
            if (result != IoResult.BrokenPipe)
                error = result;
            return error != 0 ? error : result;
        }
        return count == bytes.Length ? count : count + Keep(bytes[count..]);
    }

    public override int Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (second.IsEmpty)
            return Write(first);
        if (first.IsEmpty)
            return Write(second);
        if (first.Length + second.Length <= loop.Staging.Length)
        {
            var both = loop.Staging.AsSpan(0, first.Length + second.Length);
            first.CopyTo(both);
            second.CopyTo(both[first.Length..]);
            return Write(both);
        }
        int count = Write(first);
        if (count < first.Length || !CanWrite)
            return count;
        return count + Math.Max(0, Write(second));
    }

    public override void ShutdownWrite()
    {
        loop.AssertCurrent();
        if (State != ConnectionState.Open || isEndOwed)
            return;
        isEndOwed = true;
        if (send is not { IsUnderWay: true })
            ManagedSocket.ShutdownSend(socket);
    }

    public override void Close(bool reset = false)
    {
        loop.AssertCurrent();
        if (State == ConnectionState.Closed)
            return;
        State = ConnectionState.Closed;
        CanRead = false;
        CanWrite = false;
        if (reset)
            ManagedSocket.SetResetOnClose(socket);
        if (reset || IsJoined())
        {
            Release();
            return;
        }
        // The system's own patience with a peer that takes nothing is limited in the same way.
        long dueMs = loop.NowMs + NetLimits.SendAfterCloseMs;
        lingerTimer = loop.Timers.Schedule(default, dueMs, this);
    }

    public override void Yield()
    {
        loop.AssertCurrent();
        if (isYielded || State != ConnectionState.Open)
            return;
        isYielded = true;
        loop.AddYielded(this);
    }

    public override void SetNoDelay(bool on)
    {
        loop.AssertCurrent();
        if (State != ConnectionState.Closed)
            ManagedSocket.SetNoDelay(socket, on);
    }

    public override void SetKeepAlive(
        bool on, int idleSeconds = 0, int intervalSeconds = 0, int count = 0)
    {
        loop.AssertCurrent();
        if (State != ConnectionState.Closed)
            ManagedSocket.SetKeepAlive(socket, on, idleSeconds, intervalSeconds, count);
    }

    /// <summary>0, or the -errno of an immediate refusal; the socket is closed then.</summary>
    internal int StartConnect()
    {
        var connect = new ConnectOperation(loop, this) { RemoteEndPoint = remote!.EndPoint };
        bool isPending = socket.ConnectAsync(connect);
        if (!isPending && connect.Error != 0)
        {
            int refusal = ConnectError(connect.Error);
            connect.Dispose();
            State = ConnectionState.Closed;
            Release();
            return refusal;
        }
        connect.Started(isPending);
        return 0;
    }

    /// <summary>Waits for the first bytes of an accepted connection.</summary>
    internal void StartReading() => AwaitBytes();

    internal void OnYielded()
    {
        isYielded = false;
        if (State == ConnectionState.Open)
            Handler.OnReadable(this);
    }

    /// <summary>
    /// Closes the socket. An operation under way ends with an error, and what it held goes back
    /// to its pool when it has.
    /// </summary>
    internal void Release()
    {
        if (isReleased)
            return;
        isReleased = true;
        State = ConnectionState.Closed;
        loop.Timers.Cancel(ref lingerTimer);
        loop.Remove(this);
        socket.Dispose();
        if (!receive.IsUnderWay)
            receive.Dispose();
        if (send is { IsUnderWay: false })
            send.Dispose();
    }

    void IDisposable.Dispose() => Release();

    /// <summary>The other side takes nothing, and the time for what was owed is over.</summary>
    long ITimed.OnTimer(long nowMs)
    {
        ManagedSocket.SetResetOnClose(socket);
        Release();
        return 0;
    }

    /// <summary>
    /// True when nothing is under way any more. What Write took goes out first; then both
    /// directions are shut down, which ends the receive. On Unix a socket that is disposed of
    /// with an operation under way resets, and the other side loses bytes.
    /// </summary>
    bool IsJoined()
    {
        if (send is { IsUnderWay: true })
            return false;
        if (!receive.IsUnderWay || OperatingSystem.IsWindows())
            return true;
        return !ManagedSocket.ShutdownBoth(socket);
    }

    void AwaitBytes()
    {
        CanRead = false;
        if (!receive.IsUnderWay)
            receive.Started(socket.ReceiveAsync(receive));
    }

    void OnConnected(int failure)
    {
        if (State != ConnectionState.Connecting)
            return;
        if (failure != 0)
        {
            error = ConnectError(failure);
            CanRead = true;
            Handler.OnReadable(this);
            return;
        }
        State = ConnectionState.Open;
        AwaitBytes();
        Tell(readable: false, writable: true, peerGone: false);
    }

    void OnReceived()
    {
        if (State != ConnectionState.Open)
        {
            ReleaseWhenJoined();
            receive.Dispose();
            return;
        }
        int found = receive.Error != 0 ? receive.Error : ManagedSocket.Peek(socket);
        if (found == IoResult.Again)
        {
            AwaitBytes();
            return;
        }
        if (found < 0)
            error = found;
        Tell(readable: true, writable: false, peerGone: found <= 0);
    }

    /// <summary>
    /// The kernel is full: the rest, as far as it fits, is sent from a buffer of our own. Until
    /// it is gone no write takes anything.
    /// </summary>
    int Keep(ReadOnlySpan<byte> rest)
    {
        CanWrite = false;
        send ??= new(loop, this);
        int count = Math.Min(rest.Length, NetLimits.KeptBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(count);
        rest[..count].CopyTo(buffer);
        send.SetBuffer(buffer, 0, count);
        send.Started(socket.SendAsync(send));
        return count;
    }

    void OnSent(SendOperation sent)
    {
        int failure = sent.Error;
        if (failure == 0 && sent.BytesTransferred < sent.Count && !isReleased)
        {
            sent.SetBuffer(sent.Offset + sent.BytesTransferred, sent.Count - sent.BytesTransferred);
            sent.Started(socket.SendAsync(sent));
            return;
        }
        ArrayPool<byte>.Shared.Return(sent.Buffer!);
        sent.SetBuffer(null, 0, 0);
        if (State != ConnectionState.Open)
        {
            ReleaseWhenJoined();
            return;
        }
        if (failure != 0)
            error = failure;
        else if (isEndOwed)
            ManagedSocket.ShutdownSend(socket);
        Tell(readable: failure != 0, writable: true, peerGone: failure != 0);
    }

    void ReleaseWhenJoined()
    {
        if (isReleased)
            send?.Dispose();
        else if (IsJoined())
            Release();
    }

    /// <summary>The managed names have no word for a path that is not there.</summary>
    int ConnectError(int failure) =>
        remote!.IsUnix && failure == -99 ? Native.NoSuchFile : failure;

    sealed class ConnectOperation(SocketLoop loop, SocketConnection connection)
        : SocketOperation(loop)
    {
        protected override void OnDone()
        {
            connection.OnConnected(Error);
            Dispose();
        }
    }

    /// <summary>Receives no bytes: it completes when there are some, or the end.</summary>
    sealed class ReceiveOperation(SocketLoop loop, SocketConnection connection)
        : SocketOperation(loop)
    {
        protected override void OnDone() => connection.OnReceived();
    }

    sealed class SendOperation(SocketLoop loop, SocketConnection connection)
        : SocketOperation(loop)
    {
        protected override void OnDone() => connection.OnSent(this);
    }
}
