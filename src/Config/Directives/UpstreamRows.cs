namespace Sluice.Config.Directives;

/// <summary>Groups of servers and the choice among them (ngx_http_upstream_module).</summary>
static class UpstreamRows
{
    public static readonly DirectiveModule Module = new(
        "ngx_http_upstream_module", "Upstream", "upstream",
    [
        new("upstream", Contexts.Http, Args.One, Kind.None)
        {
            Syntax = "name", Repeats = true,
            Block = BlockForm.Directives, Opens = Contexts.Upstream,
            Summary = "Defines a group of servers that proxy_pass can name.",
        },
        new("server", Contexts.Upstream, Args.OneMore, Kind.Other)
        {
            Syntax = "address [parameters]", Repeats = true,
            Summary = "A server of the group: a name or address with a port, or unix: and a path.",
        },
        new("ip_hash", Contexts.Upstream, Args.None, Kind.None)
        {
            Repeats = true,
            Summary = "Chooses by the client's address: the first three bytes of an IPv4 one.",
        },
        new("least_conn", Contexts.Upstream, Args.None, Kind.None)
        {
            Since = "1.3.1", Repeats = true,
            Summary = "Chooses the peer with the fewest exchanges and tunnels for its weight.",
        },
        new("hash", Contexts.Upstream, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "key [consistent]", Since = "1.7.2", Repeats = true,
            Summary = "Chooses by a text with variables; consistent moves few keys when the"
                + " servers change.",
        },
        new("random", Contexts.Upstream, Args.None | Args.OneOrTwo, Kind.Other)
        {
            Syntax = "[two [method]]", Since = "1.15.1", Repeats = true,
            Summary = "Chooses by chance; two takes the less busy one of two.",
        },
        new("keepalive", Contexts.Upstream, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "connections [local]", Default = "32 local", Since = "1.1.4",
            Summary = "How many idle connections to the group a loop keeps.",
        },
        new("keepalive_requests", Contexts.Upstream, Args.One, Kind.Number)
        {
            Default = "1000", Since = "1.15.3",
            Summary = "How many requests one connection to a peer serves.",
        },
        new("keepalive_time", Contexts.Upstream, Args.One, Kind.Msec)
        {
            Default = "1h", Since = "1.19.10",
            Summary = "How old a connection to a peer may be to serve another request.",
        },
        new("keepalive_timeout", Contexts.Upstream, Args.One, Kind.Msec)
        {
            Default = "60s", Since = "1.15.3",
            Summary = "How long an idle connection to a peer is kept.",
        },
        new("zone", Contexts.Upstream, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "name [size]", Since = "1.9.0", Repeats = true,
            Summary = "Accepted: what is known of the peers is shared by all loops anyway.",
        },
    ]);
}
