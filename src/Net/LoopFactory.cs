namespace Sluice.Net;

public enum LoopKind
{
    /// <summary>Linux's epoll: the default there.</summary>
    Epoll,

    /// <summary>System.Net.Sockets: everywhere.</summary>
    Sockets,
}

/// <summary>Chooses and makes the loop of this machine.</summary>
public static class LoopFactory
{
    /// <summary>The environment variable that forces a kind: "epoll" or "sockets".</summary>
    public const string Variable = "SLUICE_LOOP";

    /// <summary>
    /// The kind that the environment asks for, or the machine's best. What cannot be had is an
    /// InvalidOperationException whose message says what to write instead.
    /// </summary>
    public static LoopKind Choose() => Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>As Choose, for a word; null and the empty word leave the choice to us.</summary>
    public static LoopKind Choose(string? word)
    {
        bool isLinux = OperatingSystem.IsLinux();
        return word switch
        {
            null or "" => isLinux ? LoopKind.Epoll : LoopKind.Sockets,
            "sockets" => LoopKind.Sockets,
            "epoll" when isLinux => LoopKind.Epoll,
            "epoll" => throw new InvalidOperationException(
                $"{Variable}=epoll: epoll is Linux's; use {Variable}=sockets here"),
            _ => throw new InvalidOperationException(
                $"{Variable}={word}: no such loop; use {Variable}=epoll or {Variable}=sockets"),
        };
    }

    public static Loop Create(LoopKind kind)
    {
        if (kind == LoopKind.Sockets)
            return new SocketLoop();
        return OperatingSystem.IsLinux()
            ? new EpollLoop()
            : throw new PlatformNotSupportedException("epoll is Linux's");
    }
}
