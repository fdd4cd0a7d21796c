using Sluice.Config.Model;
using Sluice.Proxy.Log;

namespace Sluice.Cli.Nginx;

/// <summary>What a configuration says about the process: its limit of files, its environment.</summary>
internal static class ProcessSettings
{
    /// <summary>Takes them on, at the start and at every reload.</summary>
    /// <param name="config">The configuration in force.</param>
    /// <returns>The errno of a limit that cannot be had; 0 when there is none.</returns>
    public static int Apply(MainConfig config)
    {
        int errno = config.RlimitNofile is { } count ? Posix.LimitOpenFiles(count) : 0;
        foreach (var (name, value) in config.Env)
        {
            if (value is not null)
            {
                Environment.SetEnvironmentVariable(name, StandardStreams.FromBytes(value));
            }
        }
        // TZ may be among them.
        TimeZoneInfo.ClearCachedData();
        return errno;
    }

    /// <summary>Says that a limit cannot be had, if so.</summary>
    public static void Report(MainConfig config, int errno, ErrorLog log)
    {
        if (errno > 0)
        {
            log.Write(
                LogLevel.Alert, $"setrlimit(RLIMIT_NOFILE, {config.RlimitNofile}) failed", errno);
        }
    }
}
