using System.Text;
using Microsoft.CodeAnalysis;

namespace Sluice.SocketIO.Generators;

/// <summary>
/// Writes the events of all handlers and their clients as TypeScript, where the project asks for
/// it (<c>SluiceSocketIOTypeScript</c>). A generator writes no files but C#: so this is a file of
/// comments, which the targets of the package copy without their slashes.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class TypeScriptGenerator : IIncrementalGenerator
{
    /// <summary>The targets of the package look for it.</summary>
    public const string FileName = "SocketEvents.ts.g.cs";

    const string Property = "build_property.SluiceSocketIOTypeScript";

    // Not while somebody types: the file is for another compiler.
    public void Initialize(IncrementalGeneratorInitializationContext context) =>
        context.RegisterImplementationSourceOutput(
            context.CompilationProvider.Combine(context.AnalyzerConfigOptionsProvider),
            static (to, source) =>
            {
                if (source.Right.GlobalOptions.TryGetValue(Property, out var path)
                    && path.Length > 0)
                {
                    to.AddSource(FileName, Comment(Write(source.Left)));
                }
            });

    static string Comment(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n')
            .Select(line => line.Length == 0 ? "//" : "// " + line);
        return string.Join("\n", lines) + "\n";
    }

    static string Write(Compilation compilation)
    {
        var handlers = Handlers(compilation.Assembly.GlobalNamespace)
            .OrderBy(Symbols.Name, StringComparer.Ordinal).ToList();
        var types = new TypeScriptTypes();
        var maps = new StringBuilder();
        var namespaces = new SortedDictionary<string, List<(string Receive, string Send)>>(
            StringComparer.Ordinal);
        var clients = new Dictionary<ITypeSymbol, string>(SymbolEqualityComparer.Default);
        foreach (var handler in handlers)
        {
            string send = types.Reserve(handler, handler.Name + "Events");
            WriteMap(
                maps, $"What clients of {handler.Name} send.", send,
                HandlerMethods(handler), types);
            var client = (INamedTypeSymbol)Symbols.ClientOf(handler)!;
            if (!clients.TryGetValue(client, out string receive))
            {
                receive = types.Reserve(client, ClientName(client.Name) + "Events");
                clients[client] = receive;
                WriteMap(
                    maps, $"What they receive as {client.Name}.", receive,
                    ClientMethods(client), types);
            }
            string name = Symbols.Attribute(handler, "SocketNamespaceAttribute") ?? "/";
            if (!namespaces.TryGetValue(name, out var all))
            {
                namespaces[name] = all = [];
            }
            all.Add((receive, send));
        }

        var text = new StringBuilder(
            $"// Written by Sluice.SocketIO from the handlers of {compilation.AssemblyName} when "
            + "it is compiled.\n\n");
        text.Append("/** For `Socket<Receive, Send>` of socket.io-client, by namespace. */\n");
        text.Append("export interface SocketEvents {\n");
        foreach (var one in namespaces)
        {
            text.Append($"  {TypeScriptTypes.Text(one.Key)}: {{\n");
            text.Append($"    receive: {Both(one.Value.Select(map => map.Receive))};\n");
            text.Append($"    send: {Both(one.Value.Select(map => map.Send))};\n  }};\n");
        }
        return text.Append("}\n\n").Append(maps).Append(types.Write()).ToString();
    }

    static string Both(IEnumerable<string> maps) => string.Join(" & ", maps.Distinct());

    static string ClientName(string name) =>
        name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]) ? name.Substring(1) : name;

    static IEnumerable<INamedTypeSymbol> Handlers(INamespaceOrTypeSymbol within)
    {
        foreach (var member in within.GetMembers().OfType<INamespaceOrTypeSymbol>())
        {
            if (member is INamedTypeSymbol { IsAbstract: false, IsGenericType: false } type
                && Symbols.ClientOf(type) is INamedTypeSymbol)
            {
                yield return type;
            }
            foreach (var inner in Handlers(member))
            {
                yield return inner;
            }
        }
    }

    static IEnumerable<IMethodSymbol> HandlerMethods(INamedTypeSymbol handler)
    {
        var chain = new Stack<INamedTypeSymbol>();
        for (var type = handler; type is not null; type = type.BaseType!)
        {
            chain.Push(type);
        }
        return chain.SelectMany(type => type.GetMembers().OfType<IMethodSymbol>())
            .Where(method => Symbols.Attribute(method, "SocketEventAttribute") is not null);
    }

    static IEnumerable<IMethodSymbol> ClientMethods(INamedTypeSymbol client) =>
        client.AllInterfaces.Reverse().Append(client)
            .SelectMany(part => part.GetMembers().OfType<IMethodSymbol>())
            .Where(method => method.IsAbstract && method.AssociatedSymbol is null);

    static void WriteMap(
        StringBuilder text, string about, string name, IEnumerable<IMethodSymbol> methods,
        TypeScriptTypes types)
    {
        text.Append($"/** {about} */\nexport interface {name} {{\n");
        foreach (var method in methods)
        {
            text.Append($"  {TypeScriptTypes.Key(Symbols.EventName(method))}: ")
                .Append($"({Arguments(method, types)}) => void;\n");
        }
        text.Append("}\n\n");
    }

    /// <summary>
    /// As socket.io-client wants them: the acknowledgement comes last. What may be missing before
    /// one makes several lists, as TypeScript knows no optional argument before another.
    /// </summary>
    static string Arguments(IMethodSymbol method, TypeScriptTypes types)
    {
        var parameters = method.Parameters.Where(one => !Symbols.Is(
                one.Type, "System.Threading.CancellationToken")
            && !Symbols.Is(one.Type, "Sluice.SocketIO.Socket")).ToList();
        if (parameters.Any(one => Symbols.Is(one.Type, "Sluice.SocketIO.EventContext")
            || Symbols.Is(one.Type, "Sluice.SocketIO.Protocol.EventArguments")))
        {
            return "...args: any[]";
        }

        bool isHandler = method.ContainingType.TypeKind == TypeKind.Class;
        Symbols.ReturnsOf(method, out var value);
        int needed = isHandler ? parameters.FindLastIndex(one => !MayMiss(one)) + 1
            : parameters.Count;
        if (value is null)
        {
            return string.Join(", ", parameters.Select(
                (one, index) => Argument(one, types, index >= needed ? "?" : "")));
        }

        string ack = $"ack: (answer: {types.Of(value)}) => void";
        var lists = Enumerable.Range(needed, parameters.Count - needed + 1)
            .Select(count => string.Join(", ", parameters.Take(count)
                .Select(one => Argument(one, types, "")).Append(ack))).ToList();
        return lists.Count == 1 ? lists[0]
            : "...args: " + string.Join(" | ", lists.Select(list => $"[{list}]"));
    }

    static string Argument(IParameterSymbol parameter, TypeScriptTypes types, string mark) =>
        $"{TypeScriptTypes.Name(parameter.Name)}{mark}: {types.Of(parameter.Type)}";

    static bool MayMiss(IParameterSymbol parameter) => parameter.HasExplicitDefaultValue
        || parameter.NullableAnnotation == NullableAnnotation.Annotated
        || parameter.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
}
