using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>A <c>server</c> block that is not finished.</summary>
sealed class ServerDraft(DirectiveNode node, Level http)
{
    ServerConfig? config;

    public DirectiveNode Node { get; } = node;

    /// <summary>The server level: its settings, steps and locations.</summary>
    public LocationDraft Root { get; } = new(node, new Level(http), LocationMatch.None, "");

    public List<ServerName> Names { get; } = [];

    /// <summary>The directives that the names come from.</summary>
    public List<DirectiveNode> NameNodes { get; } = [];

    /// <summary>A <c>listen</c> is written, be it right or wrong.</summary>
    public bool HasListen { get; set; }

    /// <summary>The finished server; it has to be made by then.</summary>
    public ServerConfig Config => config
        ?? throw new InvalidOperationException("a server is used before it is made");

    /// <summary>Names as nginx sees them: a server without any has the empty one.</summary>
    public ImmutableArray<ServerName> EffectiveNames => Names.Count > 0
        ? [.. Names]
        : [new ServerName
        {
            Kind = ServerNameKind.Empty, Text = "", Position = BuildContext.PositionOf(Node),
        }];

    /// <summary>Whether an expression among the names has groups, which requests need.</summary>
    public bool HasCaptures => Names.Any(
        name => name.Pattern is { } pattern && pattern.Regex.GetGroupNumbers().Length > 1);

    /// <summary>The directive that a name comes from; null for the empty one by default.</summary>
    public DirectiveNode? NameNode(ServerName name)
    {
        int at = Names.IndexOf(name);
        return at < 0 ? null : NameNodes[at];
    }

    /// <summary>The value of <c>$server_name</c>.</summary>
    public string FirstName => EffectiveNames[0].Text is ['.', .. var below]
        ? below
        : EffectiveNames[0].Text;

    /// <summary>Makes the server once everything is read.</summary>
    public ServerConfig Finish(
        BuildContext build, CoreSettings core, ProxySettings proxy, DirectiveNode http)
    {
        var root = Root.Finish(build, core, proxy, http);
        var named = new Dictionary<string, LocationConfig>();
        foreach (var location in Root.Named)
        {
            // Of two with one name nginx uses the first.
            var finished = location.Finish(build, root.Core, root.Proxy, http);
            named.TryAdd(finished.Name, finished);
        }

        config = ServerDirectives.Build(this, root, named.ToFrozenDictionary());
        return config;
    }
}
