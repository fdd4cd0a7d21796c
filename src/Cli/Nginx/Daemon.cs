using System.Diagnostics;
using System.Text;

namespace Sluice.Cli.Nginx;

/// <summary>
/// <c>daemon on</c>. A .NET process cannot fork, so it starts itself anew: the child takes the
/// same arguments, binds, and says so through its standard output; only then does the parent end,
/// with 0. When the child ends before that, its exit code is the parent's.
/// </summary>
/// <remarks>
/// The child's standard streams are pipes of the parent's. The runtime keeps copies of the three
/// descriptors a process began with, so a child that inherited them would hold a terminal, or the
/// pipe of whoever waits for the end of the parent's output, for ever.
/// </remarks>
internal static class Daemon
{
    /// <summary>Marks the child, and is removed from its environment at once.</summary>
    const string Marker = "SLUICE_DAEMON";

    const string Ready = "\u0006 ready";

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
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
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
        while (child.StandardOutput.ReadLine() is { } line)
        {
            if (line == Ready)
            {
                return 0;
            }
            StandardStreams.Error(line + "\n");
        }
        // What the runtime says when it ends a process by itself.
        StandardStreams.Error(child.StandardError.ReadToEnd());
        child.WaitForExit();
        return child.ExitCode;
    }

    /// <summary>In the child, once it serves: lets the parent end.</summary>
    public static void ReportReady()
    {
        StandardStreams.Output(Ready + "\n");
        Posix.Silence(Posix.StandardInput);
        Posix.Silence(Posix.StandardOutput);
        Posix.Silence(Posix.StandardError);
    }
}
