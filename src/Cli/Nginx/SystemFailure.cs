using Sluice.Net;

namespace Sluice.Cli.Nginx;

/// <summary>The error number behind an exception of the base library, as nginx prints it.</summary>
internal static class SystemFailure
{
    const int NoEntry = 2;
    const int NoAccess = 13;
    const int TooLong = 36;

    /// <summary>True for what the file system can answer; anything else is a mistake of ours.</summary>
    public static bool IsExpected(Exception failure) =>
        failure is IOException or UnauthorizedAccessException;

    /// <summary>The number and text in nginx's form: <c>2: No such file or directory</c>.</summary>
    public static string Describe(Exception failure)
    {
        int number = Number(failure);
        return $"{number}: {Errno.Text(number)}";
    }

    static int Number(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => NoEntry,
        PathTooLongException => TooLong,
        // The base library keeps the number of these in the exception inside.
        UnauthorizedAccessException { InnerException: IOException inner } => inner.HResult,
        UnauthorizedAccessException => NoAccess,
        _ => failure.HResult,
    };
}
