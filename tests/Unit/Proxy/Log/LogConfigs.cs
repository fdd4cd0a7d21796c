using System.Collections.Immutable;
using Sluice.Config.Model;

namespace Sluice.Unit.Proxy.Log;

/// <summary>Configurations that have a log and nothing else.</summary>
static class LogConfigs
{
    public static MainConfig WithErrorLog(string? path, LogLevel level) =>
        WithErrorLogs([new() { Path = path, Level = level }]);

    public static MainConfig WithErrorLogs(ImmutableArray<ErrorLogTarget> targets) => new()
    {
        ConfigPath = "/etc/nginx.conf",
        Prefix = "/etc/",
        PidPath = "/run/pid",
        ErrorLogs = targets,
    };
}
