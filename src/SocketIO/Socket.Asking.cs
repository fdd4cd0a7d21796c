using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>Questions to the client.</summary>
public sealed partial class Socket
{
    /// <summary>Asks the client and waits for its answer, without a timeout.</summary>
    /// <exception cref="SocketDisconnectedException">The socket went away.</exception>
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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            cancel, late?.Token ?? default);
        var id = nsp.NextAckId();
        ExpectAck(
            id, packet => answer.TrySetResult(packet), either.Token,
            () => answer.TrySetException(new SocketDisconnectedException()));
        var packet = data.ToPacket(PacketType.Event, nsp.Name, id);
        if (!isClosed)
            Deliver(packet, nsp.Encode(packet), options);
        try
        {
            var ack = await answer.Task.WaitAsync(either.Token);
            return new EventArguments(ack.Json, ack.Attachments, skip: 0, Codec);
        }
        catch (OperationCanceledException) when (late?.IsCancellationRequested == true)
        {
            throw new AckTimeoutException();
        }
    }
}
