using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Readers of <c>error_log</c>, <c>access_log</c> and <c>log_format</c>.</summary>
static class LogReaders
{
    const int DefaultGzipLevel = 1;
    const int DefaultGzipBuffer = 64 * 1024;

    static readonly (string Word, LogLevel Level)[] levels =
    [
        ("emerg", LogLevel.Emerg), ("alert", LogLevel.Alert), ("crit", LogLevel.Crit),
        ("error", LogLevel.Error), ("warn", LogLevel.Warn), ("notice", LogLevel.Notice),
        ("info", LogLevel.Info), ("debug", LogLevel.Debug),
    ];

    static readonly string[] debugLevels =
    [
        "debug_core", "debug_alloc", "debug_mutex", "debug_event", "debug_http", "debug_mail",
        "debug_stream",
    ];

    public static bool ErrorLog(BuildContext build, DirectiveNode node, out ErrorLogTarget value)
    {
        value = null!;
        string path = node.Arg(0);
        if (path.StartsWith("memory:"))
            return build.Fail(node, 0, "nginx was built without debug support",
                "memory: is for debugging nginx itself; name a file, stderr or syslog:");

        SyslogConfig? syslog = null;
        if (path.StartsWith(SyslogReader.Prefix) && !SyslogReader.TryRead(build, node, out syslog))
            return false;

        if (!TryLevel(build, node, out var level))
            return false;

        value = new ErrorLogTarget
        {
            Path = path is "stderr" or "" || syslog is not null
                ? null
                : build.Environment.FullPath(path),
            Syslog = syslog,
            Level = level,
            Position = BuildContext.PositionOf(node),
        };
        return true;
    }

    static bool TryLevel(BuildContext build, DirectiveNode node, out LogLevel level)
    {
        level = node.Args.Length == 1 ? LogLevel.Error : 0;
        bool isPlain = false;
        for (int arg = 1; arg < node.Args.Length; arg++)
        {
            string word = node.Arg(arg);
            var found = levels.FirstOrDefault(pair => pair.Word == word).Level;
            if (debugLevels.Contains(word) && !isPlain)
            {
                level = LogLevel.Debug;
                continue;
            }

            if (found == 0)
                return build.Fail(node, arg, $"invalid log level \"{word}\"",
                    "one of " + string.Join(", ", levels.Select(pair => pair.Word)));
            if (level != 0)
                return build.Fail(node, arg, $"duplicate log level \"{word}\"");
            level = found;
            isPlain = true;
        }

        return true;
    }

    public static bool AccessLog(BuildContext build, DirectiveNode node, out AccessLogEntry value)
    {
        value = new AccessLogEntry(Target: null);
        if (node.Arg(0) == "off")
            return node.Args.Length == 1 || build.InvalidParameter(node, 1);
        if (!TryPlace(build, node, out var path, out var syslog))
            return false;

        string name = node.Args.Length > 1 ? node.Arg(1) : LogFormats.CombinedName;
        if (build.Logs.Formats.Find(name) is not { } format)
            return build.Fail(node, 1, $"unknown log format \"{name}\"",
                build.Logs.Formats.WhyUnknown(name));

        var target = new AccessLogTarget
        {
            Path = path,
            Syslog = syslog,
            Format = format,
            Position = BuildContext.PositionOf(node),
        };
        if (!TryParameters(build, node, ref target))
            return false;

        value = new AccessLogEntry(target);
        return IsBufferRight(build, node, target);
    }

    static bool TryPlace(
        BuildContext build, DirectiveNode node, out Template path, out SyslogConfig? syslog)
    {
        syslog = null;
        if (!node.Arg(0).StartsWith(SyslogReader.Prefix))
            return build.TryTemplate(node, 0, build.Environment.FullPath(node.Arg(0)), out path);
        path = Template.Literal(node.Arg(0));
        return SyslogReader.TryRead(build, node, out syslog);
    }

    static bool TryParameters(BuildContext build, DirectiveNode node, ref AccessLogTarget target)
    {
        for (int arg = 2; arg < node.Args.Length; arg++)
        {
            string word = node.Arg(arg);
            string text = word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..];
            if (word.StartsWith("buffer="))
            {
                if (!Values.TrySize(text, out long size) || size is 0 or > int.MaxValue)
                    return build.Fail(node, arg, $"invalid buffer size \"{text}\"");
                target = target with { BufferSize = (int)size };
            }
            else if (word.StartsWith("flush="))
            {
                if (!Values.TryMilliseconds(text, out long flush) || flush == 0)
                    return build.Fail(node, arg, $"invalid flush time \"{text}\"");
                target = target with { FlushMs = flush };
            }
            else if (word.StartsWith("if="))
            {
                if (!build.TryTemplate(node, arg, text, out var condition))
                    return false;
                target = target with { If = condition };
            }
            else if (word == "gzip" || word.StartsWith("gzip="))
            {
                if (!TryGzip(build, node, arg, word, ref target))
                    return false;
            }
            else
            {
                return build.InvalidParameter(node, arg);
            }
        }

        return true;
    }

    /// <summary>What is compressed is a whole buffer, so there is one: of 64 KB if none is said.</summary>
    static bool TryGzip(
        BuildContext build, DirectiveNode node, int arg, string word, ref AccessLogTarget target)
    {
        string text = word["gzip".Length..].TrimStart('=');
        long level = DefaultGzipLevel;
        if (word != "gzip" && (!Values.TryNumber(text, out level) || level is < 1 or > 9))
            return build.Fail(node, arg, $"invalid compression level \"{text}\"", "from 1 to 9");
        target = target with
        {
            GzipLevel = (int)level,
            BufferSize = target.BufferSize ?? DefaultGzipBuffer,
        };
        return true;
    }

    static bool IsBufferRight(BuildContext build, DirectiveNode node, AccessLogTarget target)
    {
        if (target.FlushMs is not null && target.BufferSize is null)
            return build.Fail(node, $"no buffer is defined for access_log \"{node.Arg(0)}\"");
        if (target.BufferSize is null)
            return true;
        if (target.Syslog is not null)
            return build.Fail(node, 0, "logs to syslog cannot be buffered");
        if (!target.Path.IsConstant)
            return build.Fail(node, 0, "buffered logs cannot have variables in name");
        return build.Logs.AgreesWithEarlier(target) || build.Fail(node, 0, $"access_log "
            + $"\"{node.Arg(0)}\" already defined with conflicting parameters");
    }
}
