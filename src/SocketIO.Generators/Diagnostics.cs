using Microsoft.CodeAnalysis;

namespace Sluice.SocketIO.Generators;

/// <summary>What cannot be generated, each with the way out.</summary>
static class Diagnostics
{
    const string Category = "Sluice.SocketIO";

    public static readonly DiagnosticDescriptor HandlerIsGeneric = Error(
        "SIO001", "{0} has type parameters; handle events in a class without them");

    public static readonly DiagnosticDescriptor NotAccessible = Error(
        "SIO002", "{0} is out of reach for generated code; make it internal or public");

    public static readonly DiagnosticDescriptor ManyConstructors = Error(
        "SIO003", "{0} has {1} constructors that could be used; leave one public or internal");

    public static readonly DiagnosticDescriptor MethodIsStaticOrGeneric = Error(
        "SIO004", "{0} must be an instance method without type parameters to handle an event");

    public static readonly DiagnosticDescriptor ParameterCannotBeBound = Error(
        "SIO005", "parameter {0} cannot come from a client: {1}");

    public static readonly DiagnosticDescriptor EventIsTwice = Error(
        "SIO006", "event \"{0}\" is handled twice, by {1} and {2}; only one could answer");

    public static readonly DiagnosticDescriptor EventIsReserved = Error(
        "SIO007", "\"{0}\" is a reserved event name; the handler has OnConnectedAsync and "
            + "OnDisconnectedAsync for it");

    public static readonly DiagnosticDescriptor ClientIsNoInterface = Error(
        "SIO008", "{0} is no interface; a client is described by an interface of methods");

    public static readonly DiagnosticDescriptor ClientMember = Error(
        "SIO009", "{0} cannot be sent to a client: {1}");

    public static readonly DiagnosticDescriptor NamespaceWithoutSlash = Error(
        "SIO010", "namespace \"{0}\" must begin with a slash");

    public static readonly DiagnosticDescriptor HandlesNothing = new(
        "SIO011", "Socket.IO handler", "{0} handles no event; give a method [SocketEvent]",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    static DiagnosticDescriptor Error(string id, string message) => new(
        id, "Socket.IO handler", message, Category, DiagnosticSeverity.Error,
        isEnabledByDefault: true);
}
