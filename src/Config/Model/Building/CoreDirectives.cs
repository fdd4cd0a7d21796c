using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>
/// The directives behind <see cref="CoreSettings"/>: nginx's core, index, headers and log modules.
/// </summary>
static class CoreDirectives
{
    static readonly Setting<Template> root = new("root", Template.Empty, CoreReaders.Root);
    static readonly ListSetting<ImmutableArray<Template>> index =
        new("index", CoreReaders.Index);
    static readonly TypesSetting types = new();
    static readonly Setting<string> defaultType =
        new("default_type", "text/plain", Readers.Text);
    static readonly Setting<long> clientMaxBodySize =
        new("client_max_body_size", 1024 * 1024, Readers.Offset);
    static readonly Setting<int> clientBodyBufferSize =
        new("client_body_buffer_size", 0, Readers.Size);
    static readonly Setting<long> clientBodyTimeout =
        new("client_body_timeout", 60_000, Readers.Milliseconds);
    static readonly Setting<long> sendTimeout =
        new("send_timeout", 60_000, Readers.Milliseconds);
    static readonly Setting<KeepaliveTimeout> keepaliveTimeout =
        new("keepalive_timeout", new KeepaliveTimeout(75_000, 0), CoreReaders.Keepalive);
    static readonly Setting<long> keepaliveRequests =
        new("keepalive_requests", 1000, Readers.Number);
    static readonly Setting<long> keepaliveTime =
        new("keepalive_time", 3_600_000, Readers.Milliseconds);
    static readonly Setting<LingeringClose> lingeringClose =
        new("lingering_close", LingeringClose.On, Readers.Word(
            ("off", LingeringClose.Off), ("on", LingeringClose.On),
            ("always", LingeringClose.Always)));
    static readonly Setting<long> lingeringTime =
        new("lingering_time", 30_000, Readers.Milliseconds);
    static readonly Setting<long> lingeringTimeout =
        new("lingering_timeout", 5_000, Readers.Milliseconds);
    static readonly Setting<bool> resetTimedout =
        new("reset_timedout_connection", false, Readers.Flag);
    static readonly Setting<bool> tcpNodelay = new("tcp_nodelay", true, Readers.Flag);
    static readonly Setting<bool> absoluteRedirect =
        new("absolute_redirect", true, Readers.Flag);
    static readonly Setting<bool> portInRedirect =
        new("port_in_redirect", true, Readers.Flag);
    static readonly Setting<bool> serverNameInRedirect =
        new("server_name_in_redirect", false, Readers.Flag);
    static readonly Setting<ServerTokens> serverTokens =
        new("server_tokens", ServerTokens.On, Readers.Word(
            ("off", ServerTokens.Off), ("on", ServerTokens.On), ("build", ServerTokens.Build)));
    static readonly ListSetting<ImmutableArray<ErrorPage>> errorPages =
        new("error_page", CoreReaders.ErrorPages);
    static readonly Setting<ExpiresValue> expires =
        new("expires", default, ExpiresReader.Read);
    static readonly ListSetting<AddHeader> addHeaders =
        new("add_header", CoreReaders.AddHeader);
    static readonly ListSetting<AccessLogEntry> accessLogs =
        new("access_log", LogReaders.AccessLog);
    static readonly ListSetting<ErrorLogTarget> errorLogs =
        new("error_log", LogReaders.ErrorLog);

    /// <summary>All of them, by the directive's name.</summary>
    public static Dictionary<string, Setting> Table { get; } = Setting.Table(
        root, index, types, defaultType, clientMaxBodySize, clientBodyBufferSize,
        clientBodyTimeout, sendTimeout, keepaliveTimeout,
        keepaliveRequests, keepaliveTime, lingeringClose, lingeringTime, lingeringTimeout,
        resetTimedout, tcpNodelay, absoluteRedirect, portInRedirect, serverNameInRedirect,
        serverTokens, errorPages, expires, addHeaders, accessLogs, errorLogs);

    /// <summary>What holds at a level; the outer level's object when it writes none of this.</summary>
    public static CoreSettings Resolve(BuildContext build, Level level, CoreSettings? outer)
    {
        if (outer is not null && !level.WritesAny(Table.Values))
            return outer;

        var keepalive = level.Get(keepaliveTimeout);
        return new CoreSettings
        {
            Root = level.NodeOf(root) is null
                ? Template.Literal(build.Environment.FullPath("html"))
                : level.Get(root),
            IndexFiles = IndexOf(level),
            Types = types.Resolve(level, outer),
            DefaultType = level.Get(defaultType),
            ClientMaxBodySize = level.Get(clientMaxBodySize),
            ClientBodyBufferSize = level.NodeOf(clientBodyBufferSize) is null
                ? 2 * build.Environment.PageSize
                : level.Get(clientBodyBufferSize),
            ClientBodyTimeoutMs = level.Get(clientBodyTimeout),
            SendTimeoutMs = level.Get(sendTimeout),
            KeepaliveTimeoutMs = keepalive.Milliseconds,
            KeepaliveHeaderSeconds = keepalive.HeaderSeconds,
            KeepaliveRequests = level.Get(keepaliveRequests),
            KeepaliveTimeMs = level.Get(keepaliveTime),
            LingeringClose = level.Get(lingeringClose),
            LingeringTimeMs = level.Get(lingeringTime),
            LingeringTimeoutMs = level.Get(lingeringTimeout),
            ResetTimedoutConnection = level.Get(resetTimedout),
            TcpNodelay = level.Get(tcpNodelay),
            AbsoluteRedirect = level.Get(absoluteRedirect),
            PortInRedirect = level.Get(portInRedirect),
            ServerNameInRedirect = level.Get(serverNameInRedirect),
            ServerTokens = level.Get(serverTokens),
            ErrorPages = [.. level.GetAll(errorPages).SelectMany(pages => pages)],
            Expires = level.Get(expires).Value,
            AddHeaders = [.. level.GetAll(addHeaders)],
            AccessLogs = AccessLogsOf(build, level),
            ErrorLogs = ErrorLogsOf(build, level),
        };
    }

    static ImmutableArray<Template> IndexOf(Level level)
    {
        var written = level.GetAll(index);
        return written.Count == 0
            ? [Template.Literal("index.html")]
            : [.. written.SelectMany(files => files)];
    }

    /// <summary>One <c>access_log off</c> silences its level, whatever stands beside it.</summary>
    static ImmutableArray<AccessLogTarget> AccessLogsOf(BuildContext build, Level level)
    {
        var written = level.GetAll(accessLogs);
        if (written.Count == 0)
            return [build.Logs.DefaultAccessLog];
        return written.Any(entry => entry.Target is null)
            ? []
            : [.. written.Select(entry => entry.Target!)];
    }

    static ImmutableArray<ErrorLogTarget> ErrorLogsOf(BuildContext build, Level level)
    {
        var written = level.GetAll(errorLogs);
        return written.Count == 0 ? build.Logs.MainErrorLogs : [.. written];
    }
}

/// <summary><c>keepalive_timeout</c>: the time, and the seconds of the header.</summary>
readonly record struct KeepaliveTimeout(long Milliseconds, long HeaderSeconds);

/// <summary>An <c>access_log</c> directive; no target when it is <c>off</c>.</summary>
sealed record AccessLogEntry(AccessLogTarget? Target);

/// <summary>An <c>expires</c> directive; no value when it is <c>off</c>.</summary>
readonly record struct ExpiresValue(Expires? Value);
