using System.Text;
using Microsoft.CodeAnalysis;

namespace Sluice.SocketIO.Generators;

/// <summary>Writes the class by which the calls of a client interface become events.</summary>
sealed class ClientWriter
{
    const string Typed = "global::Sluice.SocketIO.Typed.";

    readonly INamedTypeSymbol client;
    readonly List<Complaint> complaints = [];

    public ClientWriter(INamedTypeSymbol client) => this.client = client;

    public Output Write()
    {
        if (!Symbols.IsReachable(client))
        {
            complaints.Add(new(Diagnostics.NotAccessible, client, client.Name));
        }
        string code = Symbols.Name(client);
        string type = Names.Type(client, "Client");
        var text = new StringBuilder(Names.Head);
        text.Append(
            $$"""
            sealed class {{type}} : {{code}}
            {
                readonly {{Typed}}SocketClientTarget target;

                {{type}}({{Typed}}SocketClientTarget target) => this.target = target;

                [global::System.Runtime.CompilerServices.ModuleInitializer]
                internal static void Register() =>
                    {{Typed}}SocketBindings.RegisterClient<{{code}}>(
                        static target => new {{type}}(target));

            """);
        foreach (var member in client.AllInterfaces.Reverse().Append(client)
            .SelectMany(part => part.GetMembers()))
        {
            WriteMember(text, member);
        }
        text.Append("}\n");
        bool isRefused = complaints.Any(one => one.IsError);
        return new Output(
            Names.File(client, "Client"), isRefused ? "" : text.ToString(), complaints);
    }

    void WriteMember(StringBuilder text, ISymbol member)
    {
        if (member is IMethodSymbol { AssociatedSymbol: not null } || !member.IsAbstract)
        {
            // A property's accessor is its property's matter; what has a body needs none of ours.
            return;
        }
        if (member is not IMethodSymbol method)
        {
            complaints.Add(new(Diagnostics.ClientMember, member, member.Name, "it is no method"));
            return;
        }
        if (Problem(method) is { } problem)
        {
            complaints.Add(new(Diagnostics.ClientMember, method, method.Name, problem));
            return;
        }
        var returns = Symbols.ReturnsOf(method, out var value);
        string eventName = Symbols.Code(Symbols.EventName(method));
        var cancel = method.Parameters.FirstOrDefault(IsCancel);
        string arguments = string.Join(", ", method.Parameters
            .Where(parameter => !IsCancel(parameter))
            .Select(parameter => Names.Escape(parameter.Name)));
        arguments = $"new object?[] {{ {arguments} }}";
        text.Append(
            $"\n    {Symbols.Code(method.ReturnType)} {Symbols.Name(method.ContainingType)}."
            + $"{Names.Escape(method.Name)}({Parameters(method)})\n    {{\n");
        if (value is not null)
        {
            string ask = $"target.AskAsync<{Symbols.Code(value)}>(\n"
                + $"            {eventName}, {arguments}, "
                + $"{(cancel is null ? "default" : Names.Escape(cancel.Name))})";
            text.Append(returns == Returns.Task
                ? $"        return {ask};\n"
                : $"        return new({ask});\n");
        }
        else
        {
            text.Append($"        target.Emit({eventName}, {arguments});\n");
            if (returns != Returns.Nothing)
            {
                text.Append(returns == Returns.Task
                    ? "        return global::System.Threading.Tasks.Task.CompletedTask;\n"
                    : "        return default;\n");
            }
        }
        text.Append("    }\n");
    }

    static string? Problem(IMethodSymbol method)
    {
        if (method.IsStatic || method.IsGenericMethod)
        {
            return "it is static or has type parameters";
        }
        if (Symbols.IsReserved(Symbols.EventName(method)))
        {
            return $"\"{Symbols.EventName(method)}\" is a reserved event name";
        }
        if (Symbols.ReturnsOf(method, out _) == Returns.Value)
        {
            return "an answer takes time; return a Task of it";
        }
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind != RefKind.None || parameter.Type.IsRefLikeType
                || parameter.Type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer
                    or TypeKind.Delegate)
            {
                return $"parameter {parameter.Name} is a reference, a delegate or on the stack";
            }
        }
        return null;
    }

    static string Parameters(IMethodSymbol method) => string.Join(", ", method.Parameters.Select(
        parameter => $"{Symbols.Code(parameter.Type)} {Names.Escape(parameter.Name)}"));

    static bool IsCancel(IParameterSymbol parameter) =>
        Symbols.Is(parameter.Type, "System.Threading.CancellationToken");
}
