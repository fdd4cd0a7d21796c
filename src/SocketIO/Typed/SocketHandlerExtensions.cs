using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace Sluice.SocketIO.Typed;

public static class SocketHandlerExtensions
{
    const DynamicallyAccessedMemberTypes Methods =
        DynamicallyAccessedMemberTypes.PublicMethods
        | DynamicallyAccessedMemberTypes.NonPublicMethods;

    /// <summary>
    /// Handles a namespace's sockets, whatever namespace the handler's attribute says. With
    /// <c>[Authorize]</c> on the handler's class only sockets whose user satisfies it are let in.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A method has <c>[Authorize]</c>: who is in a namespace may use all of it.
    /// </exception>
    public static INamespace MapHandler<
        [DynamicallyAccessedMembers(Methods)] THandler>(this INamespace nsp)
        where THandler : SocketHandler
    {
        ArgumentNullException.ThrowIfNull(nsp);
        var binding = SocketBindings.Handler<THandler>();
        Authorize(nsp, typeof(THandler));
        return nsp.OnConnection(socket => WelcomeAsync(binding, socket));
    }

    /// <summary>Handles the sockets of the namespace that the handler's attribute says.</summary>
    /// <returns>The namespace.</returns>
    public static INamespace MapHandler<
        [DynamicallyAccessedMembers(Methods)] THandler>(this ISocketIOServer server)
        where THandler : SocketHandler
    {
        ArgumentNullException.ThrowIfNull(server);
        return server.Of(SocketBindings.Handler<THandler>().Name).MapHandler<THandler>();
    }

    /// <summary>
    /// The calls of a client's interface as events to a socket, a room, a namespace.
    /// </summary>
    /// <param name="emitter">Who gets them.</param>
    /// <param name="timeout">How long an answer may take; null is 30 seconds.</param>
    public static TClient As<TClient>(this IEmitter emitter, TimeSpan? timeout = null)
        where TClient : class
    {
        ArgumentNullException.ThrowIfNull(emitter);
        return SocketBindings.Client<TClient>()(
            new(emitter, timeout ?? SocketClientTarget.DefaultTimeout));
    }

    static void Authorize(
        INamespace nsp, [DynamicallyAccessedMembers(Methods)] Type handler)
    {
        foreach (var method in handler.GetMethods(
            BindingFlags.Instance | BindingFlags.Static
            | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (method.IsDefined(typeof(AuthorizeAttribute), inherit: true))
            {
                throw new InvalidOperationException(
                    $"{handler.Name}.{method.Name} has [Authorize]. It belongs on the class: a "
                    + "user is let into a namespace, and may then send every event.");
            }
        }
        AuthorizeAttribute[] wanted =
            [.. handler.GetCustomAttributes<AuthorizeAttribute>(inherit: true)];
        if (wanted.Length > 0)
        {
            nsp.RequireAuthorization(wanted);
        }
    }

    /// <summary>Makes the socket's handler: 1 scope and instance → 2 its events → 3 its end.</summary>
    static async Task WelcomeAsync<THandler>(HandlerBinding<THandler> binding, Socket socket)
        where THandler : SocketHandler
    {
        var scope = socket.Handshake.Services.CreateAsyncScope();                           // 1
        THandler handler;
        try
        {
            handler = binding.Create(scope.ServiceProvider);
        }
        catch
        {
            await scope.DisposeAsync();
            throw;
        }
        handler.Attach(socket);
        binding.Bind(handler, socket);                                                     // 2
        var farewell = new Farewell(handler, scope);
        socket.OnDisconnect(farewell.RunAsync);                                            // 3
        if (socket.Connected)
        {
            await handler.OnConnectedAsync();
        }
        else
        {
            // Gone before anybody listened.
            await farewell.RunAsync(EngineIO.CloseReasons.TransportClose);
        }
    }

    /// <summary>What is done when a socket is gone: once.</summary>
    sealed class Farewell(SocketHandler handler, AsyncServiceScope scope)
    {
        int isDone;

        public async Task RunAsync(string reason)
        {
            if (Interlocked.Exchange(ref isDone, 1) != 0)
            {
                return;
            }
            try
            {
                await handler.OnDisconnectedAsync(reason);
            }
            finally
            {
                switch (handler)
                {
                    case IAsyncDisposable disposable:
                        await disposable.DisposeAsync();
                        break;
                    case IDisposable disposable:
                        disposable.Dispose();
                        break;
                }
                await scope.DisposeAsync();
            }
        }
    }
}
