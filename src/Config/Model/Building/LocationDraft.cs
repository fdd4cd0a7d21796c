using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>A <c>location</c> block, or a server's own level, that is not finished.</summary>
sealed class LocationDraft(DirectiveNode node, Level level, LocationMatch match, string name)
{
    static readonly Setting<bool> isInternal = new("internal", false, ReadInternal);

    public DirectiveNode Node { get; } = node;

    public Level Level { get; } = level;

    public LocationMatch Match { get; } = match;

    public string Name { get; } = name;

    public Pattern? Pattern { get; init; }

    /// <summary>Its head is wrong: it is read for what else is wrong in it.</summary>
    public bool IsBroken { get; init; }

    public List<LocationDraft> Children { get; } = [];

    /// <summary>Named locations, which a server alone has.</summary>
    public List<LocationDraft> Named { get; } = [];

    List<RewriteStep> Steps { get; } = [];

    TryFiles? TryFiles { get; set; }

    ProxyPassDraft? Pass { get; set; }

    bool IsProxied { get; set; }

    /// <summary>Reads one directive of the block; false when it is none of a location's.</summary>
    public bool Read(BuildContext build, DirectiveNode child)
    {
        switch (child.Name)
        {
            case "set":
                if (StepReader.Set(build, child) is { } set)
                    Steps.Add(set);
                return true;
            case "return":
                if (StepReader.Return(build, child) is { } ending)
                    Steps.Add(ending);
                return true;
            case "try_files":
                ReadTryFiles(build, child);
                return true;
            case "proxy_pass":
                ReadProxyPass(build, child);
                return true;
            case "internal":
                isInternal.Read(build, Level, child);
                return true;
            default:
                return ReadSetting(build, child);
        }
    }

    bool ReadSetting(BuildContext build, DirectiveNode child)
    {
        if (!CoreDirectives.Table.TryGetValue(child.Name, out var setting)
            && !ProxyDirectives.Table.TryGetValue(child.Name, out setting))
            return false;

        build.CurrentPass = Pass;
        setting.Read(build, Level, child);
        build.CurrentPass = null;
        return true;
    }

    void ReadTryFiles(BuildContext build, DirectiveNode child)
    {
        if (TryFiles is not null)
            build.IsDuplicate(child);
        else
            TryFiles = StepReader.TryFiles(build, child);
    }

    void ReadProxyPass(BuildContext build, DirectiveNode child)
    {
        if (IsProxied)
            build.IsDuplicate(child);
        else
            Pass = ProxyPassDraft.Read(build, child, Match, Name);
        IsProxied = true;
    }

    static bool ReadInternal(BuildContext build, DirectiveNode node, out bool value) =>
        value = true;

    /// <summary>Makes the location and those in it, given what holds outside.</summary>
    public LocationConfig Finish(
        BuildContext build, CoreSettings outerCore, ProxySettings outerProxy, DirectiveNode http)
    {
        var core = CoreDirectives.Resolve(build, Level, outerCore);
        var proxy = ProxyDirectives.Resolve(build, Level, outerProxy, Pass, http);
        return new LocationConfig
        {
            Match = Match,
            Name = Name,
            Pattern = Pattern,
            Internal = Level.Get(isInternal),
            AutoRedirect = IsProxied && Name.EndsWith('/'),
            Children = [.. Children.Select(child => child.Finish(build, core, proxy, http))],
            RewriteSteps = [.. Steps],
            TryFiles = TryFiles,
            ProxyPass = Pass?.Build(),
            Core = core,
            Proxy = proxy,
            Position = BuildContext.PositionOf(Node),
        };
    }
}
