using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Config.Syntax;

/// <summary>Why a text with variables cannot be read, in nginx's words, and at which char.</summary>
public sealed record TemplateError(string Message, int Start);

/// <summary>
/// Reads <c>$name</c>, <c>${name}</c> and <c>$1</c> out of an argument by the rules of
/// ngx_http_script_compile.
/// </summary>
public static class TemplateParser
{
    /// <summary>
    /// Reads a text; with <paramref name="captures"/> off (log_format) <c>$1</c> is a variable
    /// named "1".
    /// </summary>
    public static bool TryParse(
        string source, [NotNullWhen(true)] out Template? template,
        [NotNullWhen(false)] out TemplateError? error, bool captures = true)
    {
        template = null;
        error = null;
        var parts = ImmutableArray.CreateBuilder<TemplatePart>();

        for (int at = 0; at < source.Length;)
        {
            if (source[at] != '$')
            {
                int dollar = source.IndexOf('$', at);
                int end = dollar < 0 ? source.Length : dollar;
                parts.Add(new TemplatePart(TemplatePartKind.Literal, source[at..end]));
                at = end;
                continue;
            }

            int start = at++;
            if (captures && at < source.Length && source[at] is >= '1' and <= '9')
            {
                int group = source[at] - '0';
                parts.Add(new TemplatePart(TemplatePartKind.Capture, source[at..++at], group));
                continue;
            }

            error = ReadName(source, start, ref at, out string name);
            if (error is not null)
                return false;

            parts.Add(new TemplatePart(TemplatePartKind.Variable, name.ToLowerInvariant()));
        }

        template = source.Length == 0 ? Template.Empty : new Template(source, parts.ToImmutable());
        return true;
    }

    /// <summary>The text has a dollar sign: nginx treats it as one that depends.</summary>
    public static bool HasVariables(string source) =>
        source.Contains('$', StringComparison.Ordinal);

    /// <summary>Reads a name behind the dollar sign, in braces or not.</summary>
    static TemplateError? ReadName(string source, int start, ref int at, out string name)
    {
        bool braces = at < source.Length && source[at] == '{';
        if (braces)
            at++;

        name = "";
        if (at == source.Length)
            return new TemplateError("invalid variable name", start);

        int nameStart = at;
        while (at < source.Length && IsNameChar(source[at]))
            at++;

        name = source[nameStart..at];
        if (braces)
        {
            if (at == source.Length || source[at] != '}')
            {
                string message = $"the closing bracket in \"{name}\" variable is missing";
                return new TemplateError(message, start);
            }

            at++;
        }

        return name.Length == 0 ? new TemplateError("invalid variable name", start) : null;
    }

    static bool IsNameChar(char ch) => char.IsAsciiLetterOrDigit(ch) || ch == '_';
}
