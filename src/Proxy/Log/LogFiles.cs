using Sluice.Config.Model;
using Sluice.Config.Syntax;

namespace Sluice.Proxy.Log;

/// <summary>
/// The log files that one configuration names, opened before it goes live. Files that two
/// configurations name are shared between them.
/// </summary>
public sealed class LogFiles
{
    readonly Dictionary<string, LogTarget> files = [];
    readonly Dictionary<LogTarget, AccessLogTarget> buffered = [];

    LogFiles(LogWriter writer, string prefix)
    {
        Writer = writer;
        Prefix = prefix;
    }

    public LogWriter Writer { get; }

    /// <summary>Where relative paths of access_log with variables start, ending in a slash.</summary>
    public string Prefix { get; }

    /// <summary>
    /// Opens every file of the configuration; the first that cannot be opened is the failure,
    /// and nothing stays open then.
    /// </summary>
    public static LogFiles? Open(MainConfig config, LogWriter writer, out LogOpenFailure? failure)
    {
        var opened = new LogFiles(writer, config.Prefix);
        failure = null;
        foreach (var (path, syslog, position) in TargetsOf(config))
        {
            failure = opened.Add(path, syslog, position);
            if (failure is null)
                continue;
            opened.Release();
            return null;
        }
        foreach (var log in AccessLogsOf(config).Where(log => log.BufferSize is not null))
            opened.buffered.TryAdd(opened.Find(log.Path.Source), log);
        foreach (var file in opened.files.Values.Where(file => file.Holders == 1))
            opened.UseBuffer(file);
        return opened;
    }

    /// <summary>The file of a path that the configuration names; null is standard error.</summary>
    public LogTarget Find(string? path) => files[path ?? ""];

    /// <summary>
    /// The configuration is in force: files that another one named too have its buffers now.
    /// </summary>
    public void UseBuffers()
    {
        foreach (var file in files.Values)
            UseBuffer(file);
    }

    void UseBuffer(LogTarget file)
    {
        file.SetBuffer(buffered.TryGetValue(file, out var log)
            ? new(log.BufferSize ?? 0, log.FlushMs ?? 0, log.GzipLevel ?? 0)
            : default);
    }

    /// <summary>Gives the files back when the configuration is not used any more.</summary>
    public void Release()
    {
        foreach (var file in files.Values)
            Writer.Release(file);
        files.Clear();
    }

    LogOpenFailure? Add(string? path, SyslogConfig? syslog, Position? position)
    {
        if (syslog is not null)
        {
            if (!files.ContainsKey(syslog.Source))
                files.Add(syslog.Source, Writer.Open(syslog));
            return null;
        }
        if (files.ContainsKey(path ?? ""))
            return null;
        if (Writer.Open(path, out int error) is not { } file)
            return new(path ?? "stderr", -error, position);
        files.Add(path ?? "", file);
        return null;
    }

    static IEnumerable<(string?, SyslogConfig?, Position?)> TargetsOf(MainConfig config)
    {
        foreach (var target in config.ErrorLogs)
            yield return (target.Path, target.Syslog, target.Position);
        foreach (var location in LevelsOf(config))
        {
            foreach (var target in location.Core.ErrorLogs)
                yield return (target.Path, target.Syslog, target.Position);
            foreach (var target in location.Core.AccessLogs)
            {
                if (target.Path.IsConstant)
                    yield return (target.Path.Source, target.Syslog, target.Position);
            }
        }
    }

    static IEnumerable<AccessLogTarget> AccessLogsOf(MainConfig config) =>
        LevelsOf(config).SelectMany(level => level.Core.AccessLogs);

    static IEnumerable<LocationConfig> LevelsOf(MainConfig config) =>
        from server in config.Http?.Servers ?? []
        from level in server.Locations.Concat(server.NamedLocations.Values).Prepend(server.Root)
        from location in LevelsOf(level)
        select location;

    static IEnumerable<LocationConfig> LevelsOf(LocationConfig location) =>
        location.Children.SelectMany(LevelsOf).Prepend(location);
}

/// <summary>A log file that could not be opened.</summary>
/// <param name="Path">Its path, one char a byte.</param>
/// <param name="Errno">Why, as a positive number of Linux.</param>
/// <param name="Position">Where the configuration names it; null for a built-in default.</param>
public sealed record LogOpenFailure(string Path, int Errno, Position? Position)
{
    /// <summary>nginx's words: <c>open() "F" failed (2: No such file or directory)</c>.</summary>
    public string Message => $"open() \"{Path}\" failed ({Errno}: {Net.Errno.Text(Errno)})";
}
