using Sluice.Net;

namespace Sluice.Cli.Nginx;

/// <summary>Which loop the workers have: epoll on Linux, unless SLUICE_LOOP says otherwise.</summary>
internal static class Loops
{
    const string Variable = "SLUICE_LOOP";

    static readonly string asked = Environment.GetEnvironmentVariable(Variable) ?? "";

    /// <summary>What is wrong with the variable; null when nothing is.</summary>
    public static string? Mistake => asked is "" or "epoll"
        ? OperatingSystem.IsLinux() ? null : "there is no loop for this system"
        : $"invalid {Variable} \"{asked}\", it must be \"epoll\"";

    /// <summary>Makes the loop of one worker.</summary>
    public static Loop Create() => OperatingSystem.IsLinux()
        ? new EpollLoop()
        : throw new PlatformNotSupportedException(Mistake);
}
