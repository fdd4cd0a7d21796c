using System.Net;
using System.Net.Sockets;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>A listening address that is not finished, and the servers behind it.</summary>
sealed class ListenDraft(DirectiveNode node, ListenParameters parameters, EndPoint endPoint)
{
    /// <summary>Where the address was written first.</summary>
    public DirectiveNode Node { get; } = node;

    public EndPoint EndPoint { get; } = endPoint;

    /// <summary>nginx's text of the address.</summary>
    public string Address { get; } = TextOf(endPoint);

    /// <summary>The options of the socket: those of the one directive that sets any.</summary>
    public ListenParameters Parameters { get; set; } = parameters;

    public List<ServerDraft> Servers { get; } = [];

    /// <summary>Something about it was wrong: nothing more is said of it.</summary>
    public bool IsBroken { get; set; }

    /// <summary>The server marked as default; null when none is.</summary>
    public ServerDraft? Default { get; set; }

    /// <summary>The server for unknown names: the marked one, else the first.</summary>
    public ServerDraft DefaultServer => Default ?? Servers[0];

    public static string TextOf(EndPoint endPoint) =>
        endPoint is UnixDomainSocketEndPoint ? $"unix:{endPoint}" : $"{endPoint}";
}

/// <summary>
/// Every listening address, and nginx's checks across servers (ngx_http_add_listen).
/// </summary>
sealed class ListenRegistry
{
    const int PrivilegedPort = 80;
    const int UnprivilegedPort = 8000;

    readonly List<ListenDraft> drafts = [];

    /// <summary>All addresses in the order they were written first.</summary>
    public IReadOnlyList<ListenDraft> All => drafts;

    /// <summary>Reads a <c>listen</c> directive of a server.</summary>
    public void Read(BuildContext build, ServerDraft server, DirectiveNode node)
    {
        var url = HostUrl.Parse(node.Arg(0), HostUrlUse.Listen);
        var hosts = url.Error is null ? AddressesOf(build, url) : [];
        if (url.Error is not null || hosts.Count == 0)
        {
            string error = url.Error ?? "host not found";
            build.Fail(node, 0, $"{error} in \"{url.Text}\" of the \"listen\" directive");
            return;
        }

        if (!ListenReader.TryRead(build, node, out var parameters))
            return;

        foreach (var endPoint in EndPointsOf(url, hosts))
        {
            if (!Add(build, server, node, endPoint, parameters))
                return;
        }
    }

    /// <summary>Gives a server without <c>listen</c> nginx's default address.</summary>
    public void AddDefault(BuildContext build, ServerDraft server)
    {
        int port = build.Environment.IsPrivileged ? PrivilegedPort : UnprivilegedPort;
        var endPoint = new IPEndPoint(IPAddress.Any, port);
        Add(build, server, server.Node, endPoint, new ListenParameters());
    }

    static IReadOnlyList<IPAddress> AddressesOf(BuildContext build, HostUrl url)
    {
        if (url.IsUnix)
            return [IPAddress.None];
        return url.Address is { } address
            ? [address]
            : build.Environment.Resolver.Resolve(url.Host);
    }

    static IEnumerable<EndPoint> EndPointsOf(HostUrl url, IReadOnlyList<IPAddress> hosts)
    {
        if (url.IsUnix)
            return [new UnixDomainSocketEndPoint(url.Host)];
        return hosts.SelectMany(host => Enumerable.Range(url.Port, url.LastPort - url.Port + 1)
            .Select(port => new IPEndPoint(host, port)));
    }

    bool Add(
        BuildContext build, ServerDraft server, DirectiveNode node, EndPoint endPoint,
        ListenParameters parameters)
    {
        string text = ListenDraft.TextOf(endPoint);
        var draft = drafts.Find(known => known.Address == text);
        if (draft is null)
        {
            draft = new ListenDraft(node, parameters, endPoint);
            drafts.Add(draft);
            draft.Servers.Add(server);
            draft.Default = parameters.IsDefaultServer ? server : null;
            return true;
        }

        if (draft.Servers.Contains(server))
            return build.Fail(node, 0, $"a duplicate listen {text}");

        draft.Servers.Add(server);
        draft.IsBroken |= !Combine(build, draft, server, node, parameters);
        return !draft.IsBroken;
    }

    /// <summary>One directive of an address may set options, one may mark the default.</summary>
    static bool Combine(
        BuildContext build, ListenDraft draft, ServerDraft server, DirectiveNode node,
        ListenParameters parameters)
    {
        if (parameters.IsSet && draft.Parameters.IsSet)
            return build.Fail(node, $"duplicate listen options for {draft.Address}",
                "one server alone sets the options of an address; they hold for all");
        if (parameters.IsSet)
            draft.Parameters = parameters;
        if (!parameters.IsDefaultServer)
            return true;
        if (draft.Default is not null)
            return build.Fail(node, $"a duplicate default server for {draft.Address}",
                $"the first one is in {BuildContext.PositionOf(draft.Default.Node)}");
        draft.Default = server;
        return true;
    }
}
