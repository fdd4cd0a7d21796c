using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Model.Building;

/// <summary>Makes listening addresses with their servers and the table of their names.</summary>
static class ServerNameBuilder
{
    /// <summary>
    /// All addresses, and what nginx says of names: port by port, within one the addresses that
    /// stand for all last.
    /// </summary>
    public static ImmutableArray<ListenConfig> Finish(BuildContext build, DirectiveNode http)
    {
        var tables = new Dictionary<ListenDraft, ServerNameTable>();
        var ports = build.Listens.All.GroupBy(PortOf);
        foreach (var draft in ports.SelectMany(port => port.OrderBy(IsWildcard)))
            tables[draft] = TableOf(build, draft, http);
        return [.. build.Listens.All.Select(draft => ConfigOf(draft, tables[draft]))];
    }

    static (string Family, int Port) PortOf(ListenDraft draft) => draft.EndPoint is IPEndPoint ip
        ? (ip.AddressFamily.ToString(), ip.Port)
        : ("unix", 0);

    static bool IsWildcard(ListenDraft draft) => draft.EndPoint is IPEndPoint ip
        && (ip.Address.Equals(IPAddress.Any) || ip.Address.Equals(IPAddress.IPv6Any));

    /// <summary>A server alone on its address takes every name, so nginx looks at none.</summary>
    static ServerNameTable TableOf(BuildContext build, ListenDraft draft, DirectiveNode http)
    {
        var table = new NameTable<ServerConfig>();
        bool isLookedAt = draft.Servers.Count > 1 || draft.DefaultServer.HasCaptures;
        var regexes = ImmutableArray.CreateBuilder<(Pattern, ServerConfig)>();
        foreach (var server in draft.Servers)
        {
            foreach (var name in server.EffectiveNames)
            {
                if (name.Pattern is { } pattern)
                {
                    regexes.Add((pattern, server.Config));
                    continue;
                }

                var added = table.AddHostname(name.Text, server.Config);
                if (isLookedAt && !draft.IsBroken)
                    Say(build, draft, server, name, added, http);
            }
        }

        return new ServerNameTable
        {
            Exact = table.Exact.ToFrozenDictionary(),
            Leading = table.Leading.ToFrozenDictionary(),
            Trailing = table.Trailing.ToFrozenDictionary(),
            Regexes = regexes.ToImmutable(),
        };
    }

    static void Say(
        BuildContext build, ListenDraft draft, ServerDraft server, ServerName name,
        NameAdded added, DirectiveNode http)
    {
        if (added == NameAdded.Added)
            return;

        var node = server.NameNode(name) ?? server.Node;
        var token = node.Args.FirstOrDefault(arg => arg.Value.ToLowerAscii() == name.Text)
            ?? node.NameToken;
        if (added == NameAdded.Invalid)
            build.SayAtEnd(http, Severity.Emerg, node, token,
                $"invalid server name or wildcard \"{name.Text}\" on {draft.Address}");
        else
            build.SayAtEnd(http, Severity.Warn, node, token,
                $"conflicting server name \"{name.Text}\" on {draft.Address}, ignored",
                "another server of this address has the name");
    }

    static ListenConfig ConfigOf(ListenDraft draft, ServerNameTable names)
    {
        var options = draft.Parameters;
        return new ListenConfig
        {
            Address = draft.Address,
            EndPoint = draft.EndPoint,
            Backlog = options.Backlog,
            ReusePort = options.ReusePort,
            Ipv6Only = options.Ipv6Only,
            ReceiveBufferSize = options.ReceiveBufferSize,
            SendBufferSize = options.SendBufferSize,
            SoKeepalive = options.SoKeepalive,
            DefaultServer = draft.DefaultServer.Config,
            Servers = [.. draft.Servers.Select(server => server.Config)],
            Names = names,
            Position = BuildContext.PositionOf(draft.Node),
        };
    }
}
