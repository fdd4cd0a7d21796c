namespace Sluice.Config.Directives;

/// <summary>Passing requests to an upstream (ngx_http_proxy_module).</summary>
static class ProxyRows
{
    const Contexts Levels = Contexts.HttpServerLocation;

    public static readonly DirectiveModule Module = new("ngx_http_proxy_module", "Proxy", "proxy",
    [
        new("proxy_pass", Contexts.Location | Contexts.LocationIf | Contexts.LimitExcept,
            Args.One, Kind.Other)
        {
            Syntax = "URL",
            Summary = "Passes requests of this location to a server or a group of them.",
        },
        new("proxy_http_version", Levels, Args.One, Kind.Enum)
        {
            Syntax = "1.0 | 1.1", Default = "1.1", Inherits = true, Since = "1.1.4",
            Keywords = ["1.0", "1.1"],
            Summary = "The version of HTTP that is spoken to the upstream; nginx also has 2.",
        },
        new("proxy_method", Levels, Args.One, Kind.Template)
        {
            Syntax = "method", Inherits = true,
            Summary = "The method of the passed request, instead of the client's.",
        },
        new("proxy_set_header", Levels, Args.Two, Kind.Other)
        {
            Syntax = "field value", Default = "Host $proxy_host", Inherits = true, Repeats = true,
            Summary = "Sets a field of the passed request; an empty value leaves it out, and a"
                + " block with one of these inherits none.",
        },
        new("proxy_set_body", Levels, Args.One, Kind.Template)
        {
            Syntax = "value", Inherits = true,
            Summary = "The body of the passed request, instead of the client's.",
        },
        new("proxy_pass_request_headers", Levels, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true,
            Summary = "Passes the fields of the client's request on.",
        },
        new("proxy_pass_request_body", Levels, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true, Summary = "Passes the client's body on.",
        },
        new("proxy_hide_header", Levels, Args.One, Kind.Text)
        {
            Syntax = "field", Inherits = true, Repeats = true,
            Summary = "Takes a field out of the upstream's response.",
        },
        new("proxy_pass_header", Levels, Args.One, Kind.Text)
        {
            Syntax = "field", Inherits = true, Repeats = true,
            Summary = "Lets a field through that responses lose otherwise, such as Server.",
        },
        new("proxy_redirect", Levels, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "default | off | redirect replacement", Default = "default",
            Inherits = true, Repeats = true,
            Summary = "Rewrites Location and Refresh of the upstream's response.",
        },
        new("proxy_cookie_domain", Levels, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "off | domain replacement", Default = "off", Inherits = true,
            Repeats = true, Since = "1.1.15",
            Summary = "Rewrites the domain of cookies that the upstream sets.",
        },
        new("proxy_cookie_path", Levels, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "off | path replacement", Default = "off", Inherits = true,
            Repeats = true, Since = "1.1.15",
            Summary = "Rewrites the path of cookies that the upstream sets.",
        },
        new("proxy_connect_timeout", Levels, Args.One, Kind.Msec)
        {
            Default = "60s", Inherits = true,
            Summary = "Longest wait for a connection to a peer; then the next is tried.",
        },
        new("proxy_send_timeout", Levels, Args.One, Kind.Msec)
        {
            Default = "60s", Inherits = true,
            Summary = "Longest wait between two writes to a peer that does not read.",
        },
        new("proxy_read_timeout", Levels, Args.One, Kind.Msec)
        {
            Default = "60s", Inherits = true,
            Summary = "Longest silence of a peer before the exchange ends with 504; in a tunnel,"
                + " of both sides before it is closed.",
        },
        new("proxy_buffering", Levels, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true,
            Summary = "Reads ahead of a slow client into bounded buffers; off passes bytes on as"
                + " they come.",
        },
        new("proxy_buffer_size", Levels, Args.One, Kind.Size)
        {
            Default = "4k|8k", Inherits = true,
            Summary = "The buffer of a response's head, which must fit into it.",
        },
        new("proxy_buffers", Levels, Args.Two, Kind.Buffers)
        {
            Default = "8 4k|8k", Inherits = true,
            Summary = "How many buffers a response may fill, and their size.",
        },
        new("proxy_busy_buffers_size", Levels, Args.One, Kind.Size)
        {
            Default = "8k|16k", Inherits = true,
            Summary = "How much of the buffers may wait for the client while more is read.",
        },
        new("proxy_request_buffering", Levels, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true, Since = "1.7.11",
            Summary = "Reads the whole body before a peer is chosen; off passes it on as it comes.",
        },
        new("proxy_ignore_client_abort", Levels, Args.One, Kind.Flag)
        {
            Default = "off", Inherits = true,
            Summary = "Lets the upstream finish when the client has gone.",
        },
        new("proxy_intercept_errors", Levels, Args.One, Kind.Flag)
        {
            Default = "off", Inherits = true,
            Summary = "Gives the upstream's responses from 300 on to error_page.",
        },
        new("proxy_next_upstream", Levels, Args.OneMore, Kind.Bitmask)
        {
            Default = "error timeout", Inherits = true, Repeats = true,
            Syntax = "error | timeout | invalid_header | http_500 | http_502 | http_503"
                + " | http_504 | http_403 | http_404 | http_429 | non_idempotent | off ...",
            Keywords =
            [
                "error", "timeout", "invalid_header", "non_idempotent", "http_500",
                "http_502", "http_503", "http_504", "http_403", "http_404", "http_429",
                "updating", "off",
            ],
            Summary = "In which cases a request is given to the next peer.",
        },
        new("proxy_next_upstream_tries", Levels, Args.One, Kind.Number)
        {
            Default = "0", Inherits = true, Since = "1.7.5",
            Summary = "How many peers are tried for a request; 0 is no limit.",
        },
        new("proxy_next_upstream_timeout", Levels, Args.One, Kind.Msec)
        {
            Default = "0", Inherits = true, Since = "1.7.5",
            Summary = "How long next peers are tried for a request; 0 is no limit.",
        },
        new("proxy_bind", Levels, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "address [transparent] | off", Inherits = true, Since = "0.8.22",
            Summary = "The local address of connections to the upstream.",
        },
        new("proxy_socket_keepalive", Levels, Args.One, Kind.Flag)
        {
            Default = "off", Inherits = true, Since = "1.15.6",
            Summary = "Lets the kernel probe connections to the upstream.",
        },
        new("proxy_cache", Levels, Args.One, Kind.Other)
        {
            Syntax = "off", Default = "off", Inherits = true,
            Summary = "Sluice has no cache: off is the one value it takes.",
        },
        new("proxy_cache_bypass", Levels, Args.OneMore, Kind.Predicates)
        {
            Syntax = "string ...", Inherits = true, Repeats = true,
            Summary = "Has no effect without a cache.",
        },
        new("proxy_temp_path", Levels, Args.OneOrTwo | Args.Three | Args.Four, Kind.Path)
        {
            Syntax = "path [level1 [level2 [level3]]]", Default = "proxy_temp", Inherits = true,
            Status = Status.AcceptedTuning,
            Summary = "Where nginx keeps what does not fit into buffers; Sluice stops reading.",
        },
        // nginx.conf of a user without rights names these beside proxy_temp_path, whether the
        // rest of their modules is used or not.
        TempPath("fastcgi"),
        TempPath("uwsgi"),
        TempPath("scgi"),
        new("proxy_max_temp_file_size", Levels, Args.One, Kind.Size)
        {
            Default = "1024m", Inherits = true, Status = Status.AcceptedTuning,
            Summary = "How much of a response nginx keeps in a file.",
        },
        new("proxy_temp_file_write_size", Levels, Args.One, Kind.Size)
        {
            Default = "8k|16k", Inherits = true, Status = Status.AcceptedTuning,
            Summary = "How much nginx writes to that file at once.",
        },
        new("proxy_headers_hash_max_size", Levels, Args.One, Kind.Number)
        {
            Default = "512", Inherits = true, Status = Status.AcceptedTuning,
            Summary = "The size of one of nginx's tables.",
        },
        new("proxy_headers_hash_bucket_size", Levels, Args.One, Kind.Number)
        {
            Default = "64", Inherits = true, Status = Status.AcceptedTuning,
            Summary = "The size of one of nginx's tables.",
        },
        new("proxy_send_lowat", Levels, Args.One, Kind.Size)
        {
            Default = "0", Inherits = true, Status = Status.AcceptedTuning,
            Summary = "A setting of the sockets of FreeBSD.",
        },
    ]);

    static Directive TempPath(string module) =>
        new($"{module}_temp_path", Levels, Args.OneOrTwo | Args.Three | Args.Four, Kind.Path)
        {
            Syntax = "path [level1 [level2 [level3]]]", Default = $"{module}_temp",
            Inherits = true, Status = Status.AcceptedTuning,
            Summary = "Where a module of nginx that Sluice does not have keeps what it buffers.",
        };
}
