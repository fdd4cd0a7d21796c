using Sluice.Proxy.Variables;

namespace Sluice.Proxy.Routing;

/// <summary>What is to be done with a request.</summary>
public enum VerdictKind
{
    /// <summary>The location's content: try_files, proxy_pass, or a file.</summary>
    Content,

    /// <summary>An answer with a status: the error page machinery, or a plain status line.</summary>
    Status,

    /// <summary>return with a text: the text is the body, or the Location of a redirect.</summary>
    Text,

    /// <summary>A redirect to a place that is in the exchange's arena.</summary>
    Redirect,

    /// <summary>return 444 and the like: the connection is closed without an answer.</summary>
    Hangup,

    /// <summary>Nothing more: the answer went out, or there is nobody to answer.</summary>
    Done,

    /// <summary>The connection has become a tunnel.</summary>
    Tunnel,
}

/// <summary>A decision of the routing phases, and of whoever tried to answer.</summary>
public readonly record struct Verdict(
    VerdictKind Kind, int Status = 0, CompiledText? Value = null, ArenaRange Range = default)
{
    public static readonly Verdict Content = new(VerdictKind.Content);
    public static readonly Verdict Done = new(VerdictKind.Done);
    public static readonly Verdict Tunnel = new(VerdictKind.Tunnel);

    /// <summary>No answer; the status is for the log.</summary>
    public static Verdict Hangup(int status) => new(VerdictKind.Hangup, status);

    public static Verdict Fail(int status) => new(VerdictKind.Status, status);

    public static Verdict RedirectTo(int status, ArenaRange place) =>
        new(VerdictKind.Redirect, status, Range: place);
}
