using System.Net;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>
/// nginx's levels of severity, worst first. A log takes what is at its level or worse.
/// </summary>
public enum LogLevel
{
    Emerg = 1,
    Alert,
    Crit,
    Error,
    Warn,
    Notice,
    Info,
    Debug,
}

/// <summary>One <c>error_log</c> directive.</summary>
public sealed record ErrorLogTarget
{
    /// <summary>The full path of the file; null for standard error, or a syslog server.</summary>
    public required string? Path { get; init; }

    /// <summary>The syslog server that takes the place of a file; null for none.</summary>
    public SyslogConfig? Syslog { get; init; }

    /// <summary>The least severe level that is written.</summary>
    public LogLevel Level { get; init; } = LogLevel.Error;

    /// <summary>Where it is written; null for the built-in default.</summary>
    public Position? Position { get; init; }
}

/// <summary>A log's <c>syslog:</c> server and parameters.</summary>
public sealed record SyslogConfig
{
    /// <summary>As written: <c>syslog:server=...</c>; two logs with one text share a sender.</summary>
    public required string Source { get; init; }

    public required EndPoint EndPoint { get; init; }

    /// <summary>The facility's number (RFC 3164, section 4.1.1); local7 by default.</summary>
    public int Facility { get; init; } = 23;

    /// <summary>The severity of access logs, 0 to 7; info by default.</summary>
    public int Severity { get; init; } = 6;

    public string Tag { get; init; } = "nginx";

    /// <summary>Not with <c>nohostname</c>.</summary>
    public bool HasHostName { get; init; } = true;
}

/// <summary>The <c>escape=</c> parameter of <c>log_format</c>.</summary>
public enum LogEscape
{
    /// <summary><c>"</c>, <c>\</c>, control and high bytes become <c>\xXX</c>; unset: <c>-</c>.</summary>
    Default,

    /// <summary>As in a JSON string; an unset variable is empty.</summary>
    Json,

    /// <summary>As it is; an unset variable is empty.</summary>
    None,
}

/// <summary>One <c>log_format</c> directive, or the built-in <c>combined</c>.</summary>
public sealed record LogFormat
{
    public required string Name { get; init; }

    public LogEscape Escape { get; init; }

    /// <summary>The line without its end: all strings of the directive joined.</summary>
    public required Template Line { get; init; }

    /// <summary>Where it is defined; null for <c>combined</c>.</summary>
    public Position? Position { get; init; }
}

/// <summary>One <c>access_log</c> directive with a file.</summary>
public sealed record AccessLogTarget
{
    /// <summary>The full path of the file, perhaps with variables; or syslog:... as written.</summary>
    public required Template Path { get; init; }

    /// <summary>The syslog server that takes the place of a file; null for none.</summary>
    public SyslogConfig? Syslog { get; init; }

    public required LogFormat Format { get; init; }

    /// <summary><c>if=</c>: the line is skipped when this is empty or <c>0</c>.</summary>
    public Template? If { get; init; }

    /// <summary><c>buffer=</c> in bytes; null writes lines as they come.</summary>
    public int? BufferSize { get; init; }

    /// <summary>
    /// <c>flush=</c>: the longest time a line stays in the buffer; null for as long as there is
    /// room.
    /// </summary>
    public long? FlushMs { get; init; }

    /// <summary><c>gzip=</c>: each buffer is compressed, from 1 to 9; null for plain text.</summary>
    public int? GzipLevel { get; init; }

    /// <summary>Where it is written; null for the default <c>logs/access.log</c>.</summary>
    public Position? Position { get; init; }
}
