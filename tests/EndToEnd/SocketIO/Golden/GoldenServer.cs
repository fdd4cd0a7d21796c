namespace Sluice.EndToEnd.SocketIO.Golden;

/// <summary>A server of one variant, for one case.</summary>
interface IGoldenServer
{
    int Port { get; }

    /// <summary>What its sockets have seen so far.</summary>
    IReadOnlyList<string> Log { get; }

    /// <summary>What it has seen before the call is in its log when this returns.</summary>
    Task SettleAsync();

    /// <summary>Closes it, and with it what is still open.</summary>
    Task StopAsync();
}
