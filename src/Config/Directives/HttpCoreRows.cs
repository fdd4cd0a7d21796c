namespace Sluice.Config.Directives;

/// <summary>Servers, locations, requests and connections (ngx_http_core_module).</summary>
static class HttpCoreRows
{
    const Contexts Levels = Contexts.HttpServerLocation;

    public static readonly DirectiveModule Module = new(
        "ngx_http_core_module", "HTTP core", "http-core",
    [
        new("http", Contexts.Main, Args.None, Kind.None)
        {
            Block = BlockForm.Directives, Opens = Contexts.Http,
            Summary = "Holds the servers and what they have in common.",
        },
        new("server", Contexts.Http, Args.None, Kind.None)
        {
            Repeats = true, Block = BlockForm.Directives, Opens = Contexts.Server,
            Summary = "A virtual server: chosen by the address and the Host of a request.",
        },
        new("location", Contexts.ServerLocation, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "[= | ~ | ~* | ^~] uri | @name", Repeats = true,
            Block = BlockForm.Directives, Opens = Contexts.Location,
            Summary = "Settings for the requests whose path has a prefix or matches an expression.",
        },
        new("listen", Contexts.Server, Args.OneMore, Kind.Other)
        {
            Syntax = "address[:port] | port | unix:path [parameters]", Default = "*:80 | *:8000",
            Repeats = true, Summary = "An address that the server accepts connections on.",
        },
        new("server_name", Contexts.Server, Args.OneMore, Kind.Other)
        {
            Syntax = "name ...", Default = "\"\"", Repeats = true,
            Summary = "The hosts that the server answers for: exact, with * at one end, or ~ and"
                + " an expression.",
        },
        new("internal", Contexts.Location, Args.None, Kind.None)
        {
            Repeats = true,
            Summary = "Answers 404 unless the request came here from another location.",
        },
        new("error_page", Contexts.HttpServerLocationIf, Args.TwoMore, Kind.Other)
        {
            Syntax = "code ... [=[response]] uri", Inherits = true, Repeats = true,
            Summary = "What is sent for an error instead of nginx's own page.",
        },
        new("error_log", Contexts.HttpServerLocation, Args.OneMore, Kind.Other)
        {
            Syntax = "file | stderr | syslog:server=address[,parameter=value] [level]",
            Default = "logs/error.log error", Inherits = true,
            Repeats = true, Summary = "Where errors are written, and from which level on.",
        },
        new("merge_slashes", Contexts.HttpServer, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true,
            Summary = "Takes adjacent slashes of a path for one when locations are compared.",
        },
        new("absolute_redirect", Levels, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true, Since = "1.11.8",
            Summary = "Puts scheme and host in front of redirects of its own.",
        },
        new("server_name_in_redirect", Levels, Args.One, Kind.Flag)
        {
            Default = "off", Inherits = true,
            Summary = "Uses the first server_name in redirects, not the request's host.",
        },
        new("port_in_redirect", Levels, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true,
            Summary = "Puts the port into absolute redirects.",
        },
        new("server_tokens", Levels, Args.One, Kind.Enum)
        {
            Syntax = "on | off | build", Default = "on", Inherits = true,
            Keywords = ["off", "on", "build"],
            Summary = "Shows the version in error pages and in the Server field.",
        },
        new("underscores_in_headers", Contexts.HttpServer, Args.One, Kind.Flag)
        {
            Default = "off", Inherits = true,
            Summary = "Allows underscores in the names of request fields.",
        },
        new("ignore_invalid_headers", Contexts.HttpServer, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true,
            Summary = "Leaves request fields with unusual names out.",
        },
        new("client_header_buffer_size", Contexts.HttpServer, Args.One, Kind.Size)
        {
            Default = "1k", Inherits = true,
            Summary = "The first buffer of a request's head.",
        },
        new("large_client_header_buffers", Contexts.HttpServer, Args.Two, Kind.Buffers)
        {
            Default = "4 8k", Inherits = true,
            Summary = "The buffers of larger heads: a line has to fit into one.",
        },
        new("client_header_timeout", Contexts.HttpServer, Args.One, Kind.Msec)
        {
            Default = "60s", Inherits = true,
            Summary = "How long a client may take to send a request's head.",
        },
        new("client_body_timeout", Levels, Args.One, Kind.Msec)
        {
            Default = "60s", Inherits = true,
            Summary = "Longest silence of a client within a body.",
        },
        new("client_body_buffer_size", Levels, Args.One, Kind.Size)
        {
            Default = "8k|16k", Inherits = true,
            Summary = "How much of a body is kept in memory; the rest goes to a file.",
        },
        new("client_max_body_size", Levels, Args.One, Kind.Offset)
        {
            Default = "1m", Inherits = true,
            Summary = "The largest body that is taken; 413 beyond, and 0 is no limit.",
        },
        new("send_timeout", Levels, Args.One, Kind.Msec)
        {
            Default = "60s", Inherits = true,
            Summary = "Longest wait between two writes to a client that does not read.",
        },
        new("keepalive_timeout", Levels, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "timeout [header_timeout]", Default = "75s", Inherits = true,
            Summary = "How long an idle connection of a client is kept; 0 closes at once.",
        },
        new("keepalive_requests", Levels, Args.One, Kind.Number)
        {
            Default = "1000", Inherits = true,
            Summary = "How many requests one connection of a client serves.",
        },
        new("keepalive_time", Levels, Args.One, Kind.Msec)
        {
            Default = "1h", Inherits = true, Since = "1.19.10",
            Summary = "How old a client's connection may be to serve another request.",
        },
        new("lingering_close", Levels, Args.One, Kind.Enum)
        {
            Syntax = "off | on | always", Default = "on", Inherits = true, Since = "1.1.0",
            Keywords = ["off", "on", "always"],
            Summary = "Reads on for a while before closing, so that the client sees the response.",
        },
        new("lingering_time", Levels, Args.One, Kind.Msec)
        {
            Default = "30s", Inherits = true,
            Summary = "How long that goes on at most.",
        },
        new("lingering_timeout", Levels, Args.One, Kind.Msec)
        {
            Default = "5s", Inherits = true,
            Summary = "How long more bytes are waited for meanwhile.",
        },
        new("reset_timedout_connection", Levels, Args.One, Kind.Flag)
        {
            Default = "off", Inherits = true,
            Summary = "Resets connections that have timed out instead of closing them.",
        },
        new("tcp_nodelay", Levels, Args.One, Kind.Flag)
        {
            Default = "on", Inherits = true,
            Summary = "Sends small packets at once.",
        },
        .. Tuning,
    ]);

    static IEnumerable<Directive> Tuning =>
    [
        Switch("sendfile", "off", "Sends files from within the kernel.")
            with { Contexts = Contexts.HttpServerLocationIf },
        Bytes("sendfile_max_chunk", "2m", "How much of a file is sent at once."),
        Switch("tcp_nopush", "off", "Fills packets before they are sent."),
        Tune("aio", Args.One, Kind.Other, "off", "Reads files without waiting.")
            with { Syntax = "on | off | threads[=pool]" },
        Switch("aio_write", "off", "Writes files without waiting."),
        Tune("directio", Args.One, Kind.Offset, "off", "Reads large files past the cache.")
            with { Keywords = ["off"], Syntax = "size | off" },
        Tune("directio_alignment", Args.One, Kind.Offset, "512", "The alignment of such reads."),
        Tune("output_buffers", Args.Two, Kind.Buffers, "2 32k", "Buffers for reading files."),
        Bytes("postpone_output", "1460", "How much is gathered before it is sent."),
        Bytes("read_ahead", "0", "How much of a file the kernel reads ahead."),
        Bytes("send_lowat", "0", "A setting of the sockets of FreeBSD."),
        Bytes("subrequest_output_buffer_size", "4k|8k", "A buffer of nginx's subrequests."),
        Switch("client_body_in_single_buffer", "off", "Keeps a body in one piece of memory."),
        Tune("client_body_temp_path", Args.OneToThree | Args.Four, Kind.Path,
            "client_body_temp", "Where bodies wait that do not fit into memory; Sluice uses the"
            + " system's directory for temporary files.")
            with { Syntax = "path [level1 [level2 [level3]]]" },
        Tune("open_file_cache", Args.OneOrTwo, Kind.Other, "off", "Keeps files open.")
            with { Syntax = "off | max=N [inactive=time]" },
        Tune("open_file_cache_valid", Args.One, Kind.Sec, "60s", "How long one is trusted."),
        Tune("open_file_cache_min_uses", Args.One, Kind.Number, "1", "When one is kept open."),
        Switch("open_file_cache_errors", "off", "Remembers files that are missing."),
        Switch("open_file_cache_events", "off", "Lets the kernel tell of changes."),
        Tune("connection_pool_size", Args.One, Kind.Size, "256|512", "A part of nginx's memory.")
            with { Contexts = Contexts.HttpServer },
        Tune("request_pool_size", Args.One, Kind.Size, "4k", "A part of nginx's memory.")
            with { Contexts = Contexts.HttpServer },
        Table("variables_hash_max_size", "1024"),
        Table("variables_hash_bucket_size", "64"),
        Table("server_names_hash_max_size", "512"),
        Table("server_names_hash_bucket_size", "32|64|128"),
        Table("types_hash_max_size", "1024") with { Contexts = Levels },
        Table("types_hash_bucket_size", "64") with { Contexts = Levels },
    ];

    static Directive Tune(string name, Args args, Kind kind, string value, string summary) =>
        new(name, Levels, args, kind)
        {
            Default = value,
            Inherits = true,
            Status = Status.AcceptedTuning,
            Summary = summary,
        };

    static Directive Switch(string name, string value, string summary) =>
        Tune(name, Args.One, Kind.Flag, value, summary);

    static Directive Bytes(string name, string value, string summary) =>
        Tune(name, Args.One, Kind.Size, value, summary);

    static Directive Table(string name, string value) =>
        Tune(name, Args.One, Kind.Number, value, "The size of one of nginx's tables.") with
        {
            Contexts = Contexts.Http,
        };
}
