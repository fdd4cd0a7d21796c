using Microsoft.Extensions.Logging;
using Sluice.SocketIO.EngineIO;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Adapters;

/// <summary>What an adapter sees of its namespace on this node.</summary>
public interface IAdapterHost
{
    /// <summary>The namespace's name, with its slash.</summary>
    string Name { get; }

    /// <summary>The sockets of this node that are in the namespace.</summary>
    IEnumerable<Socket> Sockets { get; }

    TimeProvider Time { get; }

    ILoggerFactory LoggerFactory { get; }

    /// <summary>The options of the server.</summary>
    SocketIOOptions Options { get; }

    /// <summary>A socket of this node; null when it is not here.</summary>
    Socket? Find(string id);

    /// <summary>A packet for the wire, once for all clients.</summary>
    EngineMessage[] Encode(Packet packet);

    /// <summary>A broadcast goes to so many sockets of this node; it is counted.</summary>
    void OnBroadcast(int recipients)
    {
    }

    /// <summary>The next id of an acknowledgement.</summary>
    long NextAckId();

    /// <summary>Another node said something.</summary>
    /// <param name="json">A JSON array: the event's name and its arguments.</param>
    /// <param name="ack">
    /// Called at most once with the first argument of the answer; null when none is wanted.
    /// </param>
    void OnServerSideEmit(ReadOnlyMemory<byte> json, Action<ReadOnlyMemory<byte>>? ack);
}

/// <summary>Makes the adapter of each namespace.</summary>
public interface IAdapterFactory
{
    Adapter Create(IAdapterHost host);
}
