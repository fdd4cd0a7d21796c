using Sluice.Config.Syntax;
using Sluice.Config.Text;

namespace Sluice.Config.Model.Building;

/// <summary>
/// Every group of peers, found by host and port without regard to case (ngx_http_upstream_add):
/// a URL may come before the block that it names.
/// </summary>
sealed class UpstreamRegistry
{
    readonly List<UpstreamDraft> drafts = [];
    readonly Dictionary<string, List<UpstreamDraft>> byHost =
        new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All groups in the order they were met first.</summary>
    public IReadOnlyList<UpstreamDraft> All => drafts;

    /// <summary>Begins a block; null after saying what is wrong.</summary>
    public UpstreamDraft? Define(BuildContext build, DirectiveNode node)
    {
        string name = node.Arg(0);
        var sameName = SameHost(name);
        var earlier = sameName.FirstOrDefault();
        if (earlier is { IsBlock: true })
        {
            build.Fail(node, 0, $"duplicate upstream \"{name}\"",
                $"the first one is in {BuildContext.PositionOf(earlier.Node)}");
            return null;
        }

        if (sameName.Find(draft => !draft.Url.HasNoPort) is { } withPort)
        {
            SayMayNotHavePort(build, withPort.Node, withPort.Url, node.Order);
            withPort.IsBroken = true;
            return null;
        }

        if (earlier is null)
        {
            earlier = new UpstreamDraft(node, new HostUrl { Text = name, Host = name });
            Add(earlier);
        }

        earlier.IsBlock = true;
        earlier.Port = 0;
        earlier.Node = node;
        return earlier;
    }

    /// <summary>Finds or makes the group of a URL; null after saying what is wrong.</summary>
    public UpstreamDraft? Use(BuildContext build, DirectiveNode node, HostUrl url)
    {
        if (url.Error is { } error)
        {
            build.Fail(node, 0, $"{error} in upstream \"{url.Text}\"");
            return null;
        }

        foreach (var draft in SameHost(url.Host))
        {
            if (draft.IsBlock && !url.HasNoPort)
            {
                SayMayNotHavePort(build, node, url, node.Order);
                return null;
            }

            if (draft.IsBlock || draft.Port == url.Port)
                return draft;
        }

        var made = new UpstreamDraft(node, url);
        Add(made);
        return made;
    }

    List<UpstreamDraft> SameHost(string host) => byHost.TryGetValue(host, out var same) ? same : [];

    void Add(UpstreamDraft draft)
    {
        drafts.Add(draft);
        if (!byHost.TryAdd(draft.Host, [draft]))
            byHost[draft.Host].Add(draft);
    }

    static void SayMayNotHavePort(
        BuildContext build, DirectiveNode node, HostUrl url, int order)
    {
        var token = BuildContext.TokenOf(node, 0);
        build.Diagnostics.Add(DiagnosticList.At(Severity.Emerg, node.File, node.Line, token.Start,
            token.Length, $"upstream \"{url.Host}\" may not have port {url.Port}",
            "an upstream block with this name has the ports", order));
    }
}
