namespace Sluice.SocketIO.Diagnostics;

/// <summary>A server that closes serves nobody any more.</summary>
sealed class ServerHealth(SocketIOServer server) : ISocketIOHealth
{
    public string? Problem => server.IsClosing ? "The Socket.IO server is shutting down." : null;

    public bool IsFatal => true;
}

/// <summary>What the adapters of a server's namespaces have lost; local traffic goes on.</summary>
sealed class ClusterHealth(SocketIOServer server) : ISocketIOHealth
{
    public string? Problem
    {
        get
        {
            // The namespaces share what connects them: the same words are said once.
            var problems = server.Namespaces
                .Select(nsp => nsp.Adapter.Problem).OfType<string>()
                .Distinct(StringComparer.Ordinal);
            var text = string.Join(' ', problems);
            return text.Length > 0 ? text : null;
        }
    }

    public bool IsFatal => false;
}
