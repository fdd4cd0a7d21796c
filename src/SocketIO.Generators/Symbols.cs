using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Sluice.SocketIO.Generators;

/// <summary>Questions about types, asked by full names: the library is no reference of ours.</summary>
static class Symbols
{
    const string Typed = "Sluice.SocketIO.Typed.";

    static readonly SymbolDisplayFormat full = SymbolDisplayFormat.FullyQualifiedFormat
        .WithMiscellaneousOptions(
            SymbolDisplayFormat.FullyQualifiedFormat.MiscellaneousOptions
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    static readonly string[] reserved =
    [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener",
        "removeListener",
    ];

    /// <summary>For generated code: with global:: and the question mark of nullable types.</summary>
    public static string Code(ITypeSymbol type) => type.ToDisplayString(full);

    /// <summary>As a literal of C#.</summary>
    public static string Code(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Without question mark: for names of definitions.</summary>
    public static string Name(ITypeSymbol type) =>
        type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public static bool Is(ITypeSymbol? type, string name) =>
        type is INamedTypeSymbol named && FullName(named.OriginalDefinition) == name;

    /// <summary>The client interface of SocketHandler&lt;TClient&gt;; null for other classes.</summary>
    public static ITypeSymbol? ClientOf(INamedTypeSymbol handler)
    {
        for (var type = handler.BaseType; type is not null; type = type.BaseType)
        {
            if (type.Arity == 1 && Is(type, Typed + "SocketHandler"))
            {
                return type.TypeArguments[0];
            }
        }
        return null;
    }

    /// <summary>The first argument of an attribute; null without it, "" without argument.</summary>
    public static string? Attribute(ISymbol symbol, string name)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (Is(attribute.AttributeClass, Typed + name))
            {
                return attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "";
            }
        }
        return null;
    }

    /// <summary>
    /// The name of a method's event: what its attribute says, or the method's own in the manner
    /// of JavaScript, without "Async".
    /// </summary>
    public static string EventName(IMethodSymbol method)
    {
        if (Attribute(method, "SocketEventAttribute") is { Length: > 0 } given)
        {
            return given;
        }
        string name = method.Name;
        if (name.Length > 5 && name.EndsWith("Async", StringComparison.Ordinal))
        {
            name = name.Substring(0, name.Length - 5);
        }
        return char.ToLowerInvariant(name[0]) + name.Substring(1);
    }

    public static bool IsReserved(string eventName) =>
        Array.IndexOf(reserved, eventName) >= 0;

    public static bool IsReachable(ISymbol symbol)
    {
        for (var at = symbol; at is not null and not INamespaceSymbol; at = at.ContainingSymbol)
        {
            if (!IsOpen(at))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Public or internal, whatever it is in.</summary>
    public static bool IsOpen(ISymbol symbol) => symbol.DeclaredAccessibility is
        Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal;

    /// <summary>What a method's task brings; null when it returns nothing that could be sent.</summary>
    public static Returns ReturnsOf(IMethodSymbol method, out ITypeSymbol? value)
    {
        var type = method.ReturnType;
        value = null;
        if (method.ReturnsVoid)
        {
            return Returns.Nothing;
        }
        bool isTask = Is(type, "System.Threading.Tasks.Task");
        if (!isTask && !Is(type, "System.Threading.Tasks.ValueTask"))
        {
            value = type;
            return Returns.Value;
        }
        value = ((INamedTypeSymbol)type).TypeArguments.FirstOrDefault();
        return isTask ? Returns.Task : Returns.ValueTask;
    }

    static string FullName(INamedTypeSymbol type) =>
        type.ContainingNamespace is { IsGlobalNamespace: false } space
            ? space.ToDisplayString() + "." + type.Name
            : type.Name;
}

/// <summary>How a method ends.</summary>
enum Returns
{
    Nothing,

    /// <summary>A value, at once.</summary>
    Value,

    /// <summary>A Task, with or without a value.</summary>
    Task,

    /// <summary>A ValueTask, with or without a value.</summary>
    ValueTask,
}
