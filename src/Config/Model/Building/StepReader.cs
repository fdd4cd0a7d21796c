using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Readers of <c>set</c>, <c>return</c> and <c>try_files</c>.</summary>
static class StepReader
{
    const int CodeMax = 999;

    public static SetStep? Set(BuildContext build, DirectiveNode node)
    {
        if (!build.TryVariableName(node, 0, out string name))
            return null;
        if (!build.Variables.DefineWritten(name))
        {
            var (message, hint) = VariableRegistry.Refusal(node.Arg(0)[1..]);
            build.Fail(node, 0, message, hint);
            return null;
        }

        return build.TryTemplate(node, 1, out var value)
            ? new SetStep(name, value, BuildContext.PositionOf(node))
            : null;
    }

    public static ReturnStep? Return(BuildContext build, DirectiveNode node)
    {
        var position = BuildContext.PositionOf(node);
        string first = node.Arg(0);
        bool isCode = Values.TryNumber(first, out long code);
        if (!isCode && node.Args.Length == 1 && IsUrl(first))
        {
            return build.TryTemplate(node, 0, out var url)
                ? new ReturnStep(302, url, position)
                : null;
        }

        if (!isCode || code > CodeMax)
        {
            build.Fail(node, 0, $"invalid return code \"{first}\"");
            return null;
        }

        if (node.Args.Length == 1)
            return new ReturnStep((int)code, null, position);
        return build.TryTemplate(node, 1, out var text)
            ? new ReturnStep((int)code, text, position)
            : null;
    }

    static bool IsUrl(string text) =>
        text.StartsWith("http://") || text.StartsWith("https://") || text.StartsWith("$scheme");

    public static TryFiles? TryFiles(BuildContext build, DirectiveNode node)
    {
        int last = node.Args.Length - 1;
        var files = ImmutableArray.CreateBuilder<TryFile>();
        for (int arg = 0; arg < last; arg++)
        {
            string path = node.Arg(arg);
            bool isDirectory = path.EndsWith('/');
            if (!build.TryTemplate(node, arg, isDirectory ? path[..^1] : path, out var template))
                return null;
            files.Add(new TryFile(template, isDirectory));
        }

        var step = new TryFiles
        {
            Files = files.ToImmutable(),
            Position = BuildContext.PositionOf(node),
        };
        return Fallback(build, node, last, step);
    }

    static TryFiles? Fallback(BuildContext build, DirectiveNode node, int last, TryFiles step)
    {
        string text = node.Arg(last);
        if (text.StartsWith('='))
        {
            if (Values.TryNumber(text.AsSpan(1), out long code) && code <= CodeMax)
                return step with { Code = (int)code };

            // nginx loses the last letter of a code with variables.
            string shown = TemplateParser.HasVariables(text) ? text[..^1] : text;
            build.Fail(node, last, $"invalid code \"{shown}\"");
            return null;
        }

        if (!build.TryTemplate(node, last, out var fallback))
            return null;
        return step with
        {
            Fallback = fallback,
            IsNamed = fallback.IsConstant && text.StartsWith('@'),
        };
    }
}
