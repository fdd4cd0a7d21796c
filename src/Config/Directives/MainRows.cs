namespace Sluice.Config.Directives;

/// <summary>What stands outside of all blocks (ngx_core_module).</summary>
static class MainRows
{
    public static readonly DirectiveModule Module = new("ngx_core_module", "Main", "main",
    [
        new("include", Contexts.Any, Args.One, Kind.Other)
        {
            Syntax = "file | mask", Repeats = true,
            Summary = "Reads another file, or all files that match a mask, in this place.",
        },
        new("daemon", Contexts.Main, Args.One, Kind.Flag)
        {
            Default = "off",
            Summary = "Leaves the terminal and runs in the background; nginx's own default is on.",
        },
        new("master_process", Contexts.Main, Args.One, Kind.Flag)
        {
            Default = "on",
            Summary = "Accepted for nginx's sake: Sluice has one process, whose loops are threads.",
        },
        new("worker_processes", Contexts.Main, Args.One, Kind.Number)
        {
            Syntax = "number | auto", Default = "1", Keywords = ["auto"],
            InvalidValue = "\"worker_processes\" directive invalid value",
            Summary = "How many loops serve connections; auto is one for each core.",
        },
        new("worker_rlimit_nofile", Contexts.Main, Args.One, Kind.Number)
        {
            Summary = "Raises the limit of open files, which bounds the connections.",
        },
        new("worker_shutdown_timeout", Contexts.Main, Args.One, Kind.Msec)
        {
            Since = "1.11.11",
            Summary = "How long a drain waits before it closes the connections that are left.",
        },
        new("pid", Contexts.Main, Args.One, Kind.Path)
        {
            Default = "logs/nginx.pid",
            Summary = "The file that holds the number of the process, for -s and for scripts.",
        },
        new("error_log", Contexts.Main, Args.OneMore, Kind.Other)
        {
            Syntax = "file | stderr | syslog:server=address[,parameter=value] [level]",
            Default = "logs/error.log error", Repeats = true,
            Summary = "Where errors are written, and from which level on.",
        },
        new("env", Contexts.Main, Args.One, Kind.Other)
        {
            Syntax = "variable[=value]", Default = "TZ", Repeats = true,
            Summary = "Keeps or sets an environment variable.",
        },
        new("events", Contexts.Main, Args.None, Kind.None)
        {
            Block = BlockForm.Directives, Opens = Contexts.Events,
            Summary = "Holds the settings of connections as such; a configuration must have it.",
        },
        new("user", Contexts.Main, Args.OneOrTwo, Kind.Other)
        {
            Syntax = "user [group]", Default = "nobody nobody",
            Status = Status.AcceptedTuning,
            Summary = "The user of nginx's workers; Sluice stays who started it.",
        },
        new("load_module", Contexts.Main, Args.One, Kind.Path)
        {
            Since = "1.9.11", Repeats = true, Status = Status.AcceptedTuning,
            Summary = "Loads a module of nginx; its directives are refused by name where met.",
        },
        new("worker_priority", Contexts.Main, Args.One, Kind.Other)
        {
            Syntax = "number", Default = "0", Status = Status.AcceptedTuning,
            Summary = "The priority of nginx's workers.",
        },
        new("worker_cpu_affinity", Contexts.Main, Args.OneMore, Kind.Other)
        {
            Syntax = "mask ... | auto [mask]", Status = Status.AcceptedTuning,
            Summary = "Binds nginx's workers to cores.",
        },
        new("worker_rlimit_core", Contexts.Main, Args.One, Kind.Offset)
        {
            Status = Status.AcceptedTuning, Summary = "The greatest size of a core file.",
        },
        new("working_directory", Contexts.Main, Args.One, Kind.Path)
        {
            Status = Status.AcceptedTuning, Summary = "Where nginx's workers leave core files.",
        },
        new("lock_file", Contexts.Main, Args.One, Kind.Path)
        {
            Default = "logs/nginx.lock", Status = Status.AcceptedTuning,
            Summary = "The file behind nginx's locks where there are no atomic operations.",
        },
        new("timer_resolution", Contexts.Main, Args.One, Kind.Msec)
        {
            Status = Status.AcceptedTuning, Summary = "How often nginx asks for the time.",
        },
        new("thread_pool", Contexts.Main, Args.TwoOrThree, Kind.Other)
        {
            Syntax = "name threads=number [max_queue=number]", Since = "1.7.11",
            Default = "default threads=32 max_queue=65536", Repeats = true,
            Status = Status.AcceptedTuning, Summary = "Threads for nginx's reading of files.",
        },
        new("debug_points", Contexts.Main, Args.One, Kind.Enum)
        {
            Keywords = ["stop", "abort"], Status = Status.AcceptedTuning,
            Summary = "What nginx does when it finds an error of its own.",
        },
        new("pcre_jit", Contexts.Main, Args.One, Kind.Flag)
        {
            Default = "off", Since = "1.1.12", Status = Status.AcceptedTuning,
            Summary = "Compiles regular expressions to machine code.",
        },
    ]);
}

/// <summary>The <c>events</c> block (ngx_events_module).</summary>
static class EventsRows
{
    public static readonly DirectiveModule Module = new("ngx_event_core_module", "Events", "events",
    [
        new("worker_connections", Contexts.Events, Args.One, Kind.Number)
        {
            Default = "512", InvalidValue = "invalid number \"{0}\"",
            Summary = "How many connections one loop may have, those to upstreams included.",
        },
        new("use", Contexts.Events, Args.One, Kind.Enum)
        {
            Syntax = "method", Keywords = ["epoll", "poll", "select"],
            InvalidValue = "invalid event type \"{0}\"", Status = Status.AcceptedTuning,
            Summary = "The kernel's interface that nginx waits with.",
        },
        new("multi_accept", Contexts.Events, Args.One, Kind.Flag)
        {
            Default = "off", Status = Status.AcceptedTuning,
            Summary = "Accepts all waiting connections at once.",
        },
        new("accept_mutex", Contexts.Events, Args.One, Kind.Flag)
        {
            Default = "off", Status = Status.AcceptedTuning,
            Summary = "Lets nginx's workers accept in turns.",
        },
        new("accept_mutex_delay", Contexts.Events, Args.One, Kind.Msec)
        {
            Default = "500ms", Status = Status.AcceptedTuning,
            Summary = "How long a worker waits for its turn to accept.",
        },
        new("debug_connection", Contexts.Events, Args.One, Kind.Other)
        {
            Syntax = "address | network | unix:", Repeats = true, Status = Status.AcceptedTuning,
            Summary = "Writes a debug log for the connections of some clients.",
        },
        new("epoll_events", Contexts.Events, Args.One, Kind.Number)
        {
            Default = "512", Status = Status.AcceptedTuning,
            Summary = "How many events nginx takes from the kernel at once.",
        },
        new("worker_aio_requests", Contexts.Events, Args.One, Kind.Number)
        {
            Default = "32", Since = "1.1.4", Status = Status.AcceptedTuning,
            Summary = "How many reads of files a worker of nginx may have under way.",
        },
    ]);
}
