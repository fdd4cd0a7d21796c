using Sluice.Net;

namespace Sluice.Cli.Nginx;

/// <summary><c>-s</c>: signals the process that a pid file names.</summary>
internal static class Control
{
    /// <summary>Sends the signal; the exit code.</summary>
    /// <param name="signal">What is asked for.</param>
    /// <param name="pidPath">The pid file that the configuration names.</param>
    public static int Send(ControlSignal signal, string pidPath)
    {
        if (PidFile.Read(pidPath, out string error) is not { } pid)
        {
            StandardStreams.Log("error", error);
            return 1;
        }
        int number = Number(signal);
        int failure = Posix.Kill(pid, number);
        if (failure != 0)
        {
            StandardStreams.Log(
                "alert", $"kill({pid}, {number}) failed ({failure}: {Errno.Text(failure)})");
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
