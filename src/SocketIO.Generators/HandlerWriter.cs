using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Sluice.SocketIO.Generators;

/// <summary>Writes the binding of one handler: how it is made, and which event calls what.</summary>
sealed class HandlerWriter
{
    const string Protocol = "global::Sluice.SocketIO.Protocol.";
    const string Typed = "global::Sluice.SocketIO.Typed.";

    readonly INamedTypeSymbol handler;
    readonly string code;
    readonly List<Complaint> complaints = [];

    public HandlerWriter(INamedTypeSymbol handler)
    {
        this.handler = handler;
        code = Symbols.Name(handler);
    }

    public Output Write()
    {
        string name = Names.File(handler, "Binding");
        CheckHandler();
        var methods = Methods();
        string @namespace = Symbols.Attribute(handler, "SocketNamespaceAttribute") ?? "/";
        if (!@namespace.StartsWith("/", StringComparison.Ordinal))
        {
            complaints.Add(new(Diagnostics.NamespaceWithoutSlash, handler, @namespace));
        }
        var text = new StringBuilder(Names.Head);
        text.Append(
            $$"""
            static class {{Names.Type(handler, "Binding")}}
            {
                [global::System.Runtime.CompilerServices.ModuleInitializer]
                internal static void Register() =>
                    {{Typed}}SocketBindings.Register<{{code}}>(
                        {{Symbols.Code(@namespace)}}, Create, Bind);

                static {{code}} Create(global::System.IServiceProvider services) =>
                    new({{Constructor()}});


            """);
        text.Append(
            $"    static void Bind({code} handler, global::Sluice.SocketIO.Socket socket)\n");
        text.Append("    {\n");
        foreach (var method in methods)
        {
            text.Append(
                $"        socket.On({Symbols.Code(Symbols.EventName(method))}, ").Append(
                $"context => {MethodName(method)}(handler, context));\n");
        }
        text.Append("    }\n");
        foreach (var method in methods)
        {
            WriteMethod(text, method);
        }
        text.Append("}\n");
        bool isRefused = complaints.Any(one => one.IsError);
        return new Output(name, isRefused ? "" : text.ToString(), complaints);
    }

    void CheckHandler()
    {
        if (handler.IsGenericType)
        {
            complaints.Add(new(Diagnostics.HandlerIsGeneric, handler, handler.Name));
        }
        if (!Symbols.IsReachable(handler))
        {
            complaints.Add(new(Diagnostics.NotAccessible, handler, handler.Name));
        }
        var client = Symbols.ClientOf(handler)!;
        if (client.TypeKind != TypeKind.Interface)
        {
            complaints.Add(new(Diagnostics.ClientIsNoInterface, handler, client.Name));
        }
    }

    string Constructor()
    {
        var usable = handler.InstanceConstructors.Where(Symbols.IsOpen).ToList();
        if (usable.Count != 1)
        {
            complaints.Add(new(
                Diagnostics.ManyConstructors, handler, handler.Name, usable.Count.ToString()));
            return "";
        }
        return Names.Lines(
            usable[0].Parameters.Select(Service).ToList());
    }

    static string Service(IParameterSymbol parameter)
    {
        const string from = "global::Microsoft.Extensions.DependencyInjection.";
        string type = Symbols.Name(parameter.Type);
        foreach (var attribute in parameter.GetAttributes())
        {
            if (Symbols.Is(
                attribute.AttributeClass,
                "Microsoft.Extensions.DependencyInjection.FromKeyedServicesAttribute")
                && attribute.ConstructorArguments.FirstOrDefault() is
                { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum } key)
            {
                return $"{from}ServiceProviderKeyedServiceExtensions"
                    + $".GetRequiredKeyedService<{type}>(services, {key.ToCSharpString()})";
            }
        }
        return parameter.HasExplicitDefaultValue && parameter.Type.IsReferenceType
            ? $"{from}ServiceProviderServiceExtensions.GetService<{type}>(services)!"
            : $"{from}ServiceProviderServiceExtensions.GetRequiredService<{type}>(services)";
    }

    /// <summary>The methods that handle events, those of base classes first.</summary>
    List<IMethodSymbol> Methods()
    {
        var chain = new Stack<INamedTypeSymbol>();
        for (var type = handler; type is not null; type = type.BaseType!)
        {
            chain.Push(type);
        }
        var methods = new List<IMethodSymbol>();
        foreach (var type in chain)
        {
            methods.AddRange(type.GetMembers().OfType<IMethodSymbol>().Where(method =>
                Symbols.Attribute(method, "SocketEventAttribute") is not null && Check(method)));
        }
        var byEvent = new Dictionary<string, IMethodSymbol>(StringComparer.Ordinal);
        foreach (var method in methods)
        {
            string name = Symbols.EventName(method);
            if (byEvent.TryGetValue(name, out var other))
            {
                complaints.Add(new(
                    Diagnostics.EventIsTwice, method, name, other.Name, method.Name));
            }
            byEvent[name] = method;
        }
        if (methods.Count == 0 && complaints.Count == 0)
        {
            complaints.Add(new(Diagnostics.HandlesNothing, handler, handler.Name));
        }
        return methods;
    }

    bool Check(IMethodSymbol method)
    {
        int before = complaints.Count;
        if (method.IsStatic || method.IsGenericMethod)
        {
            complaints.Add(new(Diagnostics.MethodIsStaticOrGeneric, method, method.Name));
        }
        if (!Symbols.IsOpen(method))
        {
            complaints.Add(new(Diagnostics.NotAccessible, method, method.Name));
        }
        if (Symbols.IsReserved(Symbols.EventName(method)))
        {
            complaints.Add(new(
                Diagnostics.EventIsReserved, method, Symbols.EventName(method)));
        }
        foreach (var parameter in method.Parameters)
        {
            string? problem = parameter switch
            {
                { RefKind: not RefKind.None } => "it is passed by reference",
                { IsParams: true } => "its number is open; take EventArguments instead",
                { Type.TypeKind: TypeKind.Pointer or TypeKind.FunctionPointer } =>
                    "it is a pointer",
                { Type.IsRefLikeType: true } =>
                    "it lives on the stack; take byte[] or ReadOnlyMemory<byte> instead",
                { Type.TypeKind: TypeKind.Delegate } =>
                    "it is a delegate; return a value to acknowledge",
                _ => null,
            };
            if (problem is not null)
            {
                complaints.Add(new(
                    Diagnostics.ParameterCannotBeBound, parameter, parameter.Name, problem));
            }
        }
        return complaints.Count == before;
    }

    void WriteMethod(StringBuilder text, IMethodSymbol method)
    {
        var returns = Symbols.ReturnsOf(method, out var value);
        bool isAsync = returns is Returns.Task or Returns.ValueTask;
        text.Append($"\n    static {(isAsync ? "async " : "")}")
            .Append($"global::System.Threading.Tasks.ValueTask {MethodName(method)}(\n")
            .Append($"        {code} handler, global::Sluice.SocketIO.EventContext context)\n")
            .Append("    {\n");
        var arguments = new List<string>();
        int index = 0;
        foreach (var parameter in method.Parameters)
        {
            arguments.Add(Argument(parameter, ref index));
        }
        string call = (isAsync ? "await " : "")
            + $"handler.{Names.Escape(method.Name)}({Names.Lines(arguments)})"
            + (isAsync ? ".ConfigureAwait(false)" : "");
        // Who asks for the context and returns nothing answers by it, now or later.
        bool isOwnAnswer = value is null && method.Parameters.Any(IsContext);
        text.Append(
            value is not null ? $"        {Typed}SocketBindings.Answer(context, {call});\n"
            : isOwnAnswer ? $"        {call};\n"
            : $"        {call};\n        {Typed}SocketBindings.Answer(context);\n");
        if (!isAsync)
        {
            text.Append("        return default;\n");
        }
        text.Append("    }\n");
    }

    static string Argument(IParameterSymbol parameter, ref int index)
    {
        switch (Symbols.Name(parameter.Type))
        {
            case "global::System.Threading.CancellationToken":
                return "context.Socket.Disconnected";
            case "global::Sluice.SocketIO.EventContext":
                return "context";
            case "global::Sluice.SocketIO.Socket":
                return "context.Socket";
            case Protocol + "EventArguments":
                return "context.Arguments";
        }
        int at = index++;
        string type = Symbols.Code(parameter.Type);
        if (parameter.HasExplicitDefaultValue)
        {
            return $"{Typed}SocketBindings.Optional<{type}>(context, {at}, "
                + $"{Names.Default(parameter)})";
        }
        bool mayBeNull = parameter.NullableAnnotation == NullableAnnotation.Annotated
            || parameter.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return mayBeNull
            ? $"context.Arguments.Get<{type}>({at})"
            : $"{Typed}SocketBindings.Required<{type}>(context, {at}, "
                + $"{Symbols.Code(parameter.Name)})";
    }

    static bool IsContext(IParameterSymbol parameter) =>
        Symbols.Name(parameter.Type) == "global::Sluice.SocketIO.EventContext";

    /// <summary>Overloads differ in their events, and so do the methods here.</summary>
    static string MethodName(IMethodSymbol method) =>
        "On" + Names.Identifier(Symbols.EventName(method));
}
