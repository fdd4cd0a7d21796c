using Sluice.Config.Model;
using Sluice.Proxy.Log;

namespace Sluice.Cli.Nginx;

/// <summary>What a configuration says about the process: its limit of files, its environment.</summary>
internal static class ProcessSettings
{
    /// <summary>Takes them on, at the start and at every reload.</summary>
    /// <param name="config">The configuration in force.</param>
    /// <param name="log">Where a limit that cannot be had is told.</param>
    public static void Apply(MainConfig config, ErrorLog log)
    {
        if (config.RlimitNofile is { } count && Posix.LimitOpenFiles(count) is > 0 and var errno)
        {
            log.Write(LogLevel.Alert, $"setrlimit(RLIMIT_NOFILE, {count}) failed", errno);
        }
        foreach (var (name, value) in config.Env)
        {
            if (value is not null)
            {
                Environment.SetEnvironmentVariable(name, StandardStreams.FromBytes(value));
            }
        }
        // TZ may be among them.
        TimeZoneInfo.ClearCachedData();
    }
}
