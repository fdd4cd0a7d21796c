using Sluice.Config.Model;
using Sluice.Config.Syntax;

namespace Sluice.Proxy.Log;

/// <summary>
/// The log files that one configuration names, opened before it goes live. Files that two
/// configurations name are shared between them.
/// </summary>
public sealed class LogFiles
{
    readonly Dictionary<string, LogFile> files = [];

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
        foreach (var (path, position) in PathsOf(config))
        {
            failure = opened.Add(path, position);
            if (failure is null)
                continue;
            opened.Release();
            return null;
        }
        return opened;
    }

    /// <summary>The file of a path that the configuration names; null is standard error.</summary>
    public LogFile Find(string? path) => files[path ?? ""];

    /// <summary>Gives the files back when the configuration is not used any more.</summary>
    public void Release()
    {
        foreach (var file in files.Values)
            Writer.Release(file);
        files.Clear();
    }

    LogOpenFailure? Add(string? path, Position? position)
    {
        if (files.ContainsKey(path ?? ""))
            return null;
        if (Writer.Open(path, out int error) is not { } file)
            return new(path ?? "stderr", -error, position);
        files.Add(path ?? "", file);
        return null;
    }

    static IEnumerable<(string? Path, Position? Position)> PathsOf(MainConfig config)
    {
        foreach (var target in config.ErrorLogs)
            yield return (target.Path, target.Position);
        foreach (var server in config.Http?.Servers ?? [])
        {
            var levels = server.Locations.Concat(server.NamedLocations.Values).Prepend(server.Root);
            foreach (var path in levels.SelectMany(PathsOf))
                yield return path;
        }
    }

    static IEnumerable<(string? Path, Position? Position)> PathsOf(LocationConfig location)
    {
        foreach (var target in location.Core.ErrorLogs)
            yield return (target.Path, target.Position);
        foreach (var target in location.Core.AccessLogs)
        {
            if (target.Path.IsConstant)
                yield return (target.Path.Source, target.Position);
        }
        foreach (var path in location.Children.SelectMany(PathsOf))
            yield return path;
    }
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
