using System.Runtime.InteropServices;

namespace Sluice.Cli.Nginx;

/// <summary>The few system calls of the command line that the base library does not have.</summary>
internal static partial class Posix
{
    /// <summary>Signal numbers; those of user signals differ between systems.</summary>
    public const int Hup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Term = 15;

    public const int StandardInput = 0;
    public const int StandardOutput = 1;
    public const int StandardError = 2;

    const int Interrupted = 4;

    public static int Usr1 => OperatingSystem.IsMacOS() ? 30 : 10;

    public static int Usr2 => OperatingSystem.IsMacOS() ? 31 : 12;

    /// <summary>Sends a signal; zero, or the error's number.</summary>
    public static int Kill(int pid, int signal) =>
        KillCall(pid, signal) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Writes all bytes, unless the other side takes none any more.</summary>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written = WriteCall(descriptor, bytes, bytes.Length);
            if (written < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                return;
            }
            bytes = bytes[(int)Math.Max(written, 0)..];
        }
    }

    /// <summary>Makes this process the leader of a session without a terminal.</summary>
    public static int StartSession() => SetSidCall() >= 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Lets a standard stream read from, or write to, nothing.</summary>
    public static void Silence(int descriptor)
    {
        using var nothing = File.OpenHandle(
            "/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        _ = DuplicateCall((int)nothing.DangerousGetHandle(), descriptor);
    }

    /// <summary>
    /// Gives a signal its default action back. The runtime installs no handler for a signal that
    /// the parent left ignored, as nohup does with SIGHUP and a shell without job control with
    /// SIGINT and SIGQUIT of what it starts by "&amp;".
    /// </summary>
    public static void EndIgnoring(int signal) => _ = SignalCall(signal, 0);

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    private static partial nint SignalCall(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillCall(int pid, int signal);

    /// <summary>
    /// Sets how many files this process may have open; zero, or the error's number. The hard
    /// limit is raised when it has to be, which only root may, and never lowered.
    /// </summary>
    public static int LimitOpenFiles(int count)
    {
        int resource = OperatingSystem.IsMacOS() ? 8 : 7;
        if (GetLimitCall(resource, out var limit) != 0)
        {
            return Marshal.GetLastPInvokeError();
        }
        limit.Soft = (nuint)count;
        limit.Hard = nuint.Max(limit.Hard, limit.Soft);
        return SetLimitCall(resource, limit) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>struct rlimit.</summary>
    struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimitCall(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimitCall(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteCall(int descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    private static partial int SetSidCall();

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static partial int DuplicateCall(int from, int to);
}
