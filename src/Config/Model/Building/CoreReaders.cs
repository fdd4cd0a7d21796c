using System.Collections.Immutable;
using Sluice.Config.Syntax;

namespace Sluice.Config.Model.Building;

/// <summary>Readers of directives of nginx's core, index and headers modules.</summary>
static class CoreReaders
{
    public static bool Root(BuildContext build, DirectiveNode node, out Template value)
    {
        string path = node.Arg(0);
        foreach (string own in (string[])["document_root", "realpath_root"])
        {
            if (!path.Contains("$" + own) && !path.Contains("${" + own + "}"))
                continue;
            value = Template.Empty;
            return build.Fail(node, 0,
                $"the ${own} variable cannot be used in the \"{node.Name}\" directive");
        }

        if (path.EndsWith('/'))
            path = path[..^1];
        if (!path.StartsWith('$'))
            path = path.Length == 0 && node.Arg(0) == "/" ? "" : build.Environment.FullPath(path);
        return build.TryTemplate(node, 0, path, out value);
    }

    public static bool Index(
        BuildContext build, DirectiveNode node, out ImmutableArray<Template> value)
    {
        var files = ImmutableArray.CreateBuilder<Template>();
        value = [];
        for (int arg = 0; arg < node.Args.Length; arg++)
        {
            string file = node.Arg(arg);
            if (file.StartsWith('/') && arg < node.Args.Length - 1)
            {
                build.Diagnostics.Warn(node, node.Args[arg],
                    "only the last index in \"index\" directive should be absolute");
            }

            if (file.Length == 0)
                return build.Fail(node, arg, "index \"\" in \"index\" directive is invalid");
            if (!build.TryTemplate(node, arg, out var template))
                return false;
            files.Add(template);
        }

        value = files.ToImmutable();
        return true;
    }

    public static bool Keepalive(
        BuildContext build, DirectiveNode node, out KeepaliveTimeout value)
    {
        long header = 0;
        bool isTime = Values.TryMilliseconds(node.Arg(0), out long ms);
        bool isHeader = node.Args.Length < 2 || Values.TrySeconds(node.Arg(1), out header);
        value = new KeepaliveTimeout(ms, header);
        return isTime && isHeader || build.Fail(node, isTime ? 1 : 0,
            $"\"{node.Name}\" directive invalid value");
    }

    public static bool AddHeader(BuildContext build, DirectiveNode node, out AddHeader value)
    {
        value = null!;
        if (!build.TryTemplate(node, 1, out var text))
            return false;
        if (node.Args.Length > 2 && node.Arg(2) != "always")
            return build.InvalidParameter(node, 2);

        var position = BuildContext.PositionOf(node);
        value = new AddHeader(node.Arg(0), text, node.Args.Length > 2, position);
        return true;
    }

    public static bool ErrorPages(
        BuildContext build, DirectiveNode node, out ImmutableArray<ErrorPage> value)
    {
        value = [];
        int last = node.Args.Length - 1;
        int codes = last;
        int? response = null;
        if (node.Arg(last - 1).StartsWith('='))
        {
            string text = node.Arg(last - 1)[1..];
            codes = last - 1;
            long code = 0;
            if (codes == 0 || text.Length > 0 && !Values.TryNumber(text, out code))
                return build.Fail(node, codes, $"invalid value \"{node.Arg(codes)}\"");
            response = (int)Math.Min(code, int.MaxValue);
        }

        if (!build.TryTemplate(node, last, out var target))
            return false;

        var pages = ImmutableArray.CreateBuilder<ErrorPage>();
        for (int arg = 0; arg < codes; arg++)
        {
            if (!TryErrorCode(build, node, arg, out int code))
                return false;
            pages.Add(PageOf(node, code, response, target));
        }

        value = pages.ToImmutable();
        return true;
    }

    static bool TryErrorCode(BuildContext build, DirectiveNode node, int arg, out int code)
    {
        string text = node.Arg(arg);
        bool isNumber = Values.TryNumber(text, out long number) && number != 499;
        code = (int)Math.Min(number, int.MaxValue);
        if (!isNumber)
            return build.Fail(node, arg, $"invalid value \"{text}\"");
        return code is >= 300 and <= 599
            || build.Fail(node, arg, $"value \"{text}\" must be between 300 and 599");
    }

    static ErrorPage PageOf(DirectiveNode node, int code, int? response, Template target)
    {
        string args = "";
        int question = target.Source.IndexOf('?', StringComparison.Ordinal);
        if (target.IsConstant && target.Source.StartsWith('/') && question >= 0)
        {
            args = target.Source[(question + 1)..];
            target = Template.Literal(target.Source[..question]);
        }

        // nginx answers these requests to a TLS port with 400, whatever page it shows.
        if (response is null && code is 495 or 496 or 497)
            response = 400;
        return new ErrorPage
        {
            Code = code,
            Response = response,
            Target = target,
            Args = args,
            IsNamed = target.IsConstant && target.Source.StartsWith('@'),
            Position = BuildContext.PositionOf(node),
        };
    }
}
