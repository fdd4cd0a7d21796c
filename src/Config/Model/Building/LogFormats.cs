using System.Collections.Frozen;
using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>The <c>log_format</c> directives read so far, and the built-in one.</summary>
sealed class LogFormats
{
    public const string CombinedName = "combined";

    const string CombinedLine = "$remote_addr - $remote_user [$time_local] \"$request\" "
        + "$status $body_bytes_sent \"$http_referer\" \"$http_user_agent\"";

    readonly Dictionary<string, LogFormat> formats = [];

    /// <summary>The names of formats that a use may have come too early for.</summary>
    readonly HashSet<string> later = [];

    public LogFormats() =>
        formats[CombinedName] = new LogFormat { Name = CombinedName, Line = CombinedTemplate() };

    /// <summary>The built-in format.</summary>
    public LogFormat Combined => formats[CombinedName];

    public FrozenDictionary<string, LogFormat> ToFrozen() => formats.ToFrozenDictionary();

    /// <summary>Finds a format without regard to case, the first one defined.</summary>
    public LogFormat? Find(string name) => formats.Values.FirstOrDefault(
        format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Notes that a format will come, for what is said of a use before it.</summary>
    public void Announce(string name) => later.Add(name);

    /// <summary>A way out for who uses a format that is not there.</summary>
    public string? WhyUnknown(string name) => later.Contains(name)
        ? "log_format has to stand before its use"
        : null;

    /// <summary>Reads a <c>log_format</c> directive.</summary>
    public void Read(BuildContext build, DirectiveNode node)
    {
        string name = node.Arg(0);
        if (formats.ContainsKey(name))
        {
            build.Fail(node, 0, $"duplicate \"log_format\" name \"{name}\"");
            return;
        }

        int first = 1;
        var escape = LogEscape.Default;
        if (node.Arg(1).StartsWith("escape="))
        {
            first = 2;
            if (!TryEscape(build, node, out escape))
                return;
        }

        if (TryLine(build, node, first, out var line))
        {
            formats[name] = new LogFormat
            {
                Name = name,
                Escape = escape,
                Line = line,
                Position = BuildContext.PositionOf(node),
            };
        }
    }

    static bool TryEscape(BuildContext build, DirectiveNode node, out LogEscape escape)
    {
        string word = node.Arg(1)["escape=".Length..];
        escape = word switch
        {
            "json" => LogEscape.Json,
            "none" => LogEscape.None,
            _ => LogEscape.Default,
        };
        return word is "default" or "json" or "none"
            || build.Fail(node, 1, $"unknown log format escaping \"{word}\"",
                "one of default, json, none");
    }

    /// <summary>All strings joined; here $1 is a variable of that name.</summary>
    static bool TryLine(BuildContext build, DirectiveNode node, int first, out Template line)
    {
        line = Template.Empty;
        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        for (int arg = first; arg < node.Args.Length; arg++)
        {
            string text = node.Arg(arg);
            if (!TemplateParser.TryParse(text, out var part, out var error, captures: false))
            {
                string message = error.Message == "invalid variable name"
                    ? $"invalid parameter \"{text[error.Start..]}\""
                    : error.Message;
                return build.Fail(node, arg, message);
            }

            build.UseVariables(part, node, arg);
            parts.AddRange(part.Parts);
        }

        string source = string.Concat(node.Args.Skip(first).Select(token => token.Value));
        line = new Template(source, parts.ToImmutable());
        return true;
    }

    static Template CombinedTemplate() =>
        TemplateParser.TryParse(CombinedLine, out var template, out _) ? template : Template.Empty;
}

/// <summary>The logs of a configuration: formats, defaults, and the buffers of files.</summary>
sealed class LogContext(BuildEnvironment environment)
{
    readonly Dictionary<string, AccessLogTarget> buffered = [];

    public LogFormats Formats { get; } = new();

    /// <summary><c>error_log</c> of the main level, or the default.</summary>
    public ImmutableArray<ErrorLogTarget> MainErrorLogs { get; set; } =
        [new ErrorLogTarget
        {
            Path = environment.ErrorLogPath == "stderr"
                ? null
                : environment.FullPath(environment.ErrorLogPath),
        }];

    /// <summary>The access log of who writes none.</summary>
    public AccessLogTarget DefaultAccessLog => field ??= new AccessLogTarget
    {
        Path = Template.Literal(environment.FullPath(environment.AccessLogPath)),
        Format = Formats.Combined,
    };

    /// <summary>Whether a buffered log has the buffer that its file has had before.</summary>
    public bool AgreesWithEarlier(AccessLogTarget target)
    {
        if (buffered.TryAdd(target.Path.Source, target))
            return true;
        var earlier = buffered[target.Path.Source];
        return (earlier.BufferSize, earlier.FlushMs, earlier.GzipLevel)
            == (target.BufferSize, target.FlushMs, target.GzipLevel);
    }
}
