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
    readonly Counter<long> ackTimeouts;
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

    internal void SocketGone(string name) => sockets.Add(-1, Tag("namespace", name));

    internal void RoomsChanged(int by) => rooms.Add(by);

    internal void Broadcast(int recipients) => broadcastRecipients.Record(recipients);

    internal void AckTimedOut() => ackTimeouts.Add(1);

    internal void DroppedVolatile() => drops.Add(1, Tag("cause", "volatile"));

    internal void DroppedFull(int packets) => drops.Add(packets, Tag("cause", "full"));

    static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
