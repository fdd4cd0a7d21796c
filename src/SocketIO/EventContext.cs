using System.Text.Json.Serialization.Metadata;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>A received event.</summary>
public sealed class EventContext
{
    readonly long? ackId;
    EventArguments? arguments;
    int acknowledged;

    internal EventContext(Socket socket, Packet packet)
    {
        Socket = socket;
        Packet = packet;
        Name = packet.Json.IsEmpty ? "" : ArgumentCodec.NameOf(packet.Json.Span);
        ackId = packet.Id;
    }

    public Socket Socket { get; }

    /// <summary>The event's name.</summary>
    public string Name { get; }

    /// <summary>The arguments; they are looked at when they are first asked for.</summary>
    public EventArguments Arguments => arguments ??=
        new(Packet.Json, Packet.Attachments, skip: 1, Socket.Codec);

    /// <summary>The client waits for an answer.</summary>
    public bool HasAck => ackId is not null;

    /// <summary>The packet as it came.</summary>
    public Packet Packet { get; }

    /// <summary>Answers. The first answer counts; without a question nothing is sent.</summary>
    public void Ack() => AckAll([]);

    /// <inheritdoc cref="Ack()"/>
    public void Ack(object? a) => AckAll([a]);

    /// <inheritdoc cref="Ack()"/>
    public void Ack(object? a, object? b) => AckAll([a, b]);

    /// <summary>Answers with a type's own source-generated description.</summary>
    public void Ack<T>(T a, JsonTypeInfo<T> type)
    {
        if (HasAck)
            AckAll([Argument.From(a, type)]);
    }

    /// <summary>Answers with as many arguments as there are items.</summary>
    public void AckAll(ReadOnlySpan<object?> arguments)
    {
        if (ackId is not { } id || Interlocked.Exchange(ref acknowledged, 1) != 0)
            return;
        Socket.SendAck(id, Socket.Codec.EncodeAck(arguments));
    }
}

/// <summary>
/// Handles an event. It may go on asynchronously: the socket's next event starts meanwhile.
/// </summary>
public delegate ValueTask SocketEventHandler(EventContext context);

/// <summary>Sees every event of a socket, by its name and arguments.</summary>
public delegate void AnyEventListener(string name, EventArguments arguments);

/// <summary>An event that another node sent to this one.</summary>
public sealed class ServerEventContext
{
    readonly Action<ReadOnlyMemory<byte>>? ack;
    readonly ArgumentCodec codec;
    int acknowledged;

    internal ServerEventContext(
        ReadOnlyMemory<byte> json, Action<ReadOnlyMemory<byte>>? ack, ArgumentCodec codec)
    {
        this.ack = ack;
        this.codec = codec;
        Name = ArgumentCodec.NameOf(json.Span);
        Arguments = new EventArguments(json, [], skip: 1, codec);
    }

    public string Name { get; }

    public EventArguments Arguments { get; }

    /// <summary>The other node waits for an answer.</summary>
    public bool HasAck => ack is not null;

    /// <summary>Answers. The first answer counts.</summary>
    public void Ack(object? answer)
    {
        if (ack is not null && Interlocked.Exchange(ref acknowledged, 1) == 0)
            ack(codec.EncodeValue(answer));
    }
}
