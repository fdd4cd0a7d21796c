using Sluice.Config.Model;
using Sluice.Proxy.Matching;

namespace Sluice.Proxy.Routing.Servers;

/// <summary>
/// The servers of one listening address by name, as nginx chooses them: whole names, longest
/// wildcard in front, longest wildcard at the end, then expressions in order.
/// </summary>
public sealed class ServerTable
{
    readonly HostTable<ServerConfig> names;
    readonly (Expression Expression, ServerConfig Server)[] expressions;

    public ServerTable(ListenConfig listen)
    {
        var table = listen.Names;
        names = new(table.Exact, table.Leading, table.Trailing);
        expressions =
            [.. table.Regexes.Select(entry => (new Expression(entry.Pattern), entry.Server))];
    }

    /// <summary>
    /// The server of a host; null for none, that is, the default server. Without expressions
    /// nothing is allocated.
    /// </summary>
    /// <param name="host">
    /// In lower case, without port or final dot; empty when the request names none.
    /// </param>
    /// <param name="captures">Who is told what an expression captured.</param>
    public ServerConfig? Find(ReadOnlySpan<byte> host, ICaptures captures)
    {
        if (names.TryFind(host, out var server))
            return server;
        return expressions.Length == 0 || host.IsEmpty ? null : FindByExpression(host, captures);
    }

    /// <summary>
    /// Compiles the expressions, a millisecond or two each: once, on a thread that may take its
    /// time. Searches may be under way.
    /// </summary>
    public void CompileExpressions()
    {
        foreach (var (expression, _) in expressions)
            expression.Compile();
    }

    ServerConfig? FindByExpression(ReadOnlySpan<byte> host, ICaptures captures)
    {
        using var text = new WideText(host, stackalloc char[MatchingLimits.StackBytes]);
        foreach (var (expression, server) in expressions)
        {
            if (expression.Match(text.Chars, host, captures) == ExpressionResult.Match)
                return server;
        }
        return null;
    }
}
