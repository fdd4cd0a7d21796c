using System.Net.Sockets;

namespace Sluice.Net;

/// <summary>A listening socket of a <see cref="SocketLoop"/>, with one accept under way.</summary>
sealed class SocketListener : Listener, ITimed, IDisposable
{
    readonly SocketLoop loop;
    readonly Socket socket;
    readonly ListenOptions options;
    readonly IAcceptHandler handler;
    readonly AcceptOperation accept;
    TimerHandle pause;
    bool isClosed;

    internal SocketListener(
        SocketLoop loop,
        Socket socket,
        Address address,
        ListenOptions options,
        IAcceptHandler handler)
    {
        this.loop = loop;
        this.socket = socket;
        this.options = options;
        this.handler = handler;
        accept = new(loop, this);
        LocalAddress = address.IsUnix ? address : ManagedSocket.LocalAddress(socket);
    }

    public override Address LocalAddress { get; }

    internal void Start() => accept.Started(socket.AcceptAsync(accept));

    public override void Close()
    {
        loop.AssertCurrent();
        if (isClosed)
            return;
        isClosed = true;
        loop.Timers.Cancel(ref pause);
        loop.Remove(this);
        socket.Dispose();
        if (LocalAddress.IsUnix)
            ManagedSocket.Unlink(LocalAddress);
        if (!accept.IsUnderWay)
            accept.Dispose();
    }

    void IDisposable.Dispose() => Close();

    /// <summary>
    /// One completion of the queue is one client, so the bound on a turn is the queue's.
    /// </summary>
    void OnAccepted()
    {
        var accepted = accept.AcceptSocket;
        int failure = accept.Error;
        accept.AcceptSocket = null;
        if (isClosed)
        {
            accepted?.Dispose();
            accept.Dispose();
            return;
        }
        if (failure == 0)
        {
            if (ManagedSocket.Number(accepted!) >= loop.Descriptors.AcceptLimit)
                failure = IoResult.TooManyOpenFiles;
            Welcome(accepted!);
        }
        if (failure != 0)
            Recover(failure);
        else if (!isClosed)
            Start();
    }

    /// <summary>Only what concerns one client lets the listener go on at once.</summary>
    void Recover(int failure)
    {
        if (isClosed)
            return;
        if (failure is Native.ConnectionAborted or IoResult.ConnectionReset)
            Start();
        else
            pause = loop.Timers.Schedule(pause, loop.NowMs + NetLimits.AcceptPauseMs, this);
        handler.OnAcceptFailed(this, failure);
    }

    void Welcome(Socket accepted)
    {
        if (!ManagedSocket.SetUpAccepted(accepted, options))
        {
            accepted.Dispose();
            return;
        }
        var connection = new SocketConnection(loop, accepted);
        loop.Add(connection);
        connection.SetAcceptHandler(handler.OnAccept(this, connection));
        if (connection.State == ConnectionState.Open)
            connection.StartReading();
    }

    /// <summary>The pause is over, if there is a descriptor for another client.</summary>
    long ITimed.OnTimer(long nowMs)
    {
        if (ManagedSocket.IsRoomBelow(loop.Descriptors.AcceptLimit))
        {
            Start();
            return 0;
        }
        handler.OnAcceptFailed(this, IoResult.TooManyOpenFiles);
        return isClosed ? 0 : nowMs + NetLimits.AcceptPauseMs;
    }

    sealed class AcceptOperation(SocketLoop loop, SocketListener listener) : SocketOperation(loop)
    {
        protected override void OnDone() => listener.OnAccepted();
    }
}
