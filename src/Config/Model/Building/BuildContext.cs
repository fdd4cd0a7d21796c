using Sluice.Config.Syntax;
using Sluice.Config.Syntax.Pcre;
using Sluice.Config.Text;

namespace Sluice.Config.Model.Building;

/// <summary>
/// What every part of the builder needs: the environment, the list of what is wrong, and the
/// reading of templates and expressions with the variables they use and define.
/// </summary>
sealed class BuildContext(BuildEnvironment environment, DiagnosticList diagnostics)
{
    /// <summary>Stands for the directive's name where an argument's number is asked for.</summary>
    public const int NameArg = -1;

    readonly HashSet<string> ignored = [];
    readonly List<string> ignoredInOrder = [];

    public BuildEnvironment Environment { get; } = environment;

    public DiagnosticList Diagnostics { get; } = diagnostics;

    public VariableRegistry Variables { get; } = new();

    public UpstreamRegistry Upstreams { get; } = new();

    public ListenRegistry Listens { get; } = new();

    public ZoneRegistry Zones { get; } = new();

    public LogContext Logs { get; } = new(environment);

    /// <summary>The proxy_pass that the location being read has so far.</summary>
    public ProxyPassDraft? CurrentPass { get; set; }

    /// <summary>Accepted names without effect, each once, in the order they were met.</summary>
    public IReadOnlyList<string> Ignored => ignoredInOrder;

    public static Position PositionOf(DirectiveNode node) => new(node.File.Name, node.Line);

    /// <summary>Notes a directive, or a parameter of one, that only tunes nginx's processes.</summary>
    public void Ignore(string name)
    {
        if (ignored.Add(name))
            ignoredInOrder.Add(name);
    }

    /// <summary>Says what is wrong with a directive; always false.</summary>
    public bool Fail(DirectiveNode node, string message, string? suggestion = null)
    {
        Diagnostics.Emerg(node, message, suggestion);
        return false;
    }

    /// <summary>Says what is wrong with one argument, counted from 0; always false.</summary>
    public bool Fail(DirectiveNode node, int arg, string message, string? suggestion = null)
    {
        Diagnostics.Emerg(node, TokenOf(node, arg), message, suggestion);
        return false;
    }

    /// <summary>Says that a directive is written twice in its block; always false.</summary>
    public bool IsDuplicate(DirectiveNode node) =>
        Fail(node, $"\"{node.Name}\" directive is duplicate");

    /// <summary>Says that an argument is none the directive has; always false.</summary>
    public bool InvalidParameter(DirectiveNode node, int arg, string? suggestion = null) =>
        Fail(node, arg, $"invalid parameter \"{node.Arg(arg)}\"", suggestion);

    /// <summary>
    /// Says something that nginx finds when the whole http block is read. Such a message names
    /// the block's last line; the caret stands at <paramref name="cause"/>.
    /// </summary>
    public void FailAtEnd(DirectiveNode http, DirectiveNode cause, string message)
    {
        if (http.IsUnclosed)
            return;

        var at = DiagnosticList.At(Severity.Emerg, cause.File, cause.Line, cause.NameToken.Start,
            cause.NameToken.Length, message, null, http.EndOrder);
        string place = $" in {http.File.Name}:{http.EndLine}";
        Diagnostics.Add(at with { Message = message + place });
    }

    /// <summary>The same for messages that nginx gives without their place.</summary>
    public void SayAtEnd(
        DirectiveNode http, Severity severity, DirectiveNode cause, Token at, string message,
        string? suggestion = null)
    {
        if (http.IsUnclosed)
            return;

        var diagnostic = DiagnosticList.At(severity, cause.File, cause.Line, at.Start, at.Length,
            message, suggestion, http.EndOrder);
        Diagnostics.Add(diagnostic with { Message = message });
    }

    /// <summary>The same for messages that name the line of their cause.</summary>
    public void SayAtEnd(
        DirectiveNode http, DirectiveNode cause, Token at, string message,
        string? suggestion = null)
    {
        if (http.IsUnclosed)
            return;

        Diagnostics.Add(DiagnosticList.At(Severity.Emerg, cause.File, cause.Line, at.Start,
            at.Length, message, suggestion, http.EndOrder));
    }

    /// <summary>An argument with its variables, counted from 0.</summary>
    public bool TryTemplate(DirectiveNode node, int arg, out Template template) =>
        TryTemplate(node, arg, node.Arg(arg), out template);

    /// <summary>A part of an argument with its variables.</summary>
    public bool TryTemplate(DirectiveNode node, int arg, string text, out Template template)
    {
        if (!TemplateParser.TryParse(text, out var parsed, out var error))
        {
            template = Template.Empty;
            return Fail(node, arg, error.Message);
        }

        template = parsed;
        UseVariables(template, node, arg);
        return true;
    }

    /// <summary>Notes the variables that a template uses.</summary>
    public void UseVariables(Template template, DirectiveNode node, int arg)
    {
        foreach (var part in template.Parts)
        {
            if (part.Kind == TemplatePartKind.Variable)
                Variables.Use(part.Text, node, TokenOf(node, arg));
        }
    }

    /// <summary>An expression; its named groups become variables.</summary>
    public bool TryPattern(
        DirectiveNode node, int arg, string text, bool ignoreCase, out Pattern? pattern)
    {
        if (!PcreTranslator.TryTranslate(text, ignoreCase, out pattern, out string? error))
            return Fail(node, arg, error);

        foreach (var (name, _) in pattern.Names)
        {
            if (!Variables.DefineWritten(name.ToLowerAscii()))
            {
                var (message, hint) = VariableRegistry.Refusal(name);
                return Fail(node, arg, message, hint);
            }
        }

        return true;
    }

    /// <summary>
    /// The name in an argument that defines a variable: lower case, without the dollar sign.
    /// </summary>
    public bool TryVariableName(DirectiveNode node, int arg, out string name)
    {
        string text = node.Arg(arg);
        name = text.Length > 1 ? text[1..].ToLowerAscii() : "";
        return text.Length > 1 && text[0] == '$'
            || Fail(node, arg, $"invalid variable name \"{text}\"");
    }

    /// <summary>An argument's token; the name's when there is no such argument.</summary>
    public static Token TokenOf(DirectiveNode node, int arg) =>
        arg >= 0 && arg < node.Args.Length ? node.Args[arg] : node.NameToken;
}
