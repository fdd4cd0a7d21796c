namespace Sluice.Net;

/// <summary>Linux's error numbers and what strerror(3) says of them.</summary>
public static class Errno
{
    public static string Text(int errno) => throw new NotSupportedException();
}
