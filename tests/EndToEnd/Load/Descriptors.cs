using Sluice.EndToEnd.Servers;

namespace Sluice.EndToEnd.Load;

/// <summary>The open files a crowd needs.</summary>
static class Descriptors
{
    /// <summary>Raises this process's limit, and fails when that does not suffice.</summary>
    public static void Require(int count)
    {
        var limit = Kernel.RaiseOpenFiles();
        Assert.True(
            limit >= count,
            $"this test needs {count} open files in one process, the hard limit is {limit}: "
            + "raise it with ulimit -Hn");
    }
}
