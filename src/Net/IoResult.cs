namespace Sluice.Net;

/// <summary>
/// What <see cref="Connection.Read"/> and <see cref="Connection.Write(ReadOnlySpan{byte})"/>
/// answer: a byte count, or one of the negative values here. A failed system call is returned
/// as <c>-errno</c> with Linux's numbers on every platform, so that messages and tests agree.
/// </summary>
public static class IoResult
{
    /// <summary>Nothing can be moved now (-EAGAIN); the handler is called when that changes.</summary>
    public const int Again = -11;

    public const int BrokenPipe = -32;
    public const int ConnectionReset = -104;
    public const int TimedOut = -110;
    public const int ConnectionRefused = -111;
    public const int HostUnreachable = -113;
    public const int AddressInUse = -98;
    public const int PermissionDenied = -13;
    public const int TooManyOpenFiles = -24;

    /// <summary>The text that strerror(3) has for a <c>-errno</c>: "Connection refused".</summary>
    public static string Text(int result) => Errno.Text(-result);
}
