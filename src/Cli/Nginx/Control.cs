using System.Globalization;
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
    /// <param name="errorLog">Where it is said, as -e has it; null for standard error.</param>
    public static int Send(ControlSignal signal, string pidPath, string? errorLog)
    {
        Say(errorLog, "notice", "signal process started");
        if (PidFile.Read(pidPath, out string error) is not { } pid)
        {
            bool isRead = error.StartsWith("pread()", StringComparison.Ordinal);
            Say(errorLog, isRead ? "crit" : "error", error);
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
            Say(errorLog, "alert",
                $"kill({pid}, {number}) failed ({failure}: {Errno.Text(failure)})");
            if (failure == NoSuchProcess)
            {
                StandardStreams.Hint($"\"{pidPath}\" names a process that has ended");
            }
            return 1;
        }
        return 0;
    }

    /// <summary>
    /// Into the error log, which the configuration's own has not replaced yet, and to the
    /// terminal: all of it where that is the log, else what is wrong.
    /// </summary>
    static void Say(string? errorLog, string level, string message)
    {
        if (errorLog is null || level != "notice")
        {
            StandardStreams.Log(level, message);
        }
        if (errorLog is null)
        {
            return;
        }
        try
        {
            int pid = Environment.ProcessId;
            File.AppendAllText(
                StandardStreams.FromBytes(errorLog),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{DateTime.Now:yyyy\\/MM\\/dd HH:mm:ss} [{level}] {pid}#{pid}: {message}\n"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A log that cannot be written keeps no signal back, as with nginx.
            StandardStreams.Log("alert", $"could not open error log file: {error.Message}");
        }
    }

    static int Number(ControlSignal signal) => signal switch
    {
        ControlSignal.Stop => Posix.Term,
        ControlSignal.Quit => Posix.Quit,
        ControlSignal.Reopen => Posix.Usr1,
        _ => Posix.Hup,
    };
}
