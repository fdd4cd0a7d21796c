using System.Runtime.InteropServices;

namespace Sluice.Net;

/// <summary>
/// The descriptors that sockets leave to the rest of the process. Without any the runtime cannot
/// load an assembly it needs for the first time, and what should have been an error in the log
/// is the end of the process. So the last ones count as not there.
/// </summary>
/// <remarks>
/// The kernel gives the lowest free number, so a number near the limit says how full it is: no
/// system call is needed to know.
/// </remarks>
sealed partial class DescriptorReserve
{
    const int DescriptorsLinux = 7;
    const int DescriptorsElsewhere = 8;

    internal DescriptorReserve() => Read();

    /// <summary>An accepted socket with this number or a higher one is the last for now.</summary>
    internal int AcceptLimit { get; set; }

    /// <summary>Higher, so that who was let in can still be served.</summary>
    internal int ConnectLimit { get; set; }

    /// <summary>Takes the process's limit as it is now.</summary>
    internal void Read()
    {
        int limit = ReadLimit();
        int reserved = Math.Min(NetLimits.DescriptorsReserved, limit / 4);
        AcceptLimit = limit - reserved;
        ConnectLimit = limit - (reserved / 2);
    }

    static int ReadLimit()
    {
        if (OperatingSystem.IsWindows())
            return int.MaxValue;
        int resource = OperatingSystem.IsLinux() ? DescriptorsLinux : DescriptorsElsewhere;
        return GetLimit(resource, out var found) == 0 && found.Soft < int.MaxValue
            ? (int)found.Soft
            : int.MaxValue;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit found);

    /// <summary>struct rlimit.</summary>
    struct ResourceLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }
}
