using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using NetSocket = System.Net.Sockets.Socket;

namespace Sluice.SocketIO.Kestrel;

/// <summary>
/// Kestrel's transport of <see cref="KestrelExtensions.UseDetachableSockets"/>: listens where
/// Kestrel's own sockets would, with their options.
/// </summary>
sealed class DetachableTransportFactory(
    IOptions<SocketTransportOptions> options, IMemoryPoolFactory<byte> pools)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) =>
        endpoint is IPEndPoint or UnixDomainSocketEndPoint or FileHandleEndPoint;

    public ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        NetSocket? socket = null;
        try
        {
            socket = options.Value.CreateBoundListenSocket(endpoint);
            socket.Listen(options.Value.Backlog);
        }
        catch (SocketException failure)
            when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(failure.Message, failure);
        }

        return new(new DetachableListener(socket, options.Value, pools.Create()));
    }
}
