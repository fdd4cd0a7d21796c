using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>One socket, with how events are sent to it. It never changes.</summary>
public sealed class SocketOperator : IEmitter
{
    internal static readonly BroadcastOptions Plain = new();

    readonly Socket socket;
    readonly BroadcastOptions options;

    internal SocketOperator(Socket socket, BroadcastOptions options)
    {
        this.socket = socket;
        this.options = options;
    }

    public ArgumentCodec Codec => socket.Codec;

    public SocketOperator Volatile => new(socket, options with { IsVolatile = true });

    /// <summary>Everybody but this socket.</summary>
    public BroadcastOperator Broadcast =>
        new((Namespace)socket.Namespace, options with { Except = [socket.Id] });

    public BroadcastOperator To(params string[] rooms) => Broadcast.To(rooms);

    public SocketOperator Compress(bool compress) =>
        new(socket, options with { Compress = compress });

    public SocketOperator Timeout(TimeSpan timeout) =>
        new(socket, options with { Timeout = timeout });

    /// <inheritdoc/>
    public void Send(in EventData data) => socket.Send(data, options);

    /// <summary>Asks the client and waits for its answer.</summary>
    /// <exception cref="AckTimeoutException">It did not come within the timeout.</exception>
    /// <exception cref="SocketDisconnectedException">The socket went away.</exception>
    public Task<EventArguments> EmitWithAckAsync(
        string name, object?[] arguments, CancellationToken cancel = default) =>
        socket.AskAsync(Codec.EncodeEvent(name, arguments), options, cancel);
}

/// <summary>A socket of this or another node.</summary>
public sealed class RemoteSocket : IEmitter
{
    readonly Namespace nsp;
    readonly RemoteSocketData description;

    internal RemoteSocket(Namespace nsp, RemoteSocketData description)
    {
        this.nsp = nsp;
        this.description = description;
        Data = new SocketData(nsp.Server.Codec);
        Data.Load(description.Data);
    }

    public string Id => description.Id;

    public IReadOnlyCollection<string> Rooms => description.Rooms;

    /// <summary>The handshake as a JSON object.</summary>
    public ReadOnlyMemory<byte> Handshake => description.Handshake;

    /// <summary>A copy of the socket's data.</summary>
    public SocketData Data { get; }

    public ArgumentCodec Codec => nsp.Server.Codec;

    public void Send(in EventData data) => Itself.Send(data);

    /// <summary>Asks the client; the first argument of its answer.</summary>
    /// <exception cref="BroadcastTimeoutException">It has not answered in time.</exception>
    public async Task<Argument> EmitWithAckAsync(
        TimeSpan timeout, string name, object?[] arguments, CancellationToken cancel = default)
    {
        var answers = await Itself.Timeout(timeout).EmitWithAckAsync(name, arguments, cancel);
        return answers.Count > 0 ? answers[0] : throw new SocketDisconnectedException();
    }

    public void Join(params string[] rooms) => Itself.SocketsJoin(rooms);

    public void Leave(string room) => Itself.SocketsLeave(room);

    public void Disconnect(bool close = false) => Itself.DisconnectSockets(close);

    BroadcastOperator Itself => new(nsp, new BroadcastOptions { Rooms = [Id] });
}
