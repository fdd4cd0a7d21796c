using Sluice.Config.Model;
using Sluice.Net;

namespace Sluice.Proxy.Listen;

/// <summary>
/// One worker's listening socket: takes clients for whatever configuration is in force at its
/// address, and at the addresses it covers.
/// </summary>
sealed class ListenPoint : IAcceptHandler
{
    readonly Worker worker;
    readonly ListenScope scope;
    readonly Dictionary<Address, ListenScope> covered = [];
    Listener? listener;

    /// <summary>Makes a point that is not bound yet.</summary>
    public ListenPoint(Worker worker, ListenSocket socket)
    {
        this.worker = worker;
        scope = new(socket.Table);
        Use(socket);
    }

    /// <summary>Binds and listens: 0, or a <c>-errno</c>.</summary>
    public int Open(bool sharesPort)
    {
        var config = scope.Current.Config;
        listener = worker.Loop.Listen(
            new Address(config.EndPoint), Options(config, sharesPort), this, out var error);
        return listener is null ? error : 0;
    }

    /// <summary>
    /// Takes on what a configuration has for the same socket. Connections of a covered address
    /// that it does not have stay with the configuration that had it.
    /// </summary>
    public void Use(ListenSocket socket)
    {
        scope.Current = socket.Table;
        foreach (var address in covered.Keys)
        {
            if (!socket.Covered.ContainsKey(address))
                covered.Remove(address);
        }
        foreach (var (address, table) in socket.Covered)
        {
            if (covered.TryGetValue(address, out var known))
                known.Current = table;
            else
                covered.Add(address, new ListenScope(table));
        }
    }

    public void Close() => listener?.Close();

    IConnectionHandler IAcceptHandler.OnAccept(Listener from, Connection connection) =>
        worker.Accept(connection, covered.Count == 0 ? scope : ScopeOf(connection));

    void IAcceptHandler.OnAcceptFailed(Listener from, int error) =>
        scope.Current.DefaultServer.Root.Errors.AcceptFailed(error);

    /// <summary>The local address costs a system call and an object: asked for only here.</summary>
    ListenScope ScopeOf(Connection connection) =>
        covered.TryGetValue(connection.LocalAddress, out var own) ? own : scope;

    static ListenOptions Options(ListenConfig config, bool sharesPort) => new()
    {
        Backlog = config.Backlog,
        ReusePort = config.ReusePort || sharesPort,
        Ipv6Only = config.Ipv6Only,
        NoDelay = config.DefaultServer.Root.Core.TcpNodelay,
        KeepAlive = config.SoKeepalive is { On: true },
        KeepAliveIdleSeconds = config.SoKeepalive?.IdleSeconds ?? 0,
        KeepAliveIntervalSeconds = config.SoKeepalive?.IntervalSeconds ?? 0,
        KeepAliveCount = config.SoKeepalive?.Count ?? 0,
        ReceiveBufferBytes = config.ReceiveBufferSize ?? 0,
        SendBufferBytes = config.SendBufferSize ?? 0,
    };

    /// <summary>The options of a socket that only asks whether the address can be bound.</summary>
    public static ListenOptions ProbeOptions(ListenConfig config) =>
        Options(config, sharesPort: false) with { ReusePort = false, BindOnly = true };
}
