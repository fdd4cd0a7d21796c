using Sluice.Config.Model;
using Sluice.Net;

namespace Sluice.Proxy.Listen;

/// <summary>
/// One worker's listening socket: takes clients for whatever configuration is in force at its
/// address.
/// </summary>
sealed class ListenPoint(Worker worker, ListenTable table) : IAcceptHandler
{
    Listener? listener;

    /// <summary>What a reload changes.</summary>
    public ListenScope Scope { get; } = new(table);

    /// <summary>Binds and listens: 0, or a <c>-errno</c>.</summary>
    public int Open(bool sharesPort)
    {
        var config = Scope.Current.Config;
        listener = worker.Loop.Listen(
            new Address(config.EndPoint), Options(config, sharesPort), this, out var error);
        return listener is null ? error : 0;
    }

    public void Close() => listener?.Close();

    IConnectionHandler IAcceptHandler.OnAccept(Listener from, Connection connection) =>
        worker.Accept(connection, Scope);

    void IAcceptHandler.OnAcceptFailed(Listener from, int error) =>
        Scope.Current.DefaultServer.Root.Errors.AcceptFailed(error);

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
