using System.Runtime.InteropServices;

namespace Sluice.EndToEnd.Servers;

/// <summary>The few system calls the tests need and the base library does not offer.</summary>
public static partial class Kernel
{
    const int ResourceOpenFiles = 7;

    /// <summary>Sends a signal to one process; false when the process is gone.</summary>
    public static bool Signal(int pid, Signals signal) => Kill(pid, (int)signal) == 0;

    /// <summary>True while a process with that id exists.</summary>
    public static bool Exists(int pid) => Kill(pid, 0) == 0;

    /// <summary>
    /// Raises this process's own limit of open files to the hard limit, and says what it is.
    /// </summary>
    public static long RaiseOpenFiles()
    {
        if (Prlimit(0, ResourceOpenFiles, 0, out var own) != 0)
            return -1;
        own.Soft = own.Hard;
        return PrlimitSet(0, ResourceOpenFiles, own, 0) == 0 ? own.Hard : -1;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "prlimit64")]
    private static partial int Prlimit(int pid, int resource, nint none, out Limit old);

    [LibraryImport("libc", EntryPoint = "prlimit64")]
    private static partial int PrlimitSet(int pid, int resource, in Limit limit, nint none);

    [StructLayout(LayoutKind.Sequential)]
    struct Limit
    {
        public long Soft;
        public long Hard;
    }
}

/// <summary>The signals nginx and Sluice understand, with Linux's numbers.</summary>
public enum Signals
{
    /// <summary>Reload the configuration.</summary>
    Hup = 1,

    /// <summary>Fast stop, from a terminal.</summary>
    Interrupt = 2,

    /// <summary>Graceful stop: finish what is open.</summary>
    Quit = 3,

    /// <summary>No appeal.</summary>
    Kill = 9,

    /// <summary>Reopen the log files.</summary>
    Usr1 = 10,

    /// <summary>For nginx the upgrade of its binary.</summary>
    Usr2 = 12,

    /// <summary>Fast stop.</summary>
    Term = 15,

    /// <summary>Go on after a stop.</summary>
    Continue = 18,

    /// <summary>Stop running, keep everything open.</summary>
    Stop = 19,
}
