using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.SocketIO.Diagnostics;

/// <summary>
/// What is counted, under the meter "Sluice.SocketIO". Nobody who listens costs a branch an
/// instrument. No tag has a value that a client chooses: reasons, transports and the names of
/// namespaces are from lists of ours.
/// </summary>
public sealed class SocketIOMetrics : IDisposable
{
    /// <summary>For <c>AddMeter</c> of OpenTelemetry and for dotnet-counters.</summary>
    public const string MeterName = "Sluice.SocketIO";

    static readonly Lazy<SocketIOMetrics> shared = new(() => new SocketIOMetrics(null));

    readonly Meter meter;
    readonly Counter<long> packetsIn;
    readonly Counter<long> packetsOut;
    readonly Counter<long> bytesIn;
    readonly Counter<long> bytesOut;
    readonly UpDownCounter<long> connections;
    readonly Counter<long> disconnections;
    readonly Counter<long> upgrades;
    readonly Counter<long> refusals;
    readonly UpDownCounter<long> sockets;
    readonly UpDownCounter<long> rooms;
    readonly Histogram<long> broadcastRecipients;
    readonly Counter<long> socketsGone;
    readonly Counter<long> eventsIn;
    readonly Counter<long> eventsOut;
    readonly Counter<long> acksIn;
    readonly Counter<long> acksOut;
    readonly Counter<long> ackTimeouts;
    readonly Histogram<double> handlers;
    readonly Counter<long> drops;

    /// <param name="factory">The application's; null makes a meter of the process.</param>
    public SocketIOMetrics(IMeterFactory? factory)
    {
        meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        connections = meter.CreateUpDownCounter<long>(
            "socketio.connections", "{connection}", "Open Engine.IO sessions, by transport.");
        disconnections = meter.CreateCounter<long>(
            "socketio.disconnections", "{connection}", "Sessions that ended, by reason.");
        upgrades = meter.CreateCounter<long>(
            "socketio.upgrades", "{connection}", "Sessions that moved on to a WebSocket.");
        refusals = meter.CreateCounter<long>(
            "socketio.refusals", "{request}", "Requests that made no session, by code.");
        packetsIn = meter.CreateCounter<long>(
            "socketio.packets.received", "{packet}", "Engine.IO packets with data.");
        packetsOut = meter.CreateCounter<long>(
            "socketio.packets.sent", "{packet}", "Engine.IO packets with data.");
        bytesIn = meter.CreateCounter<long>(
            "socketio.bytes.received", "By", "Data of packets, without framing.");
        bytesOut = meter.CreateCounter<long>(
            "socketio.bytes.sent", "By", "Data of packets, without framing.");
        sockets = meter.CreateUpDownCounter<long>(
            "socketio.sockets", "{socket}", "Connected sockets, by namespace.");
        rooms = meter.CreateUpDownCounter<long>(
            "socketio.rooms", "{room}", "Rooms of this node, a socket's own among them.");
        broadcastRecipients = meter.CreateHistogram<long>(
            "socketio.broadcast.recipients", "{socket}",
            "Sockets of this node that a broadcast reached.");
        socketsGone = meter.CreateCounter<long>(
            "socketio.sockets.disconnections", "{socket}",
            "Sockets that went, by namespace and reason.");
        eventsIn = meter.CreateCounter<long>(
            "socketio.events.received", "{event}", "Events from clients, by namespace.");
        eventsOut = meter.CreateCounter<long>(
            "socketio.events.sent", "{event}",
            "Events to clients, one for each that gets it, by namespace.");
        handlers = meter.CreateHistogram<double>(
            "socketio.handler.duration", "s",
            "How long handlers of events run, by namespace, event, and the type of an exception.");
        acksIn = meter.CreateCounter<long>(
            "socketio.acks.received", "{acknowledgement}", "Answers of clients.");
        acksOut = meter.CreateCounter<long>(
            "socketio.acks.sent", "{acknowledgement}", "Answers to clients.");
        ackTimeouts = meter.CreateCounter<long>(
            "socketio.ack.timeouts", "{acknowledgement}", "Answers that did not come in time.");
        drops = meter.CreateCounter<long>(
            "socketio.queue.drops", "{packet}",
            "Packets that a client never got: volatile ones, and those of a full queue.");
    }

    /// <summary>The application's instance; one of the process where none is registered.</summary>
    internal static SocketIOMetrics Of(IServiceProvider services) =>
        services.GetService<SocketIOMetrics>() ?? shared.Value;

    public void Dispose() => meter.Dispose();

    internal void SessionOpened(string transport) =>
        connections.Add(1, Tag("transport", transport));

    internal void SessionMoved(string from, string to)
    {
        connections.Add(-1, Tag("transport", from));
        connections.Add(1, Tag("transport", to));
        upgrades.Add(1);
    }

    internal void SessionClosed(string transport, string reason)
    {
        connections.Add(-1, Tag("transport", transport));
        disconnections.Add(1, Tag("reason", reason));
    }

    internal void Refused(int code)
    {
        if (refusals.Enabled)
        {
            refusals.Add(1, Tag("code", code));
        }
    }

    internal void Received(int bytes)
    {
        packetsIn.Add(1);
        bytesIn.Add(bytes);
    }

    internal void Sent(int bytes)
    {
        packetsOut.Add(1);
        bytesOut.Add(bytes);
    }

    internal void SocketConnected(string name) => sockets.Add(1, Tag("namespace", name));

    internal void SocketGone(string name, string reason)
    {
        sockets.Add(-1, Tag("namespace", name));
        socketsGone.Add(1, Tag("namespace", name), Tag("reason", reason));
    }

    internal void EventReceived(string name) => eventsIn.Add(1, Tag("namespace", name));

    internal void EventSent(string name) => eventsOut.Add(1, Tag("namespace", name));

    /// <summary>Somebody wants to know how long handlers run.</summary>
    internal bool IsTimingHandlers => handlers.Enabled;

    internal void Handled(string name, string eventName, TimeSpan duration, Exception? error)
    {
        var tags = new TagList
        {
            Tag("namespace", name), Tag("event", eventName),
        };
        if (error is not null)
            tags.Add("error.type", error.GetType().FullName);
        handlers.Record(duration.TotalSeconds, tags);
    }

    internal void AckReceived() => acksIn.Add(1);

    internal void AckSent() => acksOut.Add(1);

    internal void RoomsChanged(int by) => rooms.Add(by);

    internal void Broadcast(int recipients) => broadcastRecipients.Record(recipients);

    internal void AckTimedOut() => ackTimeouts.Add(1);

    internal void DroppedVolatile() => drops.Add(1, Tag("cause", "volatile"));

    internal void DroppedFull(int packets) => drops.Add(packets, Tag("cause", "full"));

    static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
