namespace Sluice.SocketIO;

/// <summary>
/// Handlers with typed arguments. Arguments that the client sent beyond those are ignored, ones it
/// did not send have their type's default value; a result is the acknowledgement.
/// </summary>
public static class OnExtensions
{
    /// <summary>Handles an event by its context.</summary>
    public static IDisposable On(this Socket socket, string name, Action<EventContext> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            handler(context);
            return ValueTask.CompletedTask;
        }));

    /// <inheritdoc cref="On(Socket, string, Action{EventContext})"/>
    public static IDisposable On(
        this Socket socket, string name, Func<EventContext, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(context))));

    /// <summary>Handles an event once.</summary>
    public static IDisposable Once(
        this Socket socket, string name, Action<EventContext> handler) =>
        socket.Subscribe(name, context =>
        {
            handler(context);
            return ValueTask.CompletedTask;
        }, isOnce: true);

    /// <summary>Handles an event without arguments.</summary>
    public static IDisposable On(this Socket socket, string name, Action handler) =>
        socket.On(name, (SocketEventHandler)(_ =>
        {
            handler();
            return ValueTask.CompletedTask;
        }));

    /// <inheritdoc cref="On(Socket, string, Action)"/>
    public static IDisposable On(this Socket socket, string name, Func<Task> handler) =>
        socket.On(name, (SocketEventHandler)(_ => new ValueTask(handler())));

    public static IDisposable On<TResult>(
        this Socket socket, string name, Func<TResult> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            context.Ack(handler());
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<TResult>(
        this Socket socket, string name, Func<Task<TResult>> handler) =>
        socket.On(name, (SocketEventHandler)(async context => context.Ack(await handler())));

    public static IDisposable On<T1>(
        this Socket socket, string name, Action<T1> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            handler(context.Arguments.Get<T1>(0)!);
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<T1>(
        this Socket socket, string name, Func<T1, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(
            context.Arguments.Get<T1>(0)!))));

    public static IDisposable On<T1>(
        this Socket socket, string name,
        Func<T1, CancellationToken, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(
            context.Arguments.Get<T1>(0)!, context.Socket.Disconnected))));

    public static IDisposable On<T1, TResult>(
        this Socket socket, string name, Func<T1, TResult> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            context.Ack(handler(
                context.Arguments.Get<T1>(0)!));
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<T1, TResult>(
        this Socket socket, string name, Func<T1, Task<TResult>> handler) =>
        socket.On(name, (SocketEventHandler)(async context => context.Ack(await handler(
            context.Arguments.Get<T1>(0)!))));

    public static IDisposable On<T1, T2>(
        this Socket socket, string name, Action<T1, T2> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            handler(
                context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!);
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<T1, T2>(
        this Socket socket, string name, Func<T1, T2, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!))));

    public static IDisposable On<T1, T2>(
        this Socket socket, string name,
        Func<T1, T2, CancellationToken, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
            context.Socket.Disconnected))));

    public static IDisposable On<T1, T2, TResult>(
        this Socket socket, string name, Func<T1, T2, TResult> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            context.Ack(handler(
                context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!));
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<T1, T2, TResult>(
        this Socket socket, string name, Func<T1, T2, Task<TResult>> handler) =>
        socket.On(name, (SocketEventHandler)(async context => context.Ack(await handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!))));

    public static IDisposable On<T1, T2, T3>(
        this Socket socket, string name, Action<T1, T2, T3> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            handler(
                context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
                context.Arguments.Get<T3>(2)!);
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<T1, T2, T3>(
        this Socket socket, string name, Func<T1, T2, T3, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
            context.Arguments.Get<T3>(2)!))));

    public static IDisposable On<T1, T2, T3>(
        this Socket socket, string name,
        Func<T1, T2, T3, CancellationToken, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
            context.Arguments.Get<T3>(2)!, context.Socket.Disconnected))));

    public static IDisposable On<T1, T2, T3, TResult>(
        this Socket socket, string name, Func<T1, T2, T3, TResult> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            context.Ack(handler(
                context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
                context.Arguments.Get<T3>(2)!));
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<T1, T2, T3, TResult>(
        this Socket socket, string name, Func<T1, T2, T3, Task<TResult>> handler) =>
        socket.On(name, (SocketEventHandler)(async context => context.Ack(await handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
            context.Arguments.Get<T3>(2)!))));

    public static IDisposable On<T1, T2, T3, T4>(
        this Socket socket, string name, Action<T1, T2, T3, T4> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            handler(
                context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
                context.Arguments.Get<T3>(2)!, context.Arguments.Get<T4>(3)!);
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<T1, T2, T3, T4>(
        this Socket socket, string name, Func<T1, T2, T3, T4, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
            context.Arguments.Get<T3>(2)!, context.Arguments.Get<T4>(3)!))));

    public static IDisposable On<T1, T2, T3, T4>(
        this Socket socket, string name,
        Func<T1, T2, T3, T4, CancellationToken, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context => new ValueTask(handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
            context.Arguments.Get<T3>(2)!, context.Arguments.Get<T4>(3)!,
            context.Socket.Disconnected))));

    public static IDisposable On<T1, T2, T3, T4, TResult>(
        this Socket socket, string name, Func<T1, T2, T3, T4, TResult> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            context.Ack(handler(
                context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
                context.Arguments.Get<T3>(2)!, context.Arguments.Get<T4>(3)!));
            return ValueTask.CompletedTask;
        }));

    public static IDisposable On<T1, T2, T3, T4, TResult>(
        this Socket socket, string name, Func<T1, T2, T3, T4, Task<TResult>> handler) =>
        socket.On(name, (SocketEventHandler)(async context => context.Ack(await handler(
            context.Arguments.Get<T1>(0)!, context.Arguments.Get<T2>(1)!,
            context.Arguments.Get<T3>(2)!, context.Arguments.Get<T4>(3)!))));
}
