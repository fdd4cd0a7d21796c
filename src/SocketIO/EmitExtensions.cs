using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO;

/// <summary>
/// Sending events with arguments of any type that the server's JSON options know; bytes anywhere
/// in them are attachments. Without <c>params</c>, so that an array is one argument.
/// </summary>
public static class EmitExtensions
{
    public static void Emit(this IEmitter to, string name) => to.EmitAll(name, []);

    public static void Emit(this IEmitter to, string name, object? a) => to.EmitAll(name, [a]);

    public static void Emit(this IEmitter to, string name, object? a, object? b) =>
        to.EmitAll(name, [a, b]);

    public static void Emit(this IEmitter to, string name, object? a, object? b, object? c) =>
        to.EmitAll(name, [a, b, c]);

    public static void Emit(
        this IEmitter to, string name, object? a, object? b, object? c, object? d) =>
        to.EmitAll(name, [a, b, c, d]);

    /// <summary>Sends an event with as many arguments as there are items.</summary>
    public static void EmitAll(
        this IEmitter to, string name, ReadOnlySpan<object?> arguments)
    {
        ArgumentNullException.ThrowIfNull(to);
        to.Send(to.Codec.EncodeEvent(name, arguments));
    }

    // Done when the event is queued: the shape that asynchronous code expects.

    public static ValueTask EmitAsync(this IEmitter to, string name) => to.EmitAllAsync(name, []);

    public static ValueTask EmitAsync(this IEmitter to, string name, object? a) =>
        to.EmitAllAsync(name, [a]);

    public static ValueTask EmitAsync(this IEmitter to, string name, object? a, object? b) =>
        to.EmitAllAsync(name, [a, b]);

    public static ValueTask EmitAsync(
        this IEmitter to, string name, object? a, object? b, object? c) =>
        to.EmitAllAsync(name, [a, b, c]);

    public static ValueTask EmitAsync(
        this IEmitter to, string name, object? a, object? b, object? c, object? d) =>
        to.EmitAllAsync(name, [a, b, c, d]);

    /// <inheritdoc cref="EmitAll"/>
    public static ValueTask EmitAllAsync(
        this IEmitter to, string name, ReadOnlySpan<object?> arguments)
    {
        to.EmitAll(name, arguments);
        return ValueTask.CompletedTask;
    }

    // ---- questions ----

    /// <summary>Asks a client; the first argument of its answer as a type.</summary>
    public static Task<T?> EmitWithAckAsync<T>(
        this Socket socket, string name) =>
        FirstAsync<T>(socket.EmitWithAckAsync(name, []));

    /// <inheritdoc cref="EmitWithAckAsync{T}(Socket, string)"/>
    public static Task<T?> EmitWithAckAsync<T>(
        this Socket socket, string name, object? a) =>
        FirstAsync<T>(socket.EmitWithAckAsync(name, [a]));

    /// <inheritdoc cref="EmitWithAckAsync{T}(Socket, string)"/>
    public static Task<T?> EmitWithAckAsync<T>(
        this Socket socket, string name, object? a, object? b) =>
        FirstAsync<T>(socket.EmitWithAckAsync(name, [a, b]));

    /// <inheritdoc cref="EmitWithAckAsync{T}(Socket, string)"/>
    public static Task<T?> EmitWithAckAsync<T>(
        this Socket socket, string name, object? a, object? b, object? c) =>
        FirstAsync<T>(socket.EmitWithAckAsync(name, [a, b, c]));

    /// <summary>Asks a client; the first argument of its answer as a type.</summary>
    public static Task<T?> EmitWithAckAsync<T>(
        this SocketOperator socket, string name) =>
        FirstAsync<T>(socket.EmitWithAckAsync(name, []));

    /// <inheritdoc cref="EmitWithAckAsync{T}(SocketOperator, string)"/>
    public static Task<T?> EmitWithAckAsync<T>(
        this SocketOperator socket, string name, object? a) =>
        FirstAsync<T>(socket.EmitWithAckAsync(name, [a]));

    /// <inheritdoc cref="EmitWithAckAsync{T}(SocketOperator, string)"/>
    public static Task<T?> EmitWithAckAsync<T>(
        this SocketOperator socket, string name, object? a, object? b) =>
        FirstAsync<T>(socket.EmitWithAckAsync(name, [a, b]));

    /// <inheritdoc cref="EmitWithAckAsync{T}(SocketOperator, string)"/>
    public static Task<T?> EmitWithAckAsync<T>(
        this SocketOperator socket, string name, object? a, object? b, object? c) =>
        FirstAsync<T>(socket.EmitWithAckAsync(name, [a, b, c]));

    /// <summary>Asks every client; the first argument of each answer as a type.</summary>
    public static Task<IReadOnlyList<T?>> EmitWithAckAsync<T>(
        this BroadcastOperator to, string name) =>
        EachAsync<T>(to.EmitWithAckAsync(name, []));

    /// <inheritdoc cref="EmitWithAckAsync{T}(BroadcastOperator, string)"/>
    public static Task<IReadOnlyList<T?>> EmitWithAckAsync<T>(
        this BroadcastOperator to, string name, object? a) =>
        EachAsync<T>(to.EmitWithAckAsync(name, [a]));

    /// <inheritdoc cref="EmitWithAckAsync{T}(BroadcastOperator, string)"/>
    public static Task<IReadOnlyList<T?>> EmitWithAckAsync<T>(
        this BroadcastOperator to, string name, object? a, object? b) =>
        EachAsync<T>(to.EmitWithAckAsync(name, [a, b]));

    /// <inheritdoc cref="EmitWithAckAsync{T}(BroadcastOperator, string)"/>
    public static Task<IReadOnlyList<T?>> EmitWithAckAsync<T>(
        this BroadcastOperator to, string name, object? a, object? b, object? c) =>
        EachAsync<T>(to.EmitWithAckAsync(name, [a, b, c]));

    static async Task<T?> FirstAsync<T>(Task<EventArguments> answer) => (await answer).Get<T>(0);

    static async Task<IReadOnlyList<T?>> EachAsync<T>(Task<IReadOnlyList<Argument>> answers) =>
        [.. (await answers).Select(answer => answer.As<T>())];

    // ---- a namespace as its broadcast ----

    public static BroadcastOperator To(this INamespace nsp, params string[] rooms) =>
        nsp.All.To(rooms);

    public static BroadcastOperator In(this INamespace nsp, params string[] rooms) =>
        nsp.All.To(rooms);

    public static BroadcastOperator Except(this INamespace nsp, params string[] rooms) =>
        nsp.All.Except(rooms);

    public static BroadcastOperator Timeout(this INamespace nsp, TimeSpan timeout) =>
        nsp.All.Timeout(timeout);

    public static Task<IReadOnlyList<RemoteSocket>> FetchSocketsAsync(
        this INamespace nsp, CancellationToken cancel = default) =>
        nsp.All.FetchSocketsAsync(cancel);

    public static void SocketsJoin(this INamespace nsp, params string[] rooms) =>
        nsp.All.SocketsJoin(rooms);

    public static void SocketsLeave(this INamespace nsp, params string[] rooms) =>
        nsp.All.SocketsLeave(rooms);

    public static void DisconnectSockets(this INamespace nsp, bool close = false) =>
        nsp.All.DisconnectSockets(close);
}
