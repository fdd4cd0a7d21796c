namespace Sluice.Config.Directives;

/// <summary>Logs (ngx_http_log_module).</summary>
static class LogRows
{
    public static readonly DirectiveModule Module = new("ngx_http_log_module", "Log", "log",
    [
        new("access_log", Contexts.HttpServerLocationIf | Contexts.LimitExcept, Args.OneMore,
            Kind.Other)
        {
            Syntax = "path | syslog:server=address[,parameter=value]"
                + " [format [buffer=size] [gzip[=level]] [flush=time] [if=condition]] | off",
            Default = "logs/access.log combined", Inherits = true, Repeats = true,
            Summary = "Where a line for each exchange is written, and in which form.",
        },
        new("log_format", Contexts.Http, Args.TwoMore, Kind.Other)
        {
            Syntax = "name [escape=default|json|none] string ...", Default = "combined \"...\"",
            Repeats = true, Summary = "Names a form of the lines of an access log.",
        },
        new("open_log_file_cache", Contexts.HttpServerLocation, Args.OneToThree | Args.Four,
            Kind.Other)
        {
            Syntax = "max=N [inactive=time] [min_uses=N] [valid=time] | off", Default = "off",
            Inherits = true, Status = Status.AcceptedTuning,
            Summary = "Keeps log files open whose names have variables.",
        },
    ]);
}

/// <summary>Fields added to responses (ngx_http_headers_module).</summary>
static class HeadersRows
{
    public static readonly DirectiveModule Module = new(
        "ngx_http_headers_module", "Headers", "headers",
    [
        new("add_header", Contexts.HttpServerLocationIf, Args.TwoOrThree, Kind.Other)
        {
            Syntax = "name value [always]", Inherits = true, Repeats = true,
            Summary = "Adds a field to successful responses, or to all; a block with one of these"
                + " inherits none.",
        },
        new("expires", Contexts.HttpServerLocationIf, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "[modified] time | epoch | max | off", Default = "off", Inherits = true,
            Summary = "Sets Expires and Cache-Control of responses.",
        },
    ]);
}

/// <summary>Variables made from others (ngx_http_map_module).</summary>
static class MapRows
{
    public static readonly DirectiveModule Module = new("ngx_http_map_module", "Map", "map",
    [
        new("map", Contexts.Http, Args.Two, Kind.Other)
        {
            Syntax = "string $variable", Repeats = true, Block = BlockForm.Entries,
            Summary = "Defines a variable whose value depends on a text: exact values, host names"
                + " and expressions are compared.",
        },
        new("map_hash_max_size", Contexts.Http, Args.One, Kind.Number)
        {
            Default = "2048", Status = Status.AcceptedTuning,
            Summary = "The size of one of nginx's tables.",
        },
        new("map_hash_bucket_size", Contexts.Http, Args.One, Kind.Number)
        {
            Default = "32|64|128", Status = Status.AcceptedTuning,
            Summary = "The size of one of nginx's tables.",
        },
    ]);
}

/// <summary>Variables and answers (ngx_http_rewrite_module).</summary>
static class RewriteRows
{
    public static readonly DirectiveModule Module = new(
        "ngx_http_rewrite_module", "Rewrite", "rewrite",
    [
        new("return", Contexts.Rewrite, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "code [text] | code URL | URL", Repeats = true,
            Summary = "Ends the request with a status, a redirect or a text.",
        },
        new("set", Contexts.Rewrite, Args.Two, Kind.Other)
        {
            Syntax = "$variable value", Repeats = true,
            Summary = "Gives a variable a value when the request comes to this place.",
        },
    ]);
}

/// <summary>Files (ngx_http_index_module and a part of ngx_http_core_module).</summary>
static class StaticRows
{
    public static readonly DirectiveModule Module = new("ngx_http_index_module", "Files", "static",
    [
        new("root", Contexts.HttpServerLocationIf, Args.One, Kind.Other)
        {
            Syntax = "path", Default = "html", Inherits = true,
            Summary = "The directory that a request's path is looked up in.",
        },
        new("index", Contexts.HttpServerLocation, Args.OneMore, Kind.Other)
        {
            Syntax = "file ...", Default = "index.html", Inherits = true, Repeats = true,
            Summary = "The files that answer for a directory; the first that exists does.",
        },
        new("try_files", Contexts.ServerLocation, Args.TwoMore, Kind.Other)
        {
            Syntax = "file ... uri | =code", Since = "0.7.27",
            Summary = "Serves the first file that exists, else goes to the last argument.",
        },
        new("types", Contexts.HttpServerLocation, Args.None, Kind.None)
        {
            Inherits = true, Repeats = true, Block = BlockForm.Entries,
            Default = "text/html html; image/gif gif; image/jpeg jpg;",
            Summary = "The types of files by their extensions.",
        },
        new("default_type", Contexts.HttpServerLocation, Args.One, Kind.Text)
        {
            Syntax = "mime-type", Default = "text/plain", Inherits = true,
            Summary = "The type of files whose extension has none.",
        },
    ]);
}

/// <summary>What nginx does not have.</summary>
static class SluiceRows
{
    public static readonly DirectiveModule Module = new("sluice", "Sluice's own", "sluice",
    [
        new("proxy_upgrade", Contexts.HttpServerLocation, Args.One, Kind.Enum)
        {
            Syntax = "auto | explicit", Default = "auto", Inherits = true,
            Keywords = ["auto", "explicit"],
            Summary = "Tunnels a valid WebSocket handshake also where the Upgrade and Connection"
                + " fields were not set for the upstream; explicit does as nginx does.",
        },
    ]);
}
