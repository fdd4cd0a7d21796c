using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Reads <c>upstream</c> blocks: servers, balancing methods, idle connections.</summary>
static class UpstreamReaders
{
    /// <summary>nginx wants room for at least eight pages in a zone.</summary>
    const int ZonePagesMin = 8;

    public static readonly Setting<int> Keepalive = new("keepalive", 32, ReadKeepalive);
    public static readonly Setting<long> KeepaliveRequests =
        new("keepalive_requests", 1000, Readers.Number);
    public static readonly Setting<long> KeepaliveTimeout =
        new("keepalive_timeout", 60_000, Readers.Milliseconds);
    public static readonly Setting<long> KeepaliveTime =
        new("keepalive_time", 3_600_000, Readers.Milliseconds);

    static readonly Dictionary<string, Setting> settings =
        Setting.Table(Keepalive, KeepaliveRequests, KeepaliveTimeout, KeepaliveTime);

    /// <summary>Reads a block into the registry.</summary>
    public static void Read(BuildContext build, DirectiveNode node)
    {
        // An unfinished block is read as well: what else is wrong in it is worth knowing.
        var draft = build.Upstreams.Define(build, node)
            ?? new UpstreamDraft(node, new HostUrl { Text = node.Arg(0), Host = node.Arg(0) });
        draft.Level = new Level(null);
        bool isBroken = false;
        foreach (var child in node.Children)
        {
            isBroken |= child.IsBroken;
            if (child.IsBroken)
                continue;
            if (settings.TryGetValue(child.Name, out var setting))
                setting.Read(build, draft.Level, child);
            else
                isBroken |= !ReadOther(build, draft, child);
        }

        if (draft.Servers.Count == 0 && !isBroken)
            build.Diagnostics.EmergAtEnd(node, node.NameToken, "no servers are inside upstream");
    }

    /// <summary>False when a server could not be read.</summary>
    static bool ReadOther(BuildContext build, UpstreamDraft draft, DirectiveNode node)
    {
        switch (node.Name)
        {
            case "server":
                return ReadServer(build, draft, node);
            case "ip_hash":
                SetBalancer(build, draft, node, Balancer.IpHash, PeerParameters.WithoutBackup);
                break;
            case "least_conn":
                SetBalancer(build, draft, node, Balancer.LeastConn, PeerParameters.All);
                break;
            case "hash":
                ReadHash(build, draft, node);
                break;
            case "random":
                ReadRandom(build, draft, node);
                break;
            case "zone":
                ReadZone(build, draft, node);
                break;
        }

        return true;
    }

    static bool ReadServer(BuildContext build, UpstreamDraft draft, DirectiveNode node)
    {
        var server = new UpstreamServer
        {
            Text = node.Arg(0),
            Position = BuildContext.PositionOf(node),
        };
        for (int arg = 1; arg < node.Args.Length; arg++)
        {
            var (parameter, parsed) = Parse(server, node.Arg(arg));
            if (parameter != PeerParameters.None && (draft.Allowed & parameter) == 0)
                return build.Fail(node, arg,
                    $"balancing method does not support parameter \"{node.Arg(arg)}\"");
            if (parsed is null)
                return build.InvalidParameter(node, arg, WhyInvalid(node.Arg(arg)));
            server = parsed;
        }

        var url = HostUrl.Parse(node.Arg(0), HostUrlUse.Peer);
        if (url.Error is { } error)
            return build.Fail(node, 0, $"{error} in upstream \"{url.Text}\"");

        var addresses = UpstreamDraft.AddressesOf(build, url);
        if (addresses.IsEmpty)
            return build.Fail(node, 0, $"host not found in upstream \"{url.Text}\"",
                "the system's resolver does not know this name");
        draft.Servers.Add(server with { Addresses = addresses });
        return true;
    }

    /// <summary>A parameter's kind, and the server with it; no server when it is wrong.</summary>
    static (PeerParameters Parameter, UpstreamServer? Server) Parse(
        UpstreamServer server, string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string text = word[(equals + 1)..];
        bool isNumber = Values.TryNumber(text, out long number) && number <= int.MaxValue;
        int count = isNumber ? (int)number : 0;
        switch (equals < 0 ? word : word[..(equals + 1)])
        {
            case "weight=":
                return (PeerParameters.Weight,
                    isNumber && count > 0 ? server with { Weight = count } : null);
            case "max_conns=":
                return (PeerParameters.MaxConns,
                    isNumber ? server with { MaxConns = count } : null);
            case "max_fails=":
                return (PeerParameters.MaxFails,
                    isNumber ? server with { MaxFails = count } : null);
            case "fail_timeout=":
                bool isTime = Values.TrySeconds(text, out long time) && time <= int.MaxValue;
                return (PeerParameters.FailTimeout,
                    isTime ? server with { FailTimeoutSeconds = (int)time } : null);
            case "backup":
                return (PeerParameters.Backup, server with { Backup = true });
            case "down":
                return (PeerParameters.Down, server with { Down = true });
            default:
                return (PeerParameters.None, null);
        }
    }

    static string? WhyInvalid(string word) =>
        word is "resolve" or "drain" || word.StartsWith("service=") || word.StartsWith("route=")
            || word.StartsWith("slow_start=")
        ? "a parameter of nginx that Sluice does not implement"
        : null;

    static void SetBalancer(
        BuildContext build, UpstreamDraft draft, DirectiveNode node, Balancer balancer,
        PeerParameters allowed)
    {
        if (draft.Balancer is not null)
            build.Diagnostics.Warn(node, node.NameToken, "load balancing method redefined");
        draft.Balancer = balancer;
        draft.Allowed = allowed;
    }

    static void ReadHash(BuildContext build, UpstreamDraft draft, DirectiveNode node)
    {
        if (!build.TryTemplate(node, 0, out var key))
            return;
        bool isConsistent = node.Args.Length > 1;
        if (isConsistent && node.Arg(1) != "consistent")
        {
            build.InvalidParameter(node, 1);
            return;
        }

        var balancer = new HashBalancer(key, isConsistent);
        SetBalancer(build, draft, node, balancer, PeerParameters.WithoutBackup);
    }

    static void ReadRandom(BuildContext build, UpstreamDraft draft, DirectiveNode node)
    {
        var balancer = new RandomBalancer(Two: node.Args.Length > 0);
        SetBalancer(build, draft, node, balancer, PeerParameters.WithoutBackup);
        if (node.Args.Length > 0 && node.Arg(0) != "two")
            build.InvalidParameter(node, 0);
        else if (node.Args.Length > 1 && node.Arg(1) != "least_conn")
            build.InvalidParameter(node, 1);
    }

    static void ReadZone(BuildContext build, UpstreamDraft draft, DirectiveNode node)
    {
        string name = node.Arg(0);
        long size = 0;
        if (name.Length == 0)
            build.Fail(node, 0, $"invalid zone name \"{name}\"");
        else if (node.Args.Length > 1 && !Values.TrySize(node.Arg(1), out size))
            build.Fail(node, 1, $"invalid zone size \"{node.Arg(1)}\"");
        else if (node.Args.Length > 1 && size < ZonePagesMin * build.Environment.PageSize)
            build.Fail(node, 1, $"zone \"{name}\" is too small",
                $"at least {ZonePagesMin * build.Environment.PageSize / 1024}k");
        else
            build.Zones.Add(build, node, name, size);
        draft.ZoneName = name;
    }

    static bool ReadKeepalive(BuildContext build, DirectiveNode node, out int value)
    {
        bool isNumber = Values.TryNumber(node.Arg(0), out long number) && number <= int.MaxValue;
        value = isNumber ? (int)number : 0;
        if (!isNumber)
            return build.Fail(node, 0,
                $"invalid value \"{node.Arg(0)}\" in \"keepalive\" directive");
        return node.Args.Length == 1 || node.Arg(1) == "local" || build.InvalidParameter(node, 1);
    }
}
