using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Sluice.SocketIO.Kestrel;

namespace Sluice.SocketIO;

/// <summary>What Kestrel can get from Sluice.SocketIO.</summary>
public static class KestrelExtensions
{
    /// <summary>
    /// Has Kestrel accept connections whose sockets can be taken over by a WebSocket's session:
    /// from the end of the handshake on, nothing of Kestrel's is kept for it, which is most of
    /// what an idle connection costs. For HTTP/1.1 without TLS, as behind a gateway; all other
    /// connections are served as ever.
    /// </summary>
    /// <param name="builder">An application's <c>WebHost</c>.</param>
    /// <param name="configure">The options of Kestrel's own sockets, which count here too.</param>
    public static IWebHostBuilder UseDetachableSockets(
        this IWebHostBuilder builder, Action<SocketTransportOptions>? configure = null) =>
        builder.ConfigureServices(services =>
        {
            services.AddSingleton<IConnectionListenerFactory, DetachableTransportFactory>();
            if (configure is not null)
                services.Configure(configure);
        });
}
