using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using Sluice.SocketIO.Protocol;

namespace Sluice.SocketIO.Typed;

/// <summary>
/// What was generated: each assembly tells of its handlers and clients when it is loaded. For
/// generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SocketBindings
{
    static readonly ConcurrentDictionary<Type, object> handlers = new();
    static readonly ConcurrentDictionary<Type, object> clients = new();

    public static void Register<THandler>(
        string name, Func<IServiceProvider, THandler> create, Action<THandler, Socket> bind)
        where THandler : SocketHandler =>
        handlers[typeof(THandler)] = new HandlerBinding<THandler>(name, create, bind);

    public static void RegisterClient<TClient>(Func<SocketClientTarget, TClient> create)
        where TClient : class =>
        clients.TryAdd(typeof(TClient), create);

    /// <summary>An argument that must be there.</summary>
    /// <exception cref="BadArgumentException">It is missing, null, or of another kind.</exception>
    public static T Required<T>(EventContext context, int index, string name)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (index >= context.Arguments.Count)
        {
            throw new BadArgumentException(
                $"Argument {index + 1} ({name}) of \"{context.Name}\" is missing.");
        }
        return context.Arguments.Get<T>(index) is { } value
            ? value
            : throw new BadArgumentException(
                $"Argument {index + 1} ({name}) of \"{context.Name}\" is null.");
    }

    /// <summary>An argument that has a default value.</summary>
    /// <exception cref="BadArgumentException">It is of another kind.</exception>
    public static T? Optional<T>(EventContext context, int index, T? otherwise)
    {
        ArgumentNullException.ThrowIfNull(context);
        return index < context.Arguments.Count ? context.Arguments.Get<T>(index) : otherwise;
    }

    /// <summary>Acknowledges without a value, if the client waits.</summary>
    public static void Answer(EventContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Ack();
    }

    /// <summary>Acknowledges with a value, if the client waits.</summary>
    public static void Answer<T>(EventContext context, T value)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.HasAck)
        {
            context.Ack(value);
        }
    }

    internal static HandlerBinding<THandler> Handler<THandler>()
        where THandler : SocketHandler =>
        (HandlerBinding<THandler>)Find(handlers, typeof(THandler), "handler");

    internal static Func<SocketClientTarget, TClient> Client<TClient>()
        where TClient : class =>
        (Func<SocketClientTarget, TClient>)Find(clients, typeof(TClient), "client");

    static object Find(ConcurrentDictionary<Type, object> all, Type type, string kind)
    {
        if (!all.TryGetValue(type, out var found))
        {
            // Nothing of its assembly may have run yet.
            RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
            if (!all.TryGetValue(type, out found))
            {
                throw new InvalidOperationException(
                    $"Nothing was generated for the {kind} {type.Name}: the project that has it "
                    + "needs the analyzer Sluice.SocketIO.Generators, which the package brings"
                    + (kind == "client" ? ", and the interface [SocketClient]." : "."));
            }
        }
        return found;
    }
}

/// <summary>How a handler is made, and how it is led to its socket's events.</summary>
sealed record HandlerBinding<THandler>(
    string Name, Func<IServiceProvider, THandler> Create, Action<THandler, Socket> Bind);
