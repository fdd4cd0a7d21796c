using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sluice.SocketIOBench;

/// <summary>The processes of a run: however it ends, they end with it.</summary>
static class Children
{
    static readonly ConcurrentDictionary<Process, bool> running = [];

    static Children() => AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
    {
        foreach (var process in running.Keys)
            Stop(process);
    };

    public static Process Start(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
        running[process] = true;
        return process;
    }

    public static void Stop(Process process)
    {
        if (!running.TryRemove(process, out _))
            return;
        process.Kill();
        process.WaitForExit(5_000);
        process.Dispose();
    }
}
