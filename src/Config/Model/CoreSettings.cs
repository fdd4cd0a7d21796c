using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model;

/// <summary>
/// The settings of a location that are not about proxying, after inheritance. A location that
/// changes none of them shares the object of the level above.
/// </summary>
public sealed record CoreSettings
{
    /// <summary>
    /// <c>root</c>. A constant is a full path; with variables it is evaluated for each request
    /// and completed with the prefix when it is relative.
    /// </summary>
    public required Template Root { get; init; }

    /// <summary><c>index</c> in order; a name that begins with a slash is a URI.</summary>
    public ImmutableArray<Template> IndexFiles { get; init; } = [];

    /// <summary><c>types</c>: an extension in lower case, without dot, to a media type.</summary>
    public required FrozenDictionary<string, string> Types { get; init; }

    /// <summary><c>default_type</c>.</summary>
    public string DefaultType { get; init; } = "text/plain";

    /// <summary><c>client_max_body_size</c> in bytes; zero is without limit.</summary>
    public long ClientMaxBodySize { get; init; } = 1024 * 1024;

    /// <summary><c>client_body_buffer_size</c> in bytes: what is kept in memory.</summary>
    public int ClientBodyBufferSize { get; init; } = 8 * 1024;

    /// <summary><c>client_body_timeout</c>: between two reads of a body.</summary>
    public long ClientBodyTimeoutMs { get; init; } = 60_000;

    /// <summary><c>send_timeout</c>: between two writes to a client that does not read.</summary>
    public long SendTimeoutMs { get; init; } = 60_000;

    /// <summary><c>keepalive_timeout</c>: an idle connection stays this long; zero closes.</summary>
    public long KeepaliveTimeoutMs { get; init; } = 75_000;

    /// <summary>The seconds of the Keep-Alive header; zero sends none.</summary>
    public long KeepaliveHeaderSeconds { get; init; }

    /// <summary><c>keepalive_requests</c>: requests of one client connection.</summary>
    public long KeepaliveRequests { get; init; } = 1000;

    /// <summary><c>keepalive_time</c>: the longest life of a client connection.</summary>
    public long KeepaliveTimeMs { get; init; } = 3_600_000;

    /// <summary><c>lingering_close</c>.</summary>
    public LingeringClose LingeringClose { get; init; } = LingeringClose.On;

    /// <summary><c>lingering_time</c>: the longest time unread bytes are read away.</summary>
    public long LingeringTimeMs { get; init; } = 30_000;

    /// <summary><c>lingering_timeout</c>: the longest wait for more of them.</summary>
    public long LingeringTimeoutMs { get; init; } = 5_000;

    /// <summary><c>reset_timedout_connection</c>.</summary>
    public bool ResetTimedoutConnection { get; init; }

    /// <summary><c>tcp_nodelay</c>.</summary>
    public bool TcpNodelay { get; init; } = true;

    /// <summary><c>absolute_redirect</c>.</summary>
    public bool AbsoluteRedirect { get; init; } = true;

    /// <summary><c>port_in_redirect</c>.</summary>
    public bool PortInRedirect { get; init; } = true;

    /// <summary><c>server_name_in_redirect</c>.</summary>
    public bool ServerNameInRedirect { get; init; }

    /// <summary><c>server_tokens</c>.</summary>
    public ServerTokens ServerTokens { get; init; } = ServerTokens.On;

    /// <summary><c>error_page</c> in file order: the first entry with the code is used.</summary>
    public ImmutableArray<ErrorPage> ErrorPages { get; init; } = [];

    /// <summary><c>expires</c>; null when off or not written.</summary>
    public Expires? Expires { get; init; }

    /// <summary><c>add_header</c> in file order.</summary>
    public ImmutableArray<AddHeader> AddHeaders { get; init; } = [];

    /// <summary><c>access_log</c>; empty when off.</summary>
    public ImmutableArray<AccessLogTarget> AccessLogs { get; init; } = [];

    /// <summary><c>error_log</c>.</summary>
    public ImmutableArray<ErrorLogTarget> ErrorLogs { get; init; } = [];
}

/// <summary>The values of <c>lingering_close</c>.</summary>
public enum LingeringClose
{
    /// <summary>Close at once.</summary>
    Off,

    /// <summary>Read on before closing when there is reason to think the client still sends.</summary>
    On,

    /// <summary>Read on before every close.</summary>
    Always,
}

/// <summary>The values of <c>server_tokens</c>.</summary>
public enum ServerTokens
{
    /// <summary><c>Server: nginx</c></summary>
    Off,

    /// <summary><c>Server: nginx/1.2.3</c></summary>
    On,

    /// <summary><c>Server: nginx/1.2.3 (build)</c></summary>
    Build,
}

/// <summary>One code of an <c>error_page</c> directive.</summary>
public sealed record ErrorPage
{
    /// <summary>The code this is for, 300 to 599.</summary>
    public required int Code { get; init; }

    /// <summary>
    /// The code to answer with: null keeps the code, zero (a bare <c>=</c>) takes the target's.
    /// </summary>
    public int? Response { get; init; }

    /// <summary>
    /// The target: a URI that begins with a slash (without its arguments when constant), a name
    /// with <c>@</c>, or else the Location of a redirect.
    /// </summary>
    public required Template Target { get; init; }

    /// <summary>Whether the target is a named location (constant, with <c>@</c>).</summary>
    public bool IsNamed { get; init; }

    /// <summary>The arguments of a constant URI, without <c>?</c>; empty when it has none.</summary>
    public string Args { get; init; } = "";

    public required Position Position { get; init; }
}

/// <summary>One <c>add_header</c> directive.</summary>
/// <param name="Name">The header as written.</param>
/// <param name="Value">Its value; an empty one adds nothing.</param>
/// <param name="Always">For every status, not only for those of nginx's list.</param>
/// <param name="Position">Where it is written.</param>
public sealed record AddHeader(string Name, Template Value, bool Always, Position Position);

/// <summary>The forms of <c>expires</c>.</summary>
public enum ExpiresKind
{
    /// <summary>An hour of the epoch's first day, and <c>no-cache</c>.</summary>
    Epoch,

    /// <summary>The end of 2037, and ten years.</summary>
    Max,

    /// <summary>Now and <see cref="Expires.Seconds"/>.</summary>
    Access,

    /// <summary>The file's time of change and <see cref="Expires.Seconds"/>.</summary>
    Modified,

    /// <summary>The next time the clock shows <see cref="Expires.Seconds"/> after midnight.</summary>
    Daily,

    /// <summary>A template that is evaluated and read in one of the other forms.</summary>
    Variable,
}

/// <summary>One <c>expires</c> directive.</summary>
public sealed record Expires(ExpiresKind Kind, long Seconds, Template? Value, Position Position)
{
    const long DaySeconds = 24 * 60 * 60;

    /// <summary>A variable's value counts from the file's time of change.</summary>
    public bool IsModified { get; init; }

    /// <summary>
    /// Reads a value without variables; no kind stands for <c>off</c>. Gives nginx's words for
    /// what is wrong, or null.
    /// </summary>
    public static string? Parse(
        ReadOnlySpan<char> text, bool isModified, out ExpiresKind? kind, out long seconds)
    {
        seconds = 0;
        kind = isModified ? ExpiresKind.Modified : ExpiresKind.Access;
        if (!isModified && text is "epoch" or "max" or "off")
        {
            kind = text switch
            {
                "epoch" => ExpiresKind.Epoch,
                "max" => ExpiresKind.Max,
                _ => null,
            };
            return null;
        }

        bool isDaily = text.StartsWith('@');
        bool isNegative = text.StartsWith('-');
        if (isDaily && isModified)
            return "daily time cannot be used with \"modified\" parameter";
        if (isDaily)
            kind = ExpiresKind.Daily;
        if (isDaily || isNegative || text.StartsWith('+'))
            text = text[1..];

        if (!Values.TrySeconds(text, out seconds))
            return "invalid value";
        if (isDaily && seconds > DaySeconds)
            return "daily time value must be less than 24 hours";
        if (isNegative)
            seconds = -seconds;
        return null;
    }
}
