namespace Sluice.SocketIO.Typed;

/// <summary>
/// Handles the events of one socket: there is an instance for each, made when the socket has come
/// and disposed of when it is gone, with a scope of services of its own. Methods with
/// <see cref="SocketEventAttribute"/> are called for events; what they return is the
/// acknowledgement. The table that leads there is generated at compile time.
/// </summary>
public abstract class SocketHandler
{
    private protected SocketHandler()
    {
    }

    /// <summary>The socket; not there yet in the constructor.</summary>
    public Socket Socket
    {
        get => field ?? throw new InvalidOperationException(
            "The socket is there after the constructor.");
        private set;
    }

    /// <summary>How long a client may take to answer a call of its interface.</summary>
    protected virtual TimeSpan AnswerTimeout => SocketClientTarget.DefaultTimeout;

    /// <summary>The socket has come. Its events wait until this is done.</summary>
    protected internal virtual Task OnConnectedAsync() => Task.CompletedTask;

    /// <summary>The socket is gone, and out of its rooms.</summary>
    protected internal virtual Task OnDisconnectedAsync(string reason) => Task.CompletedTask;

    internal virtual void Attach(Socket socket) => Socket = socket;

    private protected TimeSpan Timeout => AnswerTimeout;
}

/// <summary>A handler whose clients understand the methods of an interface.</summary>
/// <typeparam name="TClient">
/// Its methods return nothing, a task, or a task of the client's answer.
/// </typeparam>
public abstract class SocketHandler<TClient> : SocketHandler
    where TClient : class
{
    /// <summary>The socket's client.</summary>
    protected TClient Client => field ??= Socket.As<TClient>(Timeout);

    /// <summary>Everybody in the namespace.</summary>
    protected TClient All => Socket.Namespace.As<TClient>();

    /// <summary>Everybody in the namespace but this client.</summary>
    protected TClient Others => Socket.Broadcast.As<TClient>();

    /// <summary>Everybody in these rooms but this client.</summary>
    protected TClient OthersIn(params string[] rooms) => Socket.To(rooms).As<TClient>();

    /// <summary>Everybody in these rooms, this client included if it is there.</summary>
    protected TClient AllIn(params string[] rooms) =>
        Socket.Namespace.In(rooms).As<TClient>();
}
