namespace Sluice.Net;

public enum ConnectionState
{
    /// <summary>The connect is under way; nothing can be moved yet.</summary>
    Connecting,

    /// <summary>Bytes may flow in both directions.</summary>
    Open,

    /// <summary>Closed by us; no handler is called any more.</summary>
    Closed,
}

/// <summary>Called on the loop's thread when a connection may be able to go on.</summary>
public interface IConnectionHandler
{
    /// <summary>Bytes, the end or an error may be there: <see cref="Connection.Read"/> tells.</summary>
    void OnReadable(Connection connection);

    /// <summary>The connect finished, or a connection that took less than it was given takes more.</summary>
    void OnWritable(Connection connection);

    /// <summary>
    /// Reads the fields that an event of this connection will need, because one is about to come;
    /// see <see cref="Connection.Touch"/>. For who is one of thousands.
    /// </summary>
    int Touch(Connection connection) => 0;
}

/// <summary>
/// One stream socket of a loop. Edge-triggered: once <see cref="CanRead"/> is false the handler's
/// OnReadable is called when there is more; while it is true nobody will call, the owner reads
/// when it likes. In the same way <see cref="CanWrite"/> and OnWritable.
/// </summary>
/// <remarks>
/// A call may come although nothing can be moved: Read then answers
/// <see cref="IoResult.Again"/> and Write 0. One call comes although CanRead is true: the one
/// that tells of <see cref="IsPeerGone"/>.
/// </remarks>
public abstract class Connection
{
    static long lastSerial;

    protected Connection(Loop loop, IConnectionHandler handler)
    {
        Loop = loop;
        Handler = handler;
    }

    public Loop Loop { get; }

    /// <summary>Who is told of events. Swapped when a connection changes its purpose.</summary>
    public IConnectionHandler Handler { get; set; }

    public ConnectionState State { get; protected set; }

    /// <summary>
    /// False once Read answered Again or took the last byte there was, until the next OnReadable.
    /// At the end of the stream and after an error it stays true.
    /// </summary>
    public bool CanRead { get; protected set; }

    /// <summary>
    /// False once the kernel took less than it was given, until the next OnWritable.
    /// </summary>
    public bool CanWrite { get; protected set; }

    /// <summary>
    /// The other side has ended its direction or reset (EPOLLRDHUP): a hint that comes without
    /// reading, for noticing a client that left while its answer is under way. SocketLoop
    /// notices only when everything before has been read.
    /// </summary>
    public bool IsPeerGone { get; protected set; }

    /// <summary>
    /// A number unique in the process while it runs ($connection); counted from 1 in each
    /// simulated network.
    /// </summary>
    public long Serial { get; protected init; }

    public abstract Address RemoteAddress { get; }

    public abstract Address LocalAddress { get; }

    /// <summary>
    /// Lets go of address objects that can be made again: for a connection that lives long and
    /// is rarely asked for them.
    /// </summary>
    public virtual void TrimAddresses()
    {
    }

    /// <summary>&gt; 0 bytes read; 0 the end of the stream; Again; or -errno. Never blocks.</summary>
    public abstract int Read(Span<byte> buffer);

    /// <summary>
    /// How many bytes were taken, possibly fewer than given or none (then CanWrite is false and
    /// OnWritable follows); or -errno. Never blocks. SocketLoop keeps what the kernel did not
    /// take, up to a bound: CanWrite may then be false although everything was taken.
    /// </summary>
    public abstract int Write(ReadOnlySpan<byte> bytes);

    /// <summary>As Write, both pieces in one system call.</summary>
    public abstract int Write(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>
    /// Reads what moving bytes will need, so that it is in the processor's cache by then. What
    /// the answer is made of does not matter, only that it was read.
    /// </summary>
    public virtual int Touch() => 0;

    /// <summary>Ends our direction; the other side may still send (lingering close).</summary>
    public abstract void ShutdownWrite();

    /// <summary>
    /// Closes. What Write took is still delivered, unless <paramref name="reset"/> asks for RST
    /// (reset_timedout_connection). No handler is called afterwards. Idempotent.
    /// </summary>
    /// <remarks>
    /// A TCP socket that is closed with unread bytes sends RST whoever asked, and the other side
    /// may then lose what it had not read yet: hence <see cref="ShutdownWrite"/> and reading to
    /// the end first (lingering close).
    /// </remarks>
    public abstract void Close(bool reset = false);

    /// <summary>
    /// Has OnReadable called again at the end of the current turn's run queue: for an owner that
    /// has moved its share of bytes while CanRead is still true.
    /// </summary>
    public abstract void Yield();

    public abstract void SetNoDelay(bool on);

    /// <summary>What the kernel knows of the connection; false where it does not tell.</summary>
    public virtual bool TryGetTcpInfo(out TcpInfo info)
    {
        info = default;
        return false;
    }

    /// <summary>SO_KEEPALIVE; a zero leaves the system's setting (seconds, seconds, count).</summary>
    public abstract void SetKeepAlive(
        bool on, int idleSeconds = 0, int intervalSeconds = 0, int count = 0);

    /// <summary>
    /// Takes OnAccept's answer, unless the handler was set already while OnAccept ran.
    /// </summary>
    internal void SetAcceptHandler(IConnectionHandler handler)
    {
        if (ReferenceEquals(Handler, NoHandler.Instance))
            Handler = handler;
    }

    private protected static long NextSerial() => Interlocked.Increment(ref lastSerial);

    /// <summary>Open before anybody was told so: OnWritable is still owed.</summary>
    private protected bool IsOpenUntold { get; set; }

    /// <summary>
    /// Hands an event of the loop's turn to the handler: only what it does not know yet, and
    /// nothing once it has closed the connection.
    /// </summary>
    private protected void Tell(bool readable, bool writable, bool peerGone)
    {
        bool tellReadable = readable && (!CanRead || (peerGone && !IsPeerGone));
        bool tellWritable = writable && (!CanWrite || IsOpenUntold);
        CanRead |= readable;
        IsPeerGone |= peerGone;
        if (tellWritable)
        {
            IsOpenUntold = false;
            CanWrite = true;
            Handler.OnWritable(this);
        }
        // OnWritable may have read everything, or closed.
        if (tellReadable && CanRead)
            Handler.OnReadable(this);
    }
}

/// <summary>Between accept and the answer of OnAccept.</summary>
sealed class NoHandler : IConnectionHandler
{
    internal static readonly NoHandler Instance = new();

    public void OnReadable(Connection connection)
    {
    }

    public void OnWritable(Connection connection)
    {
    }
}
