using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Testing;

/// <summary>An event that a <see cref="SocketIOTestClient"/> has received.</summary>
public sealed class TestEvent
{
    readonly SocketIOTestClient client;
    readonly long? ackId;

    internal TestEvent(SocketIOTestClient client, Packet packet)
    {
        this.client = client;
        ackId = packet.Id;
        Name = ArgumentCodec.NameOf(packet.Json.Span);
        Arguments = new EventArguments(packet.Json, packet.Attachments, skip: 1, client.Codec);
    }

    public string Name { get; }

    public EventArguments Arguments { get; }

    /// <summary>The server waits for an answer.</summary>
    public bool HasAck => ackId is not null;

    /// <summary>Answers, as the callback of the official client does.</summary>
    /// <exception cref="InvalidOperationException">The server does not wait for one.</exception>
    public void Ack(params ReadOnlySpan<object?> arguments)
    {
        if (ackId is not { } id)
            throw new InvalidOperationException($"\"{Name}\" asks for no acknowledgement.");
        client.SendAck(id, arguments);
    }

    public override string ToString() => $"{Name}({string.Join(", ", Arguments)})";
}
