using Sluice.SocketIO.Adapters;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>What events can be sent to.</summary>
public interface IEmitter
{
    /// <summary>How arguments are written.</summary>
    ArgumentCodec Codec { get; }

    /// <summary>Sends an event; never blocks.</summary>
    void Send(in EventData data);
}

/// <summary>A middleware of a namespace: it calls next, or throws to refuse the socket.</summary>
public delegate Task NamespaceMiddleware(Socket socket, Func<Task> next);

/// <summary>Handles an event from another node.</summary>
public delegate ValueTask ServerEventHandler(ServerEventContext context);

/// <summary>A namespace, and everybody in it on all nodes.</summary>
public interface INamespace : IEmitter
{
    /// <summary>The name, with its slash.</summary>
    string Name { get; }

    /// <summary>This node's sockets.</summary>
    IReadOnlyCollection<Socket> Sockets { get; }

    /// <summary>The rooms, and the way to other nodes.</summary>
    Adapter Adapter { get; }

    /// <summary>A socket of this node; null when it is not here.</summary>
    Socket? Find(string id);

    /// <summary>
    /// Runs for each socket before it is in the namespace. A thrown
    /// <see cref="ConnectError"/> refuses it with its message and details.
    /// </summary>
    INamespace Use(NamespaceMiddleware middleware);

    /// <summary>Called for each socket that has come. Events wait until it returns.</summary>
    INamespace OnConnection(Action<Socket> handler);

    /// <summary>
    /// Called for each socket that has come. Events wait until the task is done: one that goes on
    /// for as long as the socket is there must not be awaited.
    /// </summary>
    INamespace OnConnection(Func<Socket, Task> handler);

    /// <summary>Handles an event of other nodes (<see cref="ServerSideEmit"/>).</summary>
    INamespace OnServerSide(string name, ServerEventHandler handler);

    /// <summary>The whole namespace, to be narrowed down.</summary>
    BroadcastOperator All { get; }

    /// <summary>Tells the other nodes something.</summary>
    void ServerSideEmit(string name, ReadOnlySpan<object?> arguments);

    /// <summary>Asks the other nodes something: an answer each.</summary>
    Task<IReadOnlyList<Argument>> ServerSideEmitWithAckAsync(
        string name, object?[] arguments, CancellationToken cancel = default);
}

/// <summary>A Socket.IO server: its main namespace, and the others.</summary>
public interface ISocketIOServer : INamespace
{
    SocketIOOptions Options { get; }

    /// <summary>
    /// A namespace, made when it is first asked for: as a child when the pattern of a parent
    /// matches its name, so that the parent's middlewares and handlers count for it too.
    /// </summary>
    INamespace Of(string name);

    /// <summary>
    /// The parent of all namespaces whose name matches. Clients choose names of up to 1,024
    /// characters: anchor the pattern, and give it RegexOptions.NonBacktracking or a timeout.
    /// </summary>
    INamespace Of(System.Text.RegularExpressions.Regex pattern);

    /// <summary>The parent of all namespaces that it says yes to, by name and auth payload.</summary>
    INamespace Of(Func<string, SocketHandshake, ValueTask<bool>> allows);

    /// <summary>The namespaces that are there now, parents left out.</summary>
    IReadOnlyCollection<INamespace> Namespaces { get; }

    /// <summary>
    /// A namespace was made: by <see cref="Of(string)"/>, or because a client asked for one that a
    /// parent allows. Of the latter nobody is in it before all handlers have run.
    /// </summary>
    event Action<INamespace>? NewNamespace;

    /// <summary>The engine beneath.</summary>
    EngineIO.EngineServer Engine { get; }

    /// <summary>Closes every connection; clients come back by themselves.</summary>
    Task CloseAsync();
}
