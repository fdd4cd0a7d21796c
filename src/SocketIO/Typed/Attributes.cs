namespace Sluice.SocketIO.Typed;

/// <summary>
/// The namespace of a handler, where it is not said at the mapping. Without it: the main one.
/// </summary>
/// <param name="name">With its slash, such as "/chat".</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SocketNamespaceAttribute(string name) : Attribute
{
    public string Name => name;
}

/// <summary>
/// In a handler: the method handles an event. In a client's interface: the name of the event that
/// a call sends.
/// </summary>
/// <param name="name">
/// The event's name; null is the method's, with a small first letter and without "Async".
/// </param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SocketEventAttribute(string? name = null) : Attribute
{
    public string? Name => name;
}

/// <summary>
/// The interface describes what a client understands. Interfaces that a handler names need no
/// attribute.
/// </summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class SocketClientAttribute : Attribute;
