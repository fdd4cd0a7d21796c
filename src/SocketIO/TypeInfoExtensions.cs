using System.Text.Json.Serialization.Metadata;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>
/// Events with the source-generated description of their types, for applications that are trimmed
/// and do not add their contexts to the server's options. The description's own options decide:
/// bytes in such a value are text (base64), not attachments.
/// </summary>
public static class TypeInfoExtensions
{
    /// <summary>Handles an event with one argument.</summary>
    public static IDisposable On<T>(
        this Socket socket, string name, JsonTypeInfo<T> type, Action<T?> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            handler(context.Arguments.Get(0, type));
            return ValueTask.CompletedTask;
        }));

    /// <inheritdoc cref="On{T}(Socket, string, JsonTypeInfo{T}, Action{T})"/>
    public static IDisposable On<T>(
        this Socket socket, string name, JsonTypeInfo<T> type, Func<T?, Task> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
            new ValueTask(handler(context.Arguments.Get(0, type)))));

    /// <summary>Handles an event with one argument; the result is the acknowledgement.</summary>
    public static IDisposable On<T, TResult>(
        this Socket socket, string name, JsonTypeInfo<T> type, JsonTypeInfo<TResult> resultType,
        Func<T?, TResult> handler) =>
        socket.On(name, (SocketEventHandler)(context =>
        {
            context.Ack(handler(context.Arguments.Get(0, type)), resultType);
            return ValueTask.CompletedTask;
        }));

    /// <inheritdoc cref="On{T, TResult}(Socket, string, JsonTypeInfo{T}, JsonTypeInfo{TResult}, Func{T, TResult})"/>
    public static IDisposable On<T, TResult>(
        this Socket socket, string name, JsonTypeInfo<T> type, JsonTypeInfo<TResult> resultType,
        Func<T?, Task<TResult>> handler) =>
        socket.On(name, (SocketEventHandler)(async context =>
            context.Ack(await handler(context.Arguments.Get(0, type)), resultType)));

    /// <summary>Sends an event with one argument.</summary>
    public static void Emit<T>(this IEmitter to, string name, T value, JsonTypeInfo<T> type) =>
        to.EmitAll(name, [Argument.From(value, type)]);

    /// <summary>Sends an event with one argument; done when it is queued.</summary>
    public static ValueTask EmitAsync<T>(
        this IEmitter to, string name, T value, JsonTypeInfo<T> type) =>
        to.EmitAllAsync(name, [Argument.From(value, type)]);

    /// <summary>Asks a client, with one argument; the first argument of its answer.</summary>
    public static async Task<TResult?> EmitWithAckAsync<T, TResult>(
        this SocketOperator socket, string name, T value, JsonTypeInfo<T> type,
        JsonTypeInfo<TResult> resultType, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var answer = await socket.EmitWithAckAsync(name, [Argument.From(value, type)], cancel);
        return answer.Get(0, resultType);
    }
}
