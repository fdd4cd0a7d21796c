using Sluice.Net;

namespace Sluice.Cli.Nginx;

/// <summary><c>-s</c>: signals the process that a pid file names.</summary>
internal static class Control
{
    /// <summary>ESRCH</summary>
    const int NoSuchProcess = 3;

    /// <summary>Sends the signal; the exit code.</summary>
    /// <param name="signal">What is asked for.</param>
    /// <param name="pidPath">The pid file that the configuration names.</param>
    public static int Send(ControlSignal signal, string pidPath)
    {
        if (PidFile.Read(pidPath, out string error) is not { } pid)
        {
            bool isRead = error.StartsWith("pread()", StringComparison.Ordinal);
            StandardStreams.Log(isRead ? "crit" : "error", error);
            if (error.Contains("(2: ", StringComparison.Ordinal))
            {
                StandardStreams.Hint(
                    "it does not run, or was started with another -c, -p or pid");
            }
            return 1;
        }
        int number = Number(signal);
        int failure = Posix.Kill(pid, number);
        if (failure != 0)
        {
            StandardStreams.Log(
                "alert", $"kill({pid}, {number}) failed ({failure}: {Errno.Text(failure)})");
            if (failure == NoSuchProcess)
            {
                StandardStreams.Hint($"\"{pidPath}\" names a process that has ended");
            }
            return 1;
        }
        return 0;
    }

    static int Number(ControlSignal signal) => signal switch
    {
        ControlSignal.Stop => Posix.Term,
        ControlSignal.Quit => Posix.Quit,
        ControlSignal.Reopen => Posix.Usr1,
        _ => Posix.Hup,
    };
}
