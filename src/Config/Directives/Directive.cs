using System.Collections.Immutable;

namespace Sluice.Config.Directives;

/// <summary>The blocks a directive may stand in.</summary>
[Flags]
public enum Contexts
{
    None = 0,

    /// <summary>Outside of all blocks.</summary>
    Main = 1,
    Events = 2,
    Http = 4,
    Server = 8,
    Location = 16,
    Upstream = 32,

    /// <summary><c>if</c> in a server.</summary>
    ServerIf = 64,

    /// <summary><c>if</c> in a location.</summary>
    LocationIf = 128,
    LimitExcept = 256,

    HttpServer = Http | Server,
    ServerLocation = Server | Location,
    HttpServerLocation = Http | Server | Location,
    HttpServerLocationIf = HttpServerLocation | LocationIf,
    Rewrite = Server | ServerIf | Location | LocationIf,
    Any = Main | Events | HttpServerLocation | Upstream | ServerIf | LocationIf | LimitExcept,
}

/// <summary>How many arguments a directive takes, in nginx's forms.</summary>
[Flags]
public enum Args
{
    None = 1,
    One = 2,
    Two = 4,
    Three = 8,
    Four = 16,
    Five = 32,
    Six = 64,
    Seven = 128,
    OneMore = 256,
    TwoMore = 512,
    Any = 1024,

    NoneOrOne = None | One,
    OneOrTwo = One | Two,
    TwoOrThree = Two | Three,
    OneToThree = One | Two | Three,
}

/// <summary>
/// What the arguments are. The checker refuses what nginx's slot of that kind refuses; with
/// <see cref="Other"/> the arguments have a form of their own, and who builds the model checks.
/// </summary>
public enum Kind
{
    /// <summary>A form of its own, checked where it is read.</summary>
    Other,

    /// <summary>No arguments, or the head of a block.</summary>
    None,

    /// <summary><c>on</c> or <c>off</c>.</summary>
    Flag,

    /// <summary>Bytes, with k or m.</summary>
    Size,

    /// <summary>Bytes, with k, m or g.</summary>
    Offset,

    /// <summary>A time kept in milliseconds.</summary>
    Msec,

    /// <summary>A time kept in seconds.</summary>
    Sec,

    /// <summary>Decimal digits.</summary>
    Number,

    /// <summary>A count and a size: <c>8 4k</c>.</summary>
    Buffers,

    /// <summary>One of <see cref="Directive.Keywords"/>.</summary>
    Enum,

    /// <summary>Some of <see cref="Directive.Keywords"/>.</summary>
    Bitmask,

    /// <summary>Any text, as it is.</summary>
    Text,

    /// <summary>Text with variables.</summary>
    Template,

    /// <summary>Texts with variables: something is done when one is neither empty nor 0.</summary>
    Predicates,

    /// <summary>A file; a relative one starts from the prefix.</summary>
    Path,
}

/// <summary>What a directive's braces hold.</summary>
public enum BlockForm
{
    /// <summary>It has no braces: it ends with a semicolon.</summary>
    None,

    /// <summary>Directives.</summary>
    Directives,

    /// <summary>Lines of its own form, as in <c>map</c> and <c>types</c>; and includes.</summary>
    Entries,
}

/// <summary>How much of a directive Sluice does.</summary>
public enum Status
{
    /// <summary>What nginx does.</summary>
    Implemented,

    /// <summary>
    /// It is read and checked, and has no effect: it only tunes nginx's processes or its use of
    /// the kernel. One notice of a run lists all that were met.
    /// </summary>
    AcceptedTuning,

    /// <summary>A directive of nginx that Sluice does not have: refused by name.</summary>
    Known,
}

/// <summary>
/// A directive is this row: the reader, the checker, the doctor, the documentation and completion
/// take what they know about it from here.
/// </summary>
public sealed record Directive(string Name, Contexts Contexts, Args Args, Kind Kind)
{
    /// <summary>The value without the directive, as in nginx's documentation; null for none.</summary>
    public string? Default { get; init; }

    /// <summary>An inner block takes the value of the outer one unless it has its own.</summary>
    public bool Inherits { get; init; }

    /// <summary>May be written more than once in a block; else "is duplicate".</summary>
    public bool Repeats { get; init; }

    /// <summary>What it does, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The arguments as the documentation writes them; derived from the kind if null.</summary>
    public string? Syntax { get; init; }

    /// <summary>The version of nginx that brought it, where that is newer than 1.0.</summary>
    public string? Since { get; init; }

    /// <summary>
    /// The words of an <see cref="Kind.Enum"/> or <see cref="Kind.Bitmask"/>; with another kind,
    /// words that are allowed in the place of a value.
    /// </summary>
    public ImmutableArray<string> Keywords { get; init; } = [];

    /// <summary>The least <see cref="Kind.Number"/> allowed.</summary>
    public long? Least { get; init; }

    /// <summary>The greatest <see cref="Kind.Number"/> allowed; needs <see cref="Least"/>.</summary>
    public long? Most { get; init; }

    /// <summary>
    /// nginx's words for a wrong value where they are not those of the kind; {0} is the value.
    /// </summary>
    public string? InvalidValue { get; init; }

    public BlockForm Block { get; init; }

    /// <summary>The context that its braces open.</summary>
    public Contexts Opens { get; init; }

    public Status Status { get; init; }
}

/// <summary>The directives of one of nginx's modules, or of a part of one.</summary>
/// <param name="Name">nginx's name of the module: "ngx_http_proxy_module".</param>
/// <param name="Title">What its page in the documentation is called.</param>
/// <param name="Page">The page's file name without its extension.</param>
/// <param name="Directives">The rows, in the order of the page.</param>
public sealed record DirectiveModule(
    string Name, string Title, string Page, ImmutableArray<Directive> Directives);
