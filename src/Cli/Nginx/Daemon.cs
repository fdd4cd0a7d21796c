using System.Diagnostics;

namespace Sluice.Cli.Nginx;

/// <summary>
/// <c>daemon on</c>. A .NET process cannot fork, so it starts itself anew: the child takes the
/// same arguments, binds, and says so through its standard output, which nothing else uses; only
/// then does the parent end, with 0. When the child ends before that, its exit code is the
/// parent's. Messages of the child go to the terminal until it is up.
/// </summary>
internal static class Daemon
{
    /// <summary>Marks the child, and is removed from its environment at once.</summary>
    const string Marker = "SLUICE_DAEMON";

    const string Ready = "ready";

    const int StandardInput = 0;
    const int StandardOutput = 1;
    const int StandardError = 2;

    /// <summary>Whether this process is the one in the background.</summary>
    public static bool IsChild { get; private set; }

    /// <summary>To be called first of all: notices that this process is the child.</summary>
    public static void Recognise()
    {
        if (Environment.GetEnvironmentVariable(Marker) is null)
        {
            return;
        }
        Environment.SetEnvironmentVariable(Marker, null);
        IsChild = true;
        _ = Posix.StartSession();
    }

    /// <summary>In the parent: starts the child, waits until it is up; the exit code.</summary>
    public static int Start(string[] arguments)
    {
        string program = Environment.ProcessPath ?? "sluice";
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            // Run as "dotnet sluice.dll": the first argument is the program.
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment[Marker] = "1";
        using var child = Process.Start(start)!;
        if (child.StandardOutput.ReadLine() == Ready)
        {
            return 0;
        }
        child.WaitForExit();
        return child.ExitCode;
    }

    /// <summary>In the child, once it serves: lets the parent end, and the terminal go.</summary>
    /// <param name="logsToTerminal">An error log is standard error, which then stays.</param>
    public static void ReportReady(bool logsToTerminal)
    {
        StandardStreams.Output(Ready + "\n");
        Posix.Silence(StandardInput);
        Posix.Silence(StandardOutput);
        if (!logsToTerminal)
        {
            Posix.Silence(StandardError);
        }
    }
}
