using System.Text;
using Sluice.Net;

namespace Sluice.Unit.Simulation;

/// <summary>A connection by hand: what it received, and what the test wants it to send.</summary>
sealed class Wire(Loop loop) : Endpoint(loop, new Random(1))
{
    readonly StringBuilder received = new();
    int taken;

    /// <summary>Everything so far, one char a byte.</summary>
    internal string Received => received.ToString();

    /// <summary>Everything since the last call.</summary>
    internal string Take()
    {
        string text = received.ToString(taken, received.Length - taken);
        taken = received.Length;
        return text;
    }

    internal void Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    protected override void OnBytes(ReadOnlySpan<byte> bytes) =>
        received.Append(Encoding.Latin1.GetString(bytes));

    protected override void OnEnded(int error)
    {
    }
}

/// <summary>A server by hand: its connections, in the order in which they came.</summary>
sealed class WireServer : IAcceptHandler
{
    readonly SimulatedGateway gateway;
    Listener? listener;

    internal WireServer(SimulatedGateway gateway, string address)
    {
        this.gateway = gateway;
        Address = address;
        Open();
    }

    internal string Address { get; }

    internal List<Wire> Wires { get; } = [];

    /// <summary>The connection that came last.</summary>
    internal Wire Last => Wires[^1];

    internal void Open() =>
        listener = gateway.Loop.Listen(Sluice.Net.Address.Parse(Address), new(), this, out _);

    internal void Close() => listener!.Close();

    public IConnectionHandler OnAccept(Listener listener, Connection connection)
    {
        var wire = gateway.NewWire();
        wire.Attach(connection);
        Wires.Add(wire);
        return wire;
    }

    public void OnAcceptFailed(Listener listener, int error)
    {
    }
}
