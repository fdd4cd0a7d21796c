using System.Diagnostics;
using Sluice.Net;
using Sluice.Proxy.Http1;

namespace Sluice.Cli.Bench;

/// <summary>One client of the load: it connects, shakes hands, and does what the run is about.</summary>
sealed class LoadConnection(Load load) : IConnectionHandler
{
    readonly Outbox outbox = new();
    readonly ResponseHead head = new();
    readonly Queue<long> sentAt = new();
    byte[] pending = new byte[1024];
    int pendingCount;
    long payloadLeft;
    long bodyLeft;
    long beganAt;
    int owedCount;
    State state;
    Connection? connection;

    enum State
    {
        Closed,

        /// <summary>The connect is under way.</summary>
        Connecting,

        /// <summary>The head of an answer is awaited.</summary>
        Head,

        /// <summary>The body of an answer to GET is read.</summary>
        Body,

        /// <summary>Frames come and go.</summary>
        Open,
    }

    public bool IsOpen =>
        state is State.Open or State.Body or State.Head && load.Options.Kind == LoadKind.Get;

    /// <summary>Messages that are on their way.</summary>
    public int InFlightCount => sentAt.Count;

    public void Connect()
    {
        beganAt = Stopwatch.GetTimestamp();
        pendingCount = 0;
        payloadLeft = 0;
        owedCount = 0;
        sentAt.Clear();
        head.Reset();
        state = State.Connecting;
        connection = load.Loop.Connect(load.Address, ConnectOptions.Default, this, out var error);
        if (connection is null)
            Fail($"connect: {IoResult.Text(error)}");
    }

    /// <summary>Sends one message, or one request.</summary>
    public void SendOne(long at)
    {
        sentAt.Enqueue(at);
        Send(load.MessageBytes);
    }

    /// <summary>
    /// Sends this many messages at once: what is in flight together leaves together, as it
    /// does from a client that gathers its writes.
    /// </summary>
    public void SendMany(int messagesCount)
    {
        var at = Stopwatch.GetTimestamp();
        for (var i = 0; i < messagesCount; i++)
            sentAt.Enqueue(at);
        var bytes = load.MessagesBytes;
        var left = (long)messagesCount * load.MessageBytes.Length;
        var to = connection;
        for (; left > 0 && connection == to; left -= bytes.Length)
            Send(bytes.AsSpan(0, (int)Math.Min(left, bytes.Length)));
    }

    /// <summary>Asks for another message, sent once everything that has come is read.</summary>
    public void OweOne() => owedCount++;

    public void OnWritable(Connection from)
    {
        if (from != connection)
            return;
        if (state == State.Connecting)
        {
            state = State.Head;
            if (load.Options.Kind == LoadKind.Get)
            {
                load.Opened(this);
                return;
            }
            Send(load.HandshakeBytes);
        }
        else if (!outbox.Flush(from))
        {
            Fail("send: the connection is broken");
        }
    }

    public void OnReadable(Connection from)
    {
        ReadAll(from);
        var messagesCount = owedCount;
        owedCount = 0;
        if (messagesCount > 0 && connection == from)
            SendMany(messagesCount);
    }

    void ReadAll(Connection from)
    {
        var moved = 0;
        while (from == connection && from.CanRead)
        {
            if (moved > NetLimits.BytesPerTurn)
            {
                from.Yield();
                return;
            }
            var scratch = load.Loop.Scratch;
            pending.AsSpan(0, pendingCount).CopyTo(scratch);
            var count = from.Read(scratch.AsSpan(pendingCount));
            if (count == IoResult.Again)
                return;
            if (count <= 0)
            {
                Fail(count == 0 ? "the server closed" : $"read: {IoResult.Text(count)}");
                return;
            }
            moved += count;
            var bytes = scratch.AsSpan(0, pendingCount + count);
            pendingCount = 0;
            Take(bytes);
        }
    }

    void Take(Span<byte> bytes)
    {
        while (bytes.Length > 0 && connection is not null)
        {
            var used = state switch
            {
                State.Head => TakeHead(bytes),
                State.Body => TakeBody(bytes),
                State.Open => TakeFrame(bytes),
                _ => bytes.Length,
            };
            if (used == 0)
            {
                Keep(bytes);
                return;
            }
            bytes = bytes[used..];
        }
    }

    int TakeHead(ReadOnlySpan<byte> bytes)
    {
        var status = head.Parse(bytes, NetLimits.ScratchBytes);
        if (status == HeadStatus.NeedMore)
            return 0;
        var wanted = load.Options.Kind == LoadKind.Get ? 200 : 101;
        if (status == HeadStatus.Rejected || head.Status != wanted)
        {
            Fail($"the answer was {head.Status}, not {wanted}");
            return bytes.Length;
        }
        var consumed = head.Consumed;
        if (load.Options.Kind == LoadKind.Get)
        {
            state = State.Body;
            bodyLeft = Math.Max(head.ContentLength, 0);
            head.Reset();
            if (bodyLeft == 0)
                FinishAnswer();
        }
        else
        {
            state = State.Open;
            if (load.Options.Kind == LoadKind.Handshake)
                FinishHandshake();
            else
                load.Opened(this);
        }
        return consumed;
    }

    int TakeBody(ReadOnlySpan<byte> bytes)
    {
        var used = (int)Math.Min(bodyLeft, bytes.Length);
        bodyLeft -= used;
        if (bodyLeft == 0)
            FinishAnswer();
        return used;
    }

    /// <summary>A frame's header, then its payload as it comes; each echo is checked by its bytes.</summary>
    int TakeFrame(ReadOnlySpan<byte> bytes)
    {
        if (payloadLeft == 0)
        {
            var used = Frame.ReadHeader(bytes, out payloadLeft, out _);
            if (used > 0 && payloadLeft != load.Options.Size)
                Fail($"an echo of {payloadLeft} bytes instead of {load.Options.Size}");
            return used;
        }
        var count = (int)Math.Min(payloadLeft, bytes.Length);
        var offset = (int)(load.Options.Size - payloadLeft);
        if (!bytes[..count].SequenceEqual(load.Payload.AsSpan(offset, count)))
            Fail("an echo with other bytes than were sent");
        payloadLeft -= count;
        if (payloadLeft == 0 && connection is not null)
            load.Finished(this, sentAt.Dequeue());
        return count;
    }

    void FinishAnswer()
    {
        state = State.Head;
        load.Finished(this, sentAt.Dequeue());
    }

    void FinishHandshake()
    {
        Close();
        load.Finished(this, beganAt);
    }

    public void Close()
    {
        connection?.Close();
        connection = null;
        state = State.Closed;
    }

    void Send(ReadOnlySpan<byte> bytes)
    {
        if (!outbox.Send(connection!, bytes))
            Fail("send: the connection is broken");
    }

    void Keep(ReadOnlySpan<byte> bytes)
    {
        if (pending.Length < bytes.Length)
            pending = new byte[bytes.Length];
        bytes.CopyTo(pending);
        pendingCount = bytes.Length;
    }

    void Fail(string reason)
    {
        var wasOpen = IsOpen;
        Close();
        load.Failed(this, wasOpen, reason);
    }
}
