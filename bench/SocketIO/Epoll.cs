using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice.SocketIOBench;

/// <summary>
/// Readiness of thousands of sockets on one thread, as the kernel tells it: a generator that
/// costs less per message than any server leaves the server to be the slow one.
/// </summary>
sealed partial class Epoll : IDisposable
{
    const uint Readable = 1;
    const int Add = 1;

    int handle = epoll_create1(0);
    readonly EpollEvent[] events = new EpollEvent[512];

    public void Watch(Socket socket, int index)
    {
        var wanted = new EpollEvent { Events = Readable, Data = index };
        if (epoll_ctl(handle, Add, (int)socket.Handle, ref wanted) != 0)
            throw new IOException($"epoll_ctl: {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>The indexes of sockets that can be read; empty after the timeout.</summary>
    public int Wait(int timeoutMs, Span<int> ready)
    {
        var count = epoll_wait(handle, events, Math.Min(ready.Length, events.Length), timeoutMs);
        for (var i = 0; i < count; i++)
            ready[i] = (int)events[i].Data;
        return Math.Max(count, 0);
    }

    public void Dispose()
    {
        // A second close would hit whatever has the number by then.
        if (handle >= 0)
            _ = close(handle);
        handle = -1;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    struct EpollEvent
    {
        public uint Events;
        public long Data;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int handle, int what, int socket, ref EpollEvent wanted);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(
        int handle, [Out] EpollEvent[] events, int count, int timeoutMs);

    [LibraryImport("libc")]
    private static partial int close(int handle);
}
