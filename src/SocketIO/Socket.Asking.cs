using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>Questions to the client, and the answers that it still owes.</summary>
public sealed partial class Socket
{
    Dictionary<long, PendingAck>? acks;

    readonly record struct PendingAck(
        Action<Packet> OnAck, Action? OnGone, CancellationTokenRegistration Stop);

    /// <summary>Asks the client and waits for its answer, without a timeout.</summary>
    /// <exception cref="SocketDisconnectedException">The socket went away.</exception>
    /// <exception cref="InvalidOperationException">The client owes too many answers.</exception>
    public Task<EventArguments> EmitWithAckAsync(
        string name, object?[] arguments, CancellationToken cancel = default) =>
        AskAsync(Codec.EncodeEvent(name, arguments), SocketOperator.Plain, cancel);

    internal async Task<EventArguments> AskAsync(
        EventData data, BroadcastOptions options, CancellationToken cancel)
    {
        var answer = new TaskCompletionSource<Packet>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        using var late = options.Timeout is { } timeout
            ? new CancellationTokenSource(timeout, nsp.Server.Time) : null;
        using var either = late is not null && cancel.CanBeCanceled
            ? CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token) : null;
        var stop = either?.Token ?? late?.Token ?? cancel;
        var id = nsp.NextAckId();
        if (!TryExpectAck(
            id, packet => answer.TrySetResult(packet),
            () => answer.TrySetException(new SocketDisconnectedException()), stop))
            throw new InvalidOperationException("Too many acknowledgements are pending.");
        var packet = data.ToPacket(PacketType.Event, nsp.Name, id);
        if (state != State.Gone)
            nsp.Adapter.Follow(() => Deliver(packet, nsp.Encode(packet), options));
        try
        {
            var ack = await answer.Task.WaitAsync(stop);
            return new EventArguments(ack.Json, ack.Attachments, skip: 0, Codec);
        }
        catch (OperationCanceledException) when (late?.IsCancellationRequested == true)
        {
            nsp.Server.Metrics.AckTimedOut();
            throw new AckTimeoutException();
        }
    }

    /// <summary>Gives the client a number for an answer.</summary>
    /// <returns>False when it owes too many already.</returns>
    internal bool TryExpectAck(
        long id, Action<Packet> onAck, Action? onGone, CancellationToken cancel)
    {
        var stop = cancel.UnsafeRegister(_ => Forget(id), null);
        bool isGone;
        var isExpected = false;
        lock (sync)
        {
            isGone = state == State.Gone;
            acks ??= [];
            if (!isGone && acks.Count < Limits.PendingAcksMax)
                isExpected = acks.TryAdd(id, new PendingAck(onAck, onGone, stop));
        }

        if (!isExpected)
            stop.Unregister();
        if (isGone)
            onGone?.Invoke();
        else if (cancel.IsCancellationRequested)
            Forget(id);
        return isExpected || isGone;
    }

    void OnAck(Packet packet)
    {
        var isExpected = false;
        PendingAck pending = default;
        lock (sync)
            if (packet.Id is { } id)
                isExpected = acks?.Remove(id, out pending) == true;
        if (!isExpected)
            return;
        nsp.Server.Metrics.AckReceived();
        pending.Stop.Unregister();
        pending.OnAck(packet);
    }

    void Forget(long id)
    {
        lock (sync)
            acks?.Remove(id);
    }

    /// <summary>Call with the lock; the callbacks without it.</summary>
    PendingAck[] TakeAcks()
    {
        PendingAck[] all = acks is null ? [] : [.. acks.Values];
        acks = null;
        return all;
    }
}
