using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Directives;
using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Model.Building;

/// <summary>
/// Builds the <c>http</c> block: first everything is read in file order, then settings are
/// inherited and checked in nginx's order (ngx_http_block).
/// </summary>
sealed class HttpBuilder(BuildContext build, DirectiveNode http)
{
    readonly Level level = new(null);
    readonly List<ServerDraft> servers = [];
    readonly List<MapConfig> maps = [];

    public HttpConfig Build()
    {
        foreach (var format in http.Children.Where(child => child.Name == "log_format"))
            build.Logs.Formats.Announce(format.Arg(0));
        foreach (var child in http.Children)
        {
            if (!child.IsBroken)
                Read(child);
        }

        return Finish();
    }

    void Read(DirectiveNode child)
    {
        switch (child.Name)
        {
            case "server":
                servers.Add(ServerReader.Read(build, child, level));
                break;
            case "upstream":
                UpstreamReaders.Read(build, child);
                break;
            case "map":
                if (MapReader.Read(build, child) is { } map)
                    AddMap(map);
                break;
            case "log_format":
                build.Logs.Formats.Read(build, child);
                break;
            default:
                ReadSetting(child);
                break;
        }
    }

    /// <summary>The last map of a variable is the one that nginx evaluates.</summary>
    void AddMap(MapConfig map)
    {
        maps.RemoveAll(earlier => earlier.Variable == map.Variable);
        maps.Add(map);
    }

    void ReadSetting(DirectiveNode child)
    {
        if (CoreDirectives.Table.TryGetValue(child.Name, out var setting)
            || ProxyDirectives.Table.TryGetValue(child.Name, out setting)
            || ServerDirectives.Table.TryGetValue(child.Name, out setting))
            setting.Read(build, level, child);
    }

    HttpConfig Finish()
    {
        foreach (var server in servers)
            ServerDirectives.Check(build, server.Root.Level, http);
        foreach (var upstream in build.Upstreams.All)
            upstream.Finish(build, http);

        var core = CoreDirectives.Resolve(build, level, null);
        var proxy = ProxyDirectives.Resolve(build, level, null, null, http);
        ImmutableArray<ServerConfig> finished =
            [.. servers.Select(server => server.Finish(build, core, proxy, http))];
        foreach (var server in servers)
            LocationReader.CheckDuplicates(build, server.Root, http);
        SayUnknownVariables();
        var listens = ServerNameBuilder.Finish(build, http);

        var all = build.Upstreams.All;
        return new HttpConfig
        {
            Upstreams = all.Where(draft => draft.IsBlock).ToFrozenDictionary(
                draft => draft.Host, draft => draft.Config, StringComparer.OrdinalIgnoreCase),
            AllUpstreams = [.. all.Select(draft => draft.Config)],
            Maps = [.. maps],
            LogFormats = build.Logs.Formats.ToFrozen(),
            Servers = finished,
            Listens = listens,
            SetVariables = [.. build.Variables.Written],
            Position = BuildContext.PositionOf(http),
        };
    }

    void SayUnknownVariables()
    {
        foreach (var (name, node, at) in build.Variables.Unknown())
        {
            var (message, hint) = VariableNames.ModuleOfKnown(name) is { } module
                ? ($"\"${name}\" is a variable of nginx that Sluice does not implement",
                    $"it belongs to {module}")
                : ($"unknown \"{name}\" variable", HintFor(name));
            build.SayAtEnd(http, Severity.Emerg, node, at, message, hint);
        }
    }

    /// <summary>
    /// The variable of nginx's page on WebSockets is copied without its map more often than any
    /// other.
    /// </summary>
    string? HintFor(string name) => name == "connection_upgrade"
        ? "write in http: map $http_upgrade $connection_upgrade { default upgrade; '' close; }"
        : Advice.Nearest(name, build.Variables.NamesLike(name));
}
