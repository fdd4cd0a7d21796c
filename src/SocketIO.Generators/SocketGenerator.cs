using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Sluice.SocketIO.Generators;

/// <summary>
/// Writes, for each handler of Socket.IO events, the table that leads events to methods, and for
/// each client interface the class that sends its calls. A module initializer tells the library
/// of them, so that nothing is looked up by reflection.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class SocketGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var handlers = context.SyntaxProvider.CreateSyntaxProvider(
                static (node, _) => node is ClassDeclarationSyntax { BaseList: not null },
                static (at, cancel) =>
                    at.SemanticModel.GetDeclaredSymbol(at.Node, cancel) is INamedTypeSymbol type
                    && IsHandler(type, at.Node)
                        ? new HandlerWriter(type).Write()
                        : null)
            .Where(static output => output is not null);
        var clients = context.SyntaxProvider.CreateSyntaxProvider(
                static (node, _) => node is ClassDeclarationSyntax { BaseList: not null }
                    or InterfaceDeclarationSyntax { AttributeLists.Count: > 0 },
                static (at, cancel) =>
                    at.SemanticModel.GetDeclaredSymbol(at.Node, cancel) is INamedTypeSymbol type
                    && Client(type, at.Node) is { } client
                        ? new ClientWriter(client).Write()
                        : null)
            .Where(static output => output is not null)
            .Collect()
            .SelectMany(static (all, _) => Distinct(all));
        context.RegisterSourceOutput(handlers, static (to, output) => Add(to, output!));
        context.RegisterSourceOutput(clients, static (to, output) => Add(to, output!));
    }

    /// <summary>A class that somebody can map; of several parts, the first stands for all.</summary>
    static bool IsHandler(INamedTypeSymbol type, SyntaxNode node) =>
        !type.IsAbstract && IsFirstPart(type, node) && Symbols.ClientOf(type) is not null;

    static INamedTypeSymbol? Client(INamedTypeSymbol type, SyntaxNode node)
    {
        if (type.TypeKind == TypeKind.Interface)
        {
            bool isClient = Symbols.Attribute(type, "SocketClientAttribute") is not null;
            return isClient && IsFirstPart(type, node) ? type : null;
        }
        return IsHandler(type, node)
            && Symbols.ClientOf(type) is INamedTypeSymbol { TypeKind: TypeKind.Interface } client
                ? client
                : null;
    }

    static bool IsFirstPart(INamedTypeSymbol type, SyntaxNode node)
    {
        var first = type.DeclaringSyntaxReferences[0];
        return first.SyntaxTree == node.SyntaxTree && first.Span == node.Span;
    }

    /// <summary>Several handlers may have the same client.</summary>
    static IEnumerable<Output> Distinct(ImmutableArray<Output?> all)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in all)
        {
            if (seen.Add(output!.Name))
            {
                yield return output;
            }
        }
    }

    static void Add(SourceProductionContext to, Output output)
    {
        foreach (var complaint in output.Complaints)
        {
            to.ReportDiagnostic(complaint.ToDiagnostic());
        }
        if (output.Source.Length > 0)
        {
            to.AddSource(output.Name, output.Source);
        }
    }
}
